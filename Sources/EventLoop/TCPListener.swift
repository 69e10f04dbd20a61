internal import CLinux
internal import Glibc

/// Accepts TCP connections on a loop. Bound to the loop: everything is called there.
public final class TCPListener {
    /// The port, also where 0 was asked for.
    public let port: UInt16
    private let loop: EventLoop
    private let descriptor: Int32
    private let onAccept: (TCPConnection) -> Void
    private var source: SourceToken?
    private var isClosed = false

    /// Listens with a backlog of 128.
    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - onAccept: gets each connection; it must keep it, and set its handlers at once.
    /// - Throws: when the host is not numeric, or the port is taken.
    public init(loop: EventLoop, host: String, port: UInt16, onAccept: @escaping (TCPConnection) -> Void) throws(EventLoopError) {
        let address = try NumericAddress(host: host, port: port)
        let descriptor = try address.makeSocket()
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        let isBound = address.withSocketAddress { Glibc.bind(descriptor, $0, $1) } == 0
        guard isBound, listen(descriptor, 128) == 0 else {
            let error = EventLoopError.system("listening on \(address)")
            Glibc.close(descriptor)
            throw error
        }
        self.loop = loop
        self.descriptor = descriptor
        self.onAccept = onAccept
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
            guard accepted >= 0 else {
                if errno == EMFILE || errno == ENFILE { pause() }
                return
            }
            if let connection = try? TCPConnection(loop: loop, descriptor: accepted) { onAccept(connection) }
        }
    }

    /// Without descriptors the listener would stay readable and the loop would spin.
    private func pause() {
        guard let source else { return }
        loop.change(source, to: [])
        loop.schedule(after: .milliseconds(100)) { [weak self] in
            guard let self, !self.isClosed else { return }
            self.loop.change(source, to: .read)
        }
    }
}
