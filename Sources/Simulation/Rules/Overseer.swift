internal import ChargingModel

/// Knows everything and holds it against the rules, at every change of the ledger, at every word on the bus, at every move of an engine. It shares nothing
/// with what it watches: each check costs the same however long the run is. Belongs to its world.
final class Overseer {
    struct RequestKey: Hashable {
        var driver: DriverID
        var request: RequestID
    }

    /// A meter, as its journal's disk has it and as the ledger has it.
    struct Meter {
        /// What is on the disk for good.
        var register: Energy = .zero
        /// What complete sessions say, in watt-hours.
        var billed: Int64 = 0
        /// What records say that are kept beside the ledger.
        var putAside: Int64 = 0
        var cp: ChargePointID

        var accounted: Int64 { billed + putAside }
    }

    struct Promise {
        var driver: DriverID
        var assignment: Assignment
        var at: Instant
        /// When it began to be supplied, by meter: a copy has another one, and so has an engine whose disk was lost, which can't know what it did before.
        var suppliedOn: [MeterID?: Instant] = [:]
    }

    /// Where a driver could have been accepted when Central was asked.
    enum Choice {
        case point(isGood: Bool)
        case anywhere(Set<ChargePointID>)
    }

    /// What Central heard of a point, live, in its present connection (P11).
    struct Heard {
        var engineEpoch: Epoch = 0
        /// The last number of that epoch; a will has none.
        var stateSeq: UInt64 = 0
        var state: LifecycleState?
        var monitorEpoch: Epoch = 0
        var health: HealthReport.Health?

        var isWell: Bool { (state == .activated || state == .supplying) && health == .ok }
        var isGood: Bool { state == .activated && health == .ok }
    }

    let vehicles: [DriverID: Int]
    @exclusivity(unchecked) var heard: [ChargePointID: Heard] = [:]
    /// Whether a point was well when it was asked for, until that is decided: a decision may be written after the connection in which it was taken.
    @exclusivity(unchecked) var asked: [RequestKey: Choice] = [:]
    @exclusivity(unchecked) var decided: Set<RequestKey> = []
    @exclusivity(unchecked) var promises: [SessionID: Promise] = [:]
    @exclusivity(unchecked) var openAt: [ChargePointID: SessionID] = [:]
    @exclusivity(unchecked) var openOf: [DriverID: Int] = [:]
    @exclusivity(unchecked) var meters: [MeterID: Meter] = [:]
    /// On the bus: the answer and the outcome that each request was given.
    @exclusivity(unchecked) var answers: [RequestKey: DriverStatus.Kind.Answer] = [:]
    @exclusivity(unchecked) var outcomes: [RequestKey: Outcome] = [:]
    /// Meters whose journal is lost with what was not brought home.
    var lostMeters: Set<MeterID> = []
    /// Where records without a home are to be expected: copies of engines have meters of their own, and so has an engine whose disk was lost.
    var expectsStrays: Set<ChargePointID> = []

    init(vehicles: [DriverID: Int]) { self.vehicles = vehicles }
}
