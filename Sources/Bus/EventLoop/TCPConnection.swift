internal import Glibc

/// A TCP connection on a loop. Bound to the loop: everything is called there. It must be closed by its owner or its peer; forgetting it does not
/// close it.
public final class TCPConnection {
    /// The receiver of what arrives, at most 16 KiB at a time.
    public var onRead: ([UInt8]) -> Void = { _ in }
    /// The observer of the end, called once, unless the owner closed the connection: `nil` when the peer did, otherwise the error.
    public var onClose: (EventLoopError?) -> Void = { _ in }

    private let loop: EventLoop
    private let descriptor: Int32
    private let outputLimit: Int
    private var source: SourceToken?
    private var output: [UInt8] = []
    private var written = 0
    private var isFinishing = false
    public private(set) var isClosed = false

    init(loop: EventLoop, descriptor: Int32, outputLimit: Int = 1 << 20) throws(EventLoopError) {
        self.loop = loop
        self.descriptor = descriptor
        self.outputLimit = outputLimit
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        do {
            source = try loop.watch(descriptor, .read) { [self] readiness in handle(readiness) }
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    /// Writes the bytes, now or when the peer reads. Ignored after a close.
    /// More than 1 MiB unread by the peer closes the connection with an error.
    public func write(_ bytes: [UInt8]) {
        guard !isClosed, !isFinishing else { return }
        guard output.count - written + bytes.count <= outputLimit else { return end(EventLoopError(code: .overflow(limit: outputLimit))) }
        output.append(contentsOf: bytes)
        flush()
    }

    /// Reads what has come and was not passed on yet, for an owner that must decide now.
    public func readNow() {
        if !isClosed { receive() }
    }

    /// Closes when everything is written. `onClose` is not called, unless that fails.
    public func finish() {
        isFinishing = true
        if !isClosed, written == output.count { close() }
    }

    /// Closes now; what is not written is lost. `onClose` is not called. A second call does nothing.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        if let source { loop.unwatch(source) }
        Glibc.close(descriptor)
        // The handlers often hold their owner, and it this.
        onRead = { _ in }
        onClose = { _ in }
    }

    private func end(_ error: EventLoopError?) {
        let report = onClose
        close()
        report(error)
    }

    private func handle(_ readiness: Readiness) {
        if readiness.contains(.writable) { flush() }
        if !isClosed, !readiness.isDisjoint(with: [.readable, .closed]) { receive() }
    }

    private func receive() {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 16 * 1024) { buffer, initialized in
            count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            initialized = max(0, count)
        }
        switch count {
        case 1...: onRead(bytes)
        case 0: end(nil)
        default:
            if errno != EAGAIN, errno != EINTR { end(.system("read")) }
        }
    }

    private func flush() {
        while written < output.count {
            let count = output.withUnsafeBytes { send(descriptor, $0.baseAddress.map { $0 + written }, output.count - written, Int32(MSG_NOSIGNAL)) }
            if count > 0 {
                written += count
            } else if errno == EAGAIN {
                break
            } else if errno != EINTR {
                return end(.system("write"))
            }
        }
        if written == output.count {
            output.removeAll(keepingCapacity: true)
            written = 0
            if isFinishing { return close() }
        }
        if let source { loop.change(source, to: output.isEmpty ? .read : [.read, .write]) }
    }
}
