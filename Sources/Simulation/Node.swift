internal import ChargingModel
internal import ChargingProtocol

/// One process of the world: its core while it lives, its disk for ever.
struct Node: Sendable {
    enum Core: Sendable {
        case central(Arbiter)
        case engine(ChargePoint, JournalGate)
        case monitor(Monitor)
        case driver(Driver)
    }

    let id: Party
    /// Tells this life from earlier ones.
    var life: UInt64 = 0
    var core: Core?
    var connection: UInt64?
    var epoch: Epoch = 0
    var isHung = false
    var hungSince = Instant(nanoseconds: 0)
    /// What came while it was hung.
    var unread: [World.Happening] = []
    var tickAt: Instant?
    /// Connects again after a failure; false for what was stopped for good.
    var isWanted = true
    /// The disk: last epoch, journal.
    var diskEpoch: Epoch = 0
    var journal: [ChargePointEntry] = []

    init(_ id: Party) { self.id = id }

    var isAlive: Bool { core != nil }
}
