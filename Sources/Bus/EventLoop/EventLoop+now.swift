public import ChargingModel

extension EventLoop {
    /// The time, as cores want it.
    public static func present() -> Now {
        Now(monotonic: Instant(nanoseconds: now().nanoseconds), wall: WallTime(milliseconds: Int64(wallMilliseconds())))
    }

    /// A core's deadline on this loop.
    public static func time(of instant: Instant) -> LoopTime { LoopTime(nanoseconds: instant.nanoseconds) }
}

/// The one timer that a core asks for: set anew after every event, to the core's deadline. Bound to its loop.
public final class CoreTimer {
    private let loop: EventLoop
    private let tick: () -> Void
    private var token: TimerToken?
    private var due: Instant?

    public init(_ loop: EventLoop, tick: @escaping () -> Void) {
        self.loop = loop
        self.tick = tick
    }

    public func set(_ deadline: Instant?) {
        guard deadline != due else { return }
        if let token { loop.cancel(token) }
        token = nil
        due = deadline
        guard let deadline else { return }
        token = loop.schedule(at: EventLoop.time(of: deadline)) { [weak self] in
            guard let self else { return }
            token = nil
            due = nil
            tick()
        }
    }
}
