import Glibc

/// An MQTT 5 client that does nothing by itself: it acknowledges, pings and reads only when it is told to. Its calls block, at most 15 s.
final class RawClient {
    struct Failure: Error, CustomStringConvertible { let description: String }

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var position = 0

    /// - Parameter receiveBuffer: bytes that the kernel keeps for it at most, so that its broker notices early that it does not read.
    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
        var limit = timeval(tv_sec: 15, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else { throw Failure(description: "no connection to 127.0.0.1:\(port): errno \(errno)") }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure(description: "can't send: errno \(errno)") }
            sent += count
        }
    }

    /// Ends its side without a DISCONNECT; what the broker still sends can be read.
    func hangUp() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Whether there is something to read, or the end.
    var isReadable: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) >= 0 || errno == ECONNRESET
    }

    /// The next packet; `nil` when the broker closed the connection.
    func next() throws -> RawPacket? {
        guard let head = try byte() else { return nil }
        var length = 0
        var shift = 0
        while true {
            guard let byte = try byte() else { return nil }
            length |= Int(byte & 0x7F) << shift
            guard byte & 0x80 != 0 else { break }
            shift += 7
        }
        while buffer.count - position < length { guard try fill() else { return nil } }
        defer { position += length }
        guard let packet = RawCodec.decode(head, buffer[position..<position + length]) else {
            throw Failure(description: "not understood: \(head) \(buffer[position..<position + length])")
        }
        return packet
    }

    private func byte() throws -> UInt8? {
        if position == buffer.count { guard try fill() else { return nil } }
        defer { position += 1 }
        return buffer[position]
    }

    private func fill() throws -> Bool {
        buffer.removeFirst(position)
        position = 0
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        // A broker that was killed resets its connections.
        guard count > 0 || count == 0 || errno == ECONNRESET else { throw Failure(description: "nothing to read: errno \(errno)") }
        guard count > 0 else { return false }
        buffer += chunk[..<count]
        return true
    }
}
