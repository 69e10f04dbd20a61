internal import CLinux
internal import Glibc
internal import Synchronization

/// One thread around one epoll, which is the executor of the actors that live on it: a callback enters such an actor by
/// `assumeIsolated` without a hop, and nothing that is bound to the loop needs a lock.
///
/// `init`, `start`, `shutdown`, `execute`, `run` and `now` may be called from any thread; everything else only on the loop
/// (in its callbacks, in actors that have it as their executor). The loop wakes at least once a second.
public final class EventLoop: SerialExecutor, @unchecked Sendable {
    enum Work {
        case job(UnownedJob)
        case body(@Sendable () -> Void)
    }

    enum Phase { case fresh, running, stopping, stopped }

    struct Inbox {
        var work: [Work] = []
        var phase = Phase.fresh
        /// True while the loop is in, or about to enter, its wait and must be woken for new work.
        var isAsleep = false
        /// True while some thread runs work that came in after the end.
        var isDraining = false
    }

    public let name: String
    let epoll: Int32
    let waker: Int32
    let inbox = Guarded(Inbox())
    let thread = Guarded<pthread_t?>(nil)
    /// The thread that runs the loop's work now; 0 for none.
    let runner = Atomic<UInt>(0)

    // What follows is touched only on the loop.
    var batch: [Work] = []
    var timers = LoopTimers()
    var sources: [Source?] = []
    var lastGeneration: UInt32 = 0
    var roundEnd: [() -> Void] = []
    var shared: [ObjectIdentifier: AnyObject] = [:]
    var stallObservers: [(id: UInt64, body: (Duration) -> Void)] = []
    var lastStallID: UInt64 = 0
    var stallThreshold: Int64
    var lastAlive: Int64 = 0

    /// Makes a loop without its thread.
    /// - Parameters:
    ///   - name: the name of the thread; the kernel keeps 15 bytes of it.
    ///   - stallThreshold: a gap between two wake-ups that is longer than this is a stall; at least 1.5 s, since the loop may sleep for one.
    /// - Throws: when no descriptor is left.
    public init(name: String = "loop", stallThreshold: Duration = .seconds(2)) throws(EventLoopError) {
        signal(SIGPIPE, SIG_IGN)
        self.name = name
        self.stallThreshold = max(stallThreshold, .milliseconds(1500)).wholeNanoseconds
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw .system("epoll_create1") }
        waker = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard waker >= 0 else {
            let error = EventLoopError.system("eventfd")
            close(epoll)
            throw error
        }
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: Self.key(waker, 0)))
        epoll_ctl(epoll, EPOLL_CTL_ADD, waker, &event)
    }

    deinit {
        close(waker)
        close(epoll)
    }

    /// True when the caller is on the loop. Any thread.
    public var isCurrent: Bool { runner.load(ordering: .acquiring) == UInt(pthread_self()) }

    /// Runs the body on the loop, soon and in the order of the calls. Any thread.
    public func execute(_ body: @escaping @Sendable () -> Void) { enqueue(.body(body)) }

    /// Runs the body on the loop and brings its result back. Any thread or actor.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            execute { continuation.resume(returning: body()) }
        }
    }

    func preconditionOnLoop(_ function: StaticString = #function) {
        precondition(isCurrent, "\(function) of the event loop was called off the loop")
    }
}
