internal import CLinux
internal import Glibc

/// A listener that accepts TCP connections on a loop. Bound to the loop: everything is called there.
public final class TCPListener {
    /// The port, also where 0 was asked for.
    public let port: UInt16
    private let loop: EventLoop
    private let descriptor: Int32
    private let onAccept: (TCPConnection) -> Void
    private let makeRoom: () -> Bool
    private var source: SourceToken?
    private var isClosed = false

    /// The length of the kernel's queue: as long as the system allows (`net.core.somaxconn`). Whoever finds it full tries again a second later, and
    /// that is too late for a health check.
    private static let backlog: Int32 = 4096

    /// Listens on a port.
    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - makeRoom: called when there is no descriptor left for a connection: closes something, or returns false.
    ///   - onAccept: gets each connection; it must keep it, and set its handlers at once.
    /// - Throws: when the host is not numeric, or the port is taken.
    public init(
        loop: EventLoop, host: String, port: UInt16, makeRoom: @escaping () -> Bool = { false }, onAccept: @escaping (TCPConnection) -> Void
    ) throws(EventLoopError) {
        let address = try NumericAddress(host: host, port: port)
        let descriptor = try address.makeSocket()
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        let isBound = address.withSocketAddress { Glibc.bind(descriptor, $0, $1) } == 0
        guard isBound, listen(descriptor, TCPListener.backlog) == 0 else {
            let error = EventLoopError.system("listening on \(address)")
            Glibc.close(descriptor)
            throw error
        }
        self.loop = loop
        self.descriptor = descriptor
        self.onAccept = onAccept
        self.makeRoom = makeRoom
        self.port = NumericAddress.boundPort(of: descriptor)
        do {
            source = try loop.watch(descriptor, .read) { [weak self] _ in self?.accept() }
        } catch {
            Glibc.close(descriptor)
            isClosed = true
            throw error
        }
    }

    /// Accepts no more; accepted connections live on. A second call does nothing.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        if let source { loop.unwatch(source) }
        Glibc.close(descriptor)
    }

    private func accept() {
        for _ in 0..<64 where !isClosed {
            let accepted = wattline_accept(descriptor)
            if accepted < 0 {
                guard mayAccept(after: errno) else { return }
                continue
            }
            if let connection = try? TCPConnection(loop: loop, descriptor: accepted) { onAccept(connection) }
        }
    }

    /// True when the next connection may be accepted at once.
    private func mayAccept(after error: Int32) -> Bool {
        switch error {
        case EAGAIN: return false
        // It went before it was accepted.
        case EINTR, ECONNABORTED: return true
        case EMFILE, ENFILE:
            // The kernel looks for a descriptor first, and for a connection then: nobody is asked to go for one that is not there.
            guard hasWaiting else { return false }
            if makeRoom() { return true }
        default: break
        }
        pause()
        return false
    }

    /// A connection waits to be accepted.
    private var hasWaiting: Bool {
        var listening = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&listening, 1, 0) == 1
    }

    /// Accepts nothing for 100 ms: connections that wait would keep the listener readable, and the loop would spin.
    private func pause() {
        guard let source else { return }
        loop.change(source, to: [])
        loop.schedule(after: .milliseconds(100)) { [weak self] in
            guard let self, !self.isClosed else { return }
            self.loop.change(source, to: .read)
        }
    }
}
