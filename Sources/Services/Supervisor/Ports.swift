import EventLoop
import Glibc

/// TCP ports of 127.0.0.1.
package enum Ports {
    /// True when nobody listens on the port, found out by listening on it for a moment.
    static func isFree(_ port: UInt16) -> Bool { listen(on: port).map { close($0.descriptor) } != nil }

    /// Picks a free port: the preferred one, else one of those that follow it, else any. Never one of `taken`, nor one that another `wattline up` has
    /// picked.
    static func pick(preferred: UInt16, avoiding taken: Set<UInt16>) -> UInt16? {
        let last = UInt16(clamping: Int(preferred) + 200)
        for port in preferred...last where !taken.contains(port) && take(port) { return port }
        for _ in 0..<100 {
            guard let (descriptor, port) = listen(on: 0) else { return nil }
            close(descriptor)
            if !taken.contains(port), take(port) { return port }
        }
        return nil
    }

    /// Claims the port, so that somebody else that starts at this moment does not find it free, too, before it is listened on; true when it was free
    /// and is now this process's.
    static func take(_ port: UInt16) -> Bool { isFree(port) && claim(port) }

    private static let claims = Guarded<[UInt16: Int32]>([:])

    private static func claim(_ port: UInt16) -> Bool {
        claims.withLock { claims in
            if claims[port] == nil { claims[port] = claimSocket(port) }
            return claims[port] != nil
        }
    }

    /// A socket whose name stands for the port, in the same network namespace; it goes with its process, however that ends. `nil` when somebody has
    /// it.
    static func claimSocket(_ port: UInt16) -> Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // Abstract, since it begins with a zero byte: no file (unix(7)).
        let name = [UInt8(0)] + Array("wattline-up-port-\(port)".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: address.sun_path) + name.count)
        let isOurs = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
        }
        if isOurs { return descriptor }
        close(descriptor)
        return nil
    }

    private static func listen(on port: UInt16) -> (descriptor: Int32, port: UInt16)? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        // A connection that lingers in TIME_WAIT is no reason to call a port taken.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = loopback(port)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 1) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isListening else {
            close(descriptor)
            return nil
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// True when somebody accepts a connection there within the time. Blocks; only for before the loop runs.
    package static func answers(host: String, port: UInt16, within milliseconds: Int32) -> Bool {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return false }
        defer { freeaddrinfo(list) }
        var next = list
        while let info = next?.pointee {
            next = info.ai_next
            let type = info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let descriptor = socket(info.ai_family, type, info.ai_protocol)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            if connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 { return true }
            guard errno == EINPROGRESS else { continue }
            var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            var code: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            if poll(&wanted, 1, milliseconds) == 1, getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0, code == 0 { return true }
        }
        return false
    }
}
