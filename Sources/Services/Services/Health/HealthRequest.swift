/// A request to a health port, as far as it has come: one line and some headers. Each byte is looked at once, however slowly they come.
struct HealthRequest {
    /// Nobody needs more, in bytes.
    static let limit = 4096

    /// The verdict on what has come of it.
    enum State: Hashable {
        case incomplete
        case tooLong
        /// The words of its first line.
        case whole([String])
    }

    private var bytes: [UInt8] = []
    private var end = HeadEnd()

    mutating func take(_ more: [UInt8]) -> State {
        for byte in more.prefix(HealthRequest.limit - bytes.count) {
            bytes.append(byte)
            if end.isReached(by: byte) { return .whole(words) }
        }
        return bytes.count < HealthRequest.limit ? .incomplete : .tooLong
    }

    private var words: [String] {
        String(decoding: bytes.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self).split(separator: " ").map(String.init)
    }
}
