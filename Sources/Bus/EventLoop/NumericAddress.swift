internal import CLinux
internal import Glibc

/// An IP address and a port, as `connect` and `bind` want them: no name is looked up.
public struct NumericAddress: Hashable, Sendable, CustomStringConvertible {
    public let host: String
    public let port: UInt16
    public let isIPv6: Bool

    /// Reads an address.
    /// - Throws: unless the host is a numeric IPv4 or IPv6 address (the latter with or without brackets, without a zone).
    public init(host: String, port: UInt16) throws(EventLoopError) {
        let bare = host.first == "[" && host.last == "]" ? String(host.dropFirst().dropLast()) : host
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, bare, &v4) == 1 {
            isIPv6 = false
        } else if inet_pton(AF_INET6, bare, &v6) == 1 {
            isIPv6 = true
        } else {
            throw EventLoopError(code: .notNumeric(host: host))
        }
        self.host = bare
        self.port = port
    }

    public var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// A new nonblocking, close-on-exec TCP socket of the right family.
    func makeSocket() throws(EventLoopError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, type, 0)
        guard descriptor >= 0 else { throw .system("socket") }
        return descriptor
    }

    /// Begins to connect a new socket, as the one above; the connection stands when it can be written to.
    /// - Parameter receiveBuffer: bytes that the kernel keeps for it at most.
    /// - Returns: the socket.
    package func beginToConnect(receiveBuffer: Int32? = nil) throws(EventLoopError) -> Int32 {
        let descriptor = try makeSocket()
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        guard withSocketAddress({ Glibc.connect(descriptor, $0, $1) }) == 0 || errno == EINPROGRESS else {
            let error = EventLoopError.system("connecting to \(self)")
            close(descriptor)
            throw error
        }
        return descriptor
    }

    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        return withUnsafeMutableBytes(of: &storage) { bytes in
            // The storage is large enough and aligned for both.
            let base = bytes.baseAddress.unsafelyUnwrapped
            let length: Int
            if isIPv6 {
                let address = base.assumingMemoryBound(to: sockaddr_in6.self)
                address.pointee.sin6_family = sa_family_t(AF_INET6)
                address.pointee.sin6_port = port.bigEndian
                inet_pton(AF_INET6, host, &address.pointee.sin6_addr)
                length = MemoryLayout<sockaddr_in6>.size
            } else {
                let address = base.assumingMemoryBound(to: sockaddr_in.self)
                address.pointee.sin_family = sa_family_t(AF_INET)
                address.pointee.sin_port = port.bigEndian
                inet_pton(AF_INET, host, &address.pointee.sin_addr)
                length = MemoryLayout<sockaddr_in>.size
            }
            return body(UnsafePointer(base.assumingMemoryBound(to: sockaddr.self)), socklen_t(length))
        }
    }

    /// The port that a bound socket got.
    static func boundPort(of descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &storage) { bytes in
            let base = bytes.baseAddress.unsafelyUnwrapped
            guard getsockname(descriptor, base.assumingMemoryBound(to: sockaddr.self), &length) == 0 else { return 0 }
            // The port is at the same place in both families.
            return UInt16(bigEndian: base.assumingMemoryBound(to: sockaddr_in.self).pointee.sin_port)
        }
    }
}
