public import ChargingModel

/// The people at a station, and its network, as a value: they bring vehicles where one is awaited, drive away when they were charged, show cards, and now
/// and then the network is gone.
public struct StationPeople: Sendable {
    public struct Habits: Hashable, Sendable {
        /// The cards that are shown, one after the other: to begin, and to end what was begun.
        public var cards: [String] = []
        /// From one card to the next; `nil`: nobody shows any.
        public var every: Duration?
        /// The most that it takes until the first one is shown; `nil`: as long as to the next.
        public var firstWithin: Duration?
        /// The times for which the network is gone, about every minute; `nil`: never.
        public var offline: ClosedRange<Duration>?
        /// The most that whoever is awaited takes to plug in, and to drive away.
        public var pace: Duration = .seconds(2)

        public init() {}
    }

    private enum Plan: Sendable {
        case plug(Int32)
        case unplug(Int32)
        case card
        case reach(Bool)
    }

    private let habits: Habits
    private let connectors: Int32
    private var plans: [(at: Instant, plan: Plan)] = []
    private var random: SplitMix64
    private var cardsShown = 0

    public init(_ habits: Habits, connectors: Int32, seed: UInt64, at now: Now) {
        self.habits = habits
        self.connectors = max(1, connectors)
        random = SplitMix64(seed: seed)
        if let every = habits.every, !habits.cards.isEmpty { plan(.card, now, random.duration(below: min(every, habits.firstWithin ?? every))) }
        if habits.offline != nil { plan(.reach(false), now, online()) }
    }

    /// The time at which `due` has something to say.
    public var deadline: Instant? { plans.map(\.at).min() }

    /// Hears what happened at the station.
    public mutating func hear(_ notice: ChargingStation.Notice, at now: Now) {
        switch notice {
        case .vehicleAwaited(let evse): plan(.plug(evse), now, random.duration(below: habits.pace))
        case .ended(let evse, _, _): plan(.unplug(evse), now, random.duration(below: habits.pace))
        default: break
        }
    }

    /// The events that happen now.
    public mutating func due(at now: Now) -> [ChargingStation.Event] {
        let due = plans.filter { $0.at <= now.monotonic }
        plans.removeAll { $0.at <= now.monotonic }
        return due.flatMap { carryOut($0.plan, now) }
    }

    private mutating func carryOut(_ what: Plan, _ now: Now) -> [ChargingStation.Event] {
        switch what {
        case .plug(let evse): return [.plugged(evse, .unlimited)]
        case .unplug(let evse): return [.unplugged(evse)]
        case .card:
            plan(.card, now, habits.every ?? .seconds(30))
            let card = habits.cards[cardsShown % habits.cards.count]
            let evse = Int32(cardsShown / habits.cards.count) % connectors + 1
            cardsShown += 1
            return [.card(evse, card)]
        case .reach(let isReachable):
            let gone = habits.offline.map { $0.lowerBound + random.duration(below: $0.upperBound - $0.lowerBound) } ?? .zero
            plan(.reach(!isReachable), now, isReachable ? online() : gone)
            return [.reach(isReachable)]
        }
    }

    private mutating func online() -> Duration { .seconds(30) + random.duration(below: .seconds(60)) }

    private mutating func plan(_ what: Plan, _ now: Now, _ delay: Duration) { plans.append((now.monotonic + delay, what)) }
}
