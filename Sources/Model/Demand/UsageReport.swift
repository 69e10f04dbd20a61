public import ChargingModel

/// The usage of a network over a span of time: what an operator asks of a day.
public struct UsageReport: Sendable {
    /// The usage of the points of one kind, or of all.
    public struct Usage: Hashable, Sendable {
        public var points = 0
        public var sessions = 0
        public var failed = 0
        /// The energy that was delivered in the span.
        public var energy = Energy.zero
        /// The energy of the sessions that ended in the span, and their cost.
        public var billed = Energy.zero
        public var income = Money.zero
        /// The time that points were occupied by a session, added up over them.
        public var occupied = Duration.zero
        /// The time that energy flowed, added up over them.
        public var supplying = Duration.zero

        public init() {}
    }

    /// The events in one slot of the span.
    public struct Slot: Hashable, Sendable {
        /// Vehicles that came to charge.
        public var arrivals = 0
        public var accepted = 0
        public var denials: [DenialCode: Int] = [:]
        /// Vehicles that left without a charge.
        public var unserved = 0
        public var energy = Energy.zero
        public var income = Money.zero
        /// The time that points were occupied, added up over them.
        public var occupied = Duration.zero
        /// The greatest power that all points together gave at one moment.
        public var peak = Power(watts: 0)

        public init() {}
    }

    /// The title in words: what was played.
    public var title: String
    /// The command that plays it again.
    public var command: String
    public var begins: WallTime
    /// The length of one slot.
    public var slotLength: Duration
    public var slots: [Slot]
    /// The usage by kind of point ("Fast DC"), in the order of the network's file.
    public var kinds: [(kind: String, usage: Usage)]
    /// The times from arrival to ACCEPTED, of all who were accepted.
    public var waits: [Duration]
    /// The energies of all sessions.
    public var energies: [Energy]
    /// The times from ACCEPTED to the end, of all sessions.
    public var stays: [Duration]
    /// The number of incidents that were played.
    public var incidents: Int
    /// The assumptions behind the numbers: distributions and their sources.
    public var assumptions: [String]

    public init(
        title: String, command: String, begins: WallTime, slotLength: Duration, slots: [Slot], kinds: [(kind: String, usage: Usage)],
        waits: [Duration],
        energies: [Energy], stays: [Duration], incidents: Int, assumptions: [String]
    ) {
        self.title = title
        self.command = command
        self.begins = begins
        self.slotLength = slotLength
        self.slots = slots
        self.kinds = kinds
        self.waits = waits
        self.energies = energies
        self.stays = stays
        self.incidents = incidents
        self.assumptions = assumptions
    }
}
