internal import ChargingModel
internal import JSON

/// An answer to a health check, as far as it has come. Each byte is looked at once until its end is known, however slowly they come.
struct HealthAnswer {
    /// In bytes, head and body.
    static let limit = 16 * 1024

    private var bytes: [UInt8] = []
    private var end = HeadEnd()
    /// The length of the head in bytes, when it is whole.
    private var headLength: Int?
    /// The length of the body in bytes, where the head says so; else the connection's end is its end.
    private var bodyLength: Int?

    mutating func take(_ more: [UInt8]) {
        for byte in more {
            bytes.append(byte)
            guard headLength == nil, end.isReached(by: byte) else { continue }
            headLength = bytes.count
            bodyLength = saidLength
        }
    }

    /// True as long as nothing has come.
    var isEmpty: Bool { bytes.isEmpty }

    var isTooLong: Bool { bytes.count > HealthAnswer.limit }

    /// True when all is there that the head has said.
    var isWhole: Bool {
        guard let headLength, let bodyLength else { return false }
        return bytes.count - headLength >= bodyLength
    }

    private var saidLength: Int? {
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            return Int(parts[1].filter { $0 != " " })
        }
        return nil
    }

    /// The beginning of an alert, as a port with TLS answers what is none (RFC 8446, 5.1).
    private static let alert: [UInt8] = [21, 3]

    /// The first line of a body that is a text, in plain letters; `nil` where there is none.
    private var text: String? {
        guard let headLength, bytes.count > headLength else { return nil }
        let line = bytes[headLength...].prefix { (UInt8(ascii: " ")...UInt8(ascii: "~")).contains($0) }.prefix(120)
        return line.isEmpty || line.first == UInt8(ascii: "{") || line.first == UInt8(ascii: "<") ? nil : String(decoding: line, as: UTF8.self)
    }

    /// Its meaning for whoever asked.
    func judge(_ who: HealthCheck.Expectation) -> HealthCheck.Result {
        let line = bytes.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        if bytes.starts(with: HealthAnswer.alert) { return .failed("an answer in TLS, expected HTTP; with TLS its address is https://HOST:PORT") }
        if isEmpty { return .failed("no answer: the connection was closed") }
        guard words.count >= 2, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else { return .failed("an answer that is not HTTP") }
        let body = bytes.firstIndex(of: UInt8(ascii: "{")).flatMap { try? JSONObject(Array(bytes[$0...])) }
        guard status == 200 else { return .failed("HTTP status \(status)" + ((body?["reason"]?.string ?? text).map { ": \($0)" } ?? "")) }
        switch who {
        case .anybody: return .passed
        case .ready:
            guard let broker = body?["broker"]?.string, broker != "connected" else { return .passed }
            return .failed(broker)
        case .engine(let cp):
            guard let answered = body?["cp"]?.string else { return .failed("an answer without its charge point") }
            return answered == cp.text ? .passed : .failed("\(answered) answered instead of \(cp)")
        }
    }
}
