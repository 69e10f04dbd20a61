import Glibc

/// A place where one thread waits for another.
final class Gate: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    init() { sem_init(semaphore, 0, 0) }
    func open() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 {} }
}

/// A loop under measurement.
protocol Side: Sendable {
    var executor: UnownedSerialExecutor { get }
    func execute(_ body: @escaping @Sendable () -> Void)
    /// Sets so many timers, a minute away, and cancels each. On the loop.
    func setTimers(_ count: Int)
    /// Sends back what comes in on the socket.
    func echo(_ descriptor: Int32) throws
}
