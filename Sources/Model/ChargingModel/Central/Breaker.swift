/// The circuit breaker of a charge point: it keeps drivers from a point that fails again and again.
public struct Breaker: Hashable, Sendable {
    /// Failures in a row that open it.
    public static let failuresToOpen = 3
    /// The first time that it stays open, doubled each time up to `longest`.
    public static let shortest = Duration.seconds(10)
    public static let longest = Duration.seconds(300)

    enum State: Hashable, Sendable {
        case closed(failures: Int)
        case open(until: Instant)
        /// A live FAULTY holds it open for as long as it lasts.
        case held
        case halfOpen(slotTaken: Bool)
    }

    private(set) var state: State = .closed(failures: 0)
    private var nextOpening = Breaker.shortest

    public init() {}

    public var position: BreakerPosition {
        switch state {
        case .closed: .closed
        case .open, .held: .open
        case .halfOpen: .halfOpen
        }
    }

    public var admits: Bool {
        switch state {
        case .closed: true
        case .open, .held: false
        case .halfOpen(let slotTaken): !slotTaken
        }
    }

    /// The time at which it becomes half-open by itself; `nil` unless it is open for a time.
    public var halfOpensAt: Instant? {
        if case .open(let until) = state { until } else { nil }
    }

    /// Notes that a session was accepted: it takes the slot of a half-open breaker.
    public mutating func accept() {
        if case .halfOpen = state { state = .halfOpen(slotTaken: true) }
    }

    /// Gives the slot back: the session does not count.
    public mutating func release() {
        if case .halfOpen = state { state = .halfOpen(slotTaken: false) }
    }

    public mutating func succeed() {
        switch state {
        case .closed, .halfOpen:
            state = .closed(failures: 0)
            nextOpening = Breaker.shortest
        case .open, .held:
            break
        }
    }

    public mutating func fail(at now: Instant) {
        switch state {
        case .closed(let failures) where failures + 1 < Breaker.failuresToOpen: state = .closed(failures: failures + 1)
        case .closed, .halfOpen: open(at: now)
        case .open, .held: break
        }
    }

    /// Notes that the point is FAULTY, or no longer is.
    public mutating func hold(_ faulty: Bool) {
        switch (state, faulty) {
        case (.closed, true), (.open, true), (.halfOpen, true): state = .held
        case (.held, false): state = .halfOpen(slotTaken: false)
        case (.held, true), (.closed, false), (.open, false), (.halfOpen, false): break
        }
    }

    /// Lets one session try, when the time is up.
    public mutating func tick(at now: Instant) {
        if case .open(let until) = state, until <= now { state = .halfOpen(slotTaken: false) }
    }

    private mutating func open(at now: Instant) {
        state = .open(until: now + nextOpening)
        nextOpening = min(nextOpening * 2, Breaker.longest)
    }
}
