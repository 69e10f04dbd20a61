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
        /// What complete sessions and kept records say.
        var billed: Int64 = 0
        var cp: ChargePointID
    }

    struct Promise {
        var cp: ChargePointID
        var at: Instant
        var suppliedBy: String?
    }

    /// What Central heard of a point, live, in its present connection (P11).
    struct Heard {
        var engineEpoch: Epoch = 0
        var state: LifecycleState?
        var monitorEpoch: Epoch = 0
        var health: HealthReport.Health?

        var isWell: Bool { (state == .activated || state == .supplying) && health == .ok }
        var isGood: Bool { state == .activated && health == .ok }
    }

    let vehicles: [DriverID: Int]
    @exclusivity(unchecked) var heard: [ChargePointID: Heard] = [:]
    /// Whether a point was well when it was asked for, until that is decided: a decision may be written after the connection in which it was taken.
    @exclusivity(unchecked) var asked: [RequestKey: Bool] = [:]
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
    /// Whether records without a home are to be expected: copies of engines have meters of their own.
    var expectsStrays = false

    init(vehicles: [DriverID: Int]) { self.vehicles = vehicles }
}
