import Glibc

/// A socket that says exactly what it is told, and waits for 20 s at most. Used by one task at a time.
final class RawStation: @unchecked Sendable {
    static let request = """
        GET /ocpp/ST-1 HTTP/1.1\r
        Host: localhost\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Protocol: ocpp1.6\r
        \r\n
        """

    let descriptor: Int32
    private var unread: [UInt8] = []

    init(_ port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let descriptor = descriptor
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
        guard isConnected else { throw Missed(description: "no connection: \(errno)") }
    }

    deinit { Glibc.close(descriptor) }

    /// Connects and shakes hands.
    static func open(_ port: UInt16, _ request: String = RawStation.request, receiveBuffer: Int32? = nil) async throws -> RawStation {
        let station = try RawStation(port, receiveBuffer: receiveBuffer)
        station.say(request)
        let head = try await station.head()
        guard head.hasPrefix("HTTP/1.1 101 ") else { throw Missed(description: "refused: \(head)") }
        return station
    }

    // MARK: Out

    /// - Returns: false when the other end does not take it.
    @discardableResult
    func say(_ text: String) -> Bool { say(Array(text.utf8)) }

    @discardableResult
    func say(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    static func frame(first: UInt8 = 0x81, _ payload: [UInt8], isMasked: Bool = true) -> [UInt8] {
        let mask: UInt8 = isMasked ? 0x80 : 0
        var bytes = [first]
        switch payload.count {
        case ..<126: bytes.append(mask | UInt8(payload.count))
        case ..<65536: bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            bytes.append(mask | 127)
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: payload.count >> shift)) }
        }
        guard isMasked else { return bytes + payload }
        let key: [UInt8] = [1, 2, 3, 4]
        bytes += key
        var index = 0
        for byte in payload {
            bytes.append(byte ^ key[index & 3])
            index += 1
        }
        return bytes
    }

    static func frame(_ text: String) -> [UInt8] { frame(Array(text.utf8)) }

    func closeOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

    // MARK: In

    struct Frame: Sendable, Equatable {
        var first: UInt8
        var payload: [UInt8]
        var code: Int? { payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }
        var words: String { String(decoding: payload.dropFirst(2), as: UTF8.self) }
    }

    /// The answer's head and its body, or what there is until the end.
    func answer() async throws -> String {
        try await blocking { [self] in
            while try more() {}
            return String(decoding: unread, as: UTF8.self)
        }
    }

    func head() async throws -> String {
        try await blocking { [self] in
            while true {
                let bytes = unread
                if let end = bytes.indices.first(where: { bytes[$0...].starts(with: [13, 10, 13, 10]) }) {
                    unread = Array(bytes[(end + 4)...])
                    return String(decoding: bytes[..<(end + 4)], as: UTF8.self)
                }
                guard try more() else { return String(decoding: bytes, as: UTF8.self) }
            }
        }
    }

    /// The next frame; `nil` at the end.
    func frame() async throws -> Frame? { try await blocking { [self] in try nextFrame() } }

    /// The next close frame; pings and whatever else are passed over.
    func closeFrame() async throws -> Frame? {
        try await blocking { [self] in
            while let frame = try nextFrame() { if frame.first == 0x88 { return frame } }
            return nil
        }
    }

    /// True when the other end has closed, or reset.
    func isOver() async -> Bool {
        do {
            return try await blocking { [self] in
                while try more() { unread = [] }
                return true
            }
        } catch { return "\(error)".contains("\(ECONNRESET)") }
    }

    private func nextFrame() throws -> Frame? {
        while true {
            if let (frame, count) = RawStation.parse(unread) {
                unread.removeFirst(count)
                return frame
            }
            guard try more() else { return nil }
        }
    }

    private static func parse(_ bytes: [UInt8]) -> (Frame, Int)? {
        guard bytes.count >= 2 else { return nil }
        var length = Int(bytes[1] & 0x7F)
        var start = 2
        if length >= 126 {
            let size = length == 126 ? 2 : 8
            guard bytes.count >= 2 + size else { return nil }
            length = bytes[2..<(2 + size)].reduce(0) { $0 << 8 | Int($1) }
            start += size
        }
        guard bytes.count >= start + length else { return nil }
        return (Frame(first: bytes[0], payload: Array(bytes[start..<(start + length)])), start + length)
    }

    private func more() throws -> Bool {
        var part = [UInt8](repeating: 0, count: 65536)
        let count = read(descriptor, &part, part.count)
        guard count >= 0 else { throw Missed(description: "errno \(errno) after \(String(decoding: unread, as: UTF8.self))") }
        unread += part[..<count]
        return count > 0
    }
}

/// Runs what waits on a thread of its own: those of the pool are few, and others need them.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let work = Unmanaged.passRetained(Work { continuation.resume(with: Result(catching: body)) })
        var thread = pthread_t()
        let failure = pthread_create(&thread, nil, { Work.run($0) }, work.toOpaque())
        guard failure == 0 else { return continuation.resume(throwing: Missed(description: "no thread: \(failure)")) }
        pthread_detach(thread)
    }
}

private final class Work {
    let body: () -> Void

    init(_ body: @escaping () -> Void) { self.body = body }

    static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
    }
}
