public import ChargingModel

/// How a network was used over a span of time: what an operator asks of a day.
public struct UsageReport: Sendable {
    /// What the points of one kind did, or all of them.
    public struct Usage: Hashable, Sendable {
        public var points = 0
        public var sessions = 0
        public var failed = 0
        /// What was delivered in the span.
        public var energy = Energy.zero
        /// What the sessions had that ended in the span, and what they cost.
        public var billed = Energy.zero
        public var income = Money.zero
        /// How long points were occupied by a session, added up over them.
        public var occupied = Duration.zero
        /// How long energy flowed, added up over them.
        public var supplying = Duration.zero

        public init() {}
    }

    /// What happened in one slot of the span.
    public struct Slot: Hashable, Sendable {
        /// Vehicles that came to charge.
        public var arrivals = 0
        public var accepted = 0
        public var denials: [DenialCode: Int] = [:]
        /// Vehicles that left without a charge.
        public var unserved = 0
        public var energy = Energy.zero
        public var income = Money.zero
        /// Added up over the points.
        public var occupied = Duration.zero
        /// The greatest power that all points together gave at one moment.
        public var peak = Power(watts: 0)

        public init() {}
    }

    /// For the heading: what was played, in words.
    public var title: String
    /// The command that plays it again.
    public var command: String
    public var begins: WallTime
    /// How long one slot is.
    public var slotLength: Duration
    public var slots: [Slot]
    /// By kind of point ("Fast DC"), in the order of the network's file.
    public var kinds: [(kind: String, usage: Usage)]
    /// From arrival to ACCEPTED, of all who were accepted.
    public var waits: [Duration]
    /// The energies of all sessions.
    public var energies: [Energy]
    /// From ACCEPTED to the end, of all sessions.
    public var stays: [Duration]
    /// Things that went wrong, as many as were played.
    public var incidents: Int
    /// What the numbers stand on: distributions and their sources.
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
