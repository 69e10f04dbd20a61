internal import CLinux
internal import Glibc

/// One thread for work that blocks (name look-ups, `fsync`), with a bounded mailbox. Work is done in the order it was submitted; its results come
/// back on the loop.
public final class BlockingWorker: @unchecked Sendable {
    private struct Mailbox {
        var work: [@Sendable () -> Void] = []
        var isClosed = false
    }

    private let loop: EventLoop
    private let capacity: Int
    private let mailbox = Guarded(Mailbox())
    private let semaphore: Int32
    private let thread = Guarded<pthread_t?>(nil)
    // On the loop only: the receivers never leave it.
    private var receivers: [UInt64: (any Sendable) -> Void] = [:]
    private var lastID: UInt64 = 0

    /// Starts the thread.
    /// - Parameter capacity: the number of pieces of work that may wait.
    /// - Throws: when the system has no thread or descriptor left.
    public init(loop: EventLoop, name: String = "worker", capacity: Int = 1024) throws(EventLoopError) {
        self.loop = loop
        self.capacity = capacity
        semaphore = eventfd(0, Int32(EFD_CLOEXEC | EFD_SEMAPHORE))
        guard semaphore >= 0 else { throw .system("eventfd") }
        let id = try Thread.spawn(name: name) { [self] in serve() }
        thread.withLock { $0 = id }
    }

    deinit {
        if semaphore >= 0 { close(semaphore) }
    }

    /// Does the work on the worker's thread, then calls the receiver with its result on the loop. On the loop only.
    /// - Returns: false when the mailbox is full or closed; then neither is called.
    public func submit<Value: Sendable>(_ work: @escaping @Sendable () -> Value, then receiver: @escaping (Value) -> Void) -> Bool {
        loop.preconditionOnLoop()
        lastID += 1
        let id = lastID
        let accepted = mailbox.withLock { mailbox in
            guard !mailbox.isClosed, mailbox.work.count < capacity else { return false }
            mailbox.work.append { [self] in
                let value = work()
                loop.execute { [self] in receivers.removeValue(forKey: id)?(value) }
            }
            return true
        }
        guard accepted else { return false }
        receivers[id] = { value in
            if let value = value as? Value { receiver(value) }
        }
        post()
        return true
    }

    /// Ends the thread after the work that was accepted, and waits for it. Results still go to the loop. Any thread; a second call does nothing.
    public func shutdown() {
        mailbox.withLock { $0.isClosed = true }
        thread.withLock { id in
            guard let started = id else { return }
            post()
            pthread_join(started, nil)
            id = nil
        }
    }

    /// Ends the thread like `shutdown`, without waiting for it.
    public func retire() {
        mailbox.withLock { $0.isClosed = true }
        thread.withLock { id in
            guard let started = id else { return }
            post()
            pthread_detach(started)
            id = nil
        }
    }

    private func post() {
        var one: UInt64 = 1
        write(semaphore, &one, 8)
    }

    private func serve() {
        while true {
            var one: UInt64 = 0
            guard read(semaphore, &one, 8) == 8 else { continue }
            let work = mailbox.withLock { mailbox in mailbox.work.isEmpty ? nil : mailbox.work.removeFirst() }
            guard let work else { return }
            work()
        }
    }
}
