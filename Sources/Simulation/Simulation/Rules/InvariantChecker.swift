internal import ChargingModel
internal import Ledger

/// An observer that knows everything and holds it against the rules, at every change of the ledger, at every word on the bus, at every move of an
/// engine. It shares nothing with what it watches: each check costs the same however long the run is. Belongs to its world.
final class InvariantChecker {
    struct RequestKey: Hashable {
        var driver: DriverID
        var request: RequestID
    }

    /// A meter, as its journal's disk has it and as the ledger has it.
    struct Meter {
        /// The register that is on the disk for good.
        var register: Energy = .zero
        /// The energy of complete sessions, in watt-hours.
        var billed: Int64 = 0
        /// The energy of records that are kept beside the ledger's sessions, in watt-hours.
        var putAside: Int64 = 0
        var cp: ChargePointID

        var accounted: Int64 { billed + putAside }
    }

    struct Promise {
        var driver: DriverID
        var assignment: Assignment
        var at: Instant
        /// The load of the vehicle that stands there, from the moment at which energy flows.
        var load: Load?
        /// The time at which its supply began, by meter: a copy has another one, and so has an engine whose disk was lost, which can't know what it
        /// did before.
        var suppliedOn: [MeterID?: Instant] = [:]
    }

    /// The points at which a driver could have been accepted when Central was asked.
    enum Choice {
        case point(isGood: Bool)
        case anywhere(Set<ChargePointID>)
    }

    /// The connection of a client that counts (P6): the newest that was heard of it, until that is silent for ten seconds, or has never lived, and another
    /// one speaks; of several that came within ten seconds the last that speaks.
    struct Newest {
        private(set) var epoch: Epoch = 0
        /// The one that counted before those, or was the first to be heard at all, 0 for none, and the time of the last of them.
        private var before: Epoch = 0
        private var claimedAt = Instant(nanoseconds: 0)
        /// The last live word of that connection; `nil` when there was only a will, or what the broker kept.
        private var aliveAt: Instant?

        /// True for a message of the connection that counts.
        mutating func counts(_ epoch: Epoch, isLive: Bool, at now: Instant) -> Bool {
            if epoch < self.epoch {
                let isOneOfSeveral = now - claimedAt < .seconds(10) && before != 0 && epoch > before
                guard isLive, isOneOfSeveral || aliveAt.map({ now - $0 >= .seconds(10) }) ?? true else { return false }
            }
            if epoch != self.epoch {
                aliveAt = nil
                if now - claimedAt >= .seconds(10) || before == 0 { before = self.epoch }
                claimedAt = now
            }
            self.epoch = epoch
            if isLive { aliveAt = now }
            return true
        }
    }

    /// The messages of a point that Central heard: the connections that count, and what it heard of them live in its present connection (P11).
    struct Heard {
        var engine = Newest()
        /// The last number of that epoch; a will has none.
        var stateSeq: UInt64 = 0
        var state: LifecycleState?
        var monitor = Newest()
        var health: HealthReport.Health?

        mutating func forgetLive() {
            stateSeq = 0
            state = nil
            health = nil
        }

        var isWell: Bool { (state == .activated || state == .supplying) && health == .ok }
        var isGood: Bool { state == .activated && health == .ok }
    }

    let vehicles: [DriverID: Int]
    @exclusivity(unchecked) var heard: [ChargePointID: Heard] = [:]
    /// The state of a point when it was asked for, until that is decided: a decision may be written after the connection in which it was taken.
    @exclusivity(unchecked) var asked: [RequestKey: Choice] = [:]
    /// Those of drivers who were not known when Central was asked.
    @exclusivity(unchecked) var askedUnknown: Set<RequestKey> = []
    @exclusivity(unchecked) var decided: Set<RequestKey> = []
    /// Sessions whose record Central heard in this life of its own, and has not yet handed to its ledger for good.
    @exclusivity(unchecked) var recordsHeard: Set<SessionID> = []
    @exclusivity(unchecked) var promises: [SessionID: Promise] = [:]
    @exclusivity(unchecked) var openAt: [ChargePointID: SessionID] = [:]
    /// The time at which the last session of a point was closed.
    @exclusivity(unchecked) var closedAt: [ChargePointID: Instant] = [:]
    @exclusivity(unchecked) var openOf: [DriverID: Int] = [:]
    @exclusivity(unchecked) var meters: [MeterID: Meter] = [:]
    /// The answer on the bus, and the outcome, that each request was given.
    @exclusivity(unchecked) var answers: [RequestKey: DriverStatus.Kind.Answer] = [:]
    @exclusivity(unchecked) var outcomes: [RequestKey: Outcome] = [:]
    /// The sessions whose beginning is on an engine's disk and whose end is not, by the process.
    @exclusivity(unchecked) var underWay: [Int: SessionID] = [:]
    /// The words of a stranger, and the time of the last about each point: neither is held against what Central believes meanwhile.
    private var forged: Set<BusMessage> = []
    private var lastForged: [ChargePointID: Instant] = [:]
    private var lastHonest: [ChargePointID: (engine: Instant?, monitor: Instant?)] = [:]
    /// Meters whose journal is lost with what was not brought home.
    var lostMeters: Set<MeterID> = []
    /// Records of stations that wait for the operator, since they claim more than can be believed, by their sessions.
    var implausible: [SessionID: (cp: ChargePointID, energy: Energy)] = [:]
    /// The time until which sessions that are accepted at a point may end up with a record that does not fit them. Copies of engines have meters of
    /// their own, and so has an engine whose disk was lost.
    private var doubledUntil: [ChargePointID: Instant] = [:]
    /// The last promise to the operator about a point: true for out of order, false for in order; not there when nobody knows.
    private var availabilities: [ChargePointID: Bool] = [:]

    init(vehicles: [DriverID: Int]) { self.vehicles = vehicles }

    // MARK: Doubled and lost engines

    /// Notes that from now on two engines have this point's name, until a moment that is not known yet.
    func doubles(_ cp: ChargePointID) { doubledUntil[cp] = Instant(nanoseconds: .max) }

    /// Notes that the second engine is gone, or the first one's memory: what was accepted until then may still be told of. Central may believe what
    /// it heard of the other one for a while (60 s), when nothing reaches it.
    func isSingle(_ cp: ChargePointID, at now: Instant) { doubledUntil[cp] = now + .seconds(60) }

    func wasDoubled(_ cp: ChargePointID) -> Bool { doubledUntil[cp] != nil }

    /// True when a record of a session that was accepted then may have no place.
    func mayStray(_ cp: ChargePointID, accepted: Instant?) -> Bool {
        guard let until = doubledUntil[cp] else { return false }
        return accepted.map { $0 <= until } ?? true
    }

    // MARK: Strangers

    /// - Parameter isHonest: its owner said it, or has it said, at another time: then it counts.
    func forges(_ message: BusMessage, isHonest: Bool, at now: Instant) {
        if !isHonest { forged.insert(message) }
        if let cp = message.point { lastForged[cp] = now }
    }

    func isForged(_ message: BusMessage) -> Bool { !forged.isEmpty && forged.contains(message) }

    /// True while Central may believe something of a point that nobody there has said: for a while, and as long as those are away who would say otherwise.
    func isDeceived(about cp: ChargePointID, at now: Instant) -> Bool {
        guard let last = lastForged[cp] else { return false }
        if now - last < World.recovery || wasDoubled(cp) { return true }
        let honest = lastHonest[cp, default: (nil, nil)]
        return [honest.engine, honest.monitor].contains { $0.map { $0 <= last } ?? true }
    }

    /// Notes that a point's own engine or monitor was heard live.
    func isHonest(engine cp: ChargePointID, at now: Instant) { if !forged.isEmpty { lastHonest[cp, default: (nil, nil)].engine = now } }
    func isHonest(monitor cp: ChargePointID, at now: Instant) { if !forged.isEmpty { lastHonest[cp, default: (nil, nil)].monitor = now } }

    // MARK: The operator's wishes

    func isPromised(_ outOfOrder: Bool?, for cp: ChargePointID) { availabilities[cp] = outOfOrder }

    func isPromisedOutOfOrder(_ cp: ChargePointID) -> Bool { availabilities[cp] == true }

    /// Checks S8: what was promised is what the ledger has, except for what is being asked just now.
    func checkAvailabilities(_ world: World) {
        let asked = Set(world.centrals.flatMap { $0.questions.values.compactMap(\.point) })
        let held = world.ledger.book.availabilities()
        for (cp, availability) in availabilities.sorted(by: { $0.key < $1.key }) where !asked.contains(cp) && held[cp] != availability {
            let words = held[cp].map { $0 ? "out of order" : "in order" } ?? "nothing"
            world.violate("S8", "the operator was promised \(cp) \(availability ? "out of order" : "in order"), the ledger says \(words)")
        }
    }
}

extension OperatorRequest {
    /// The point whose wish the request changes; `nil` for none.
    var point: ChargePointID? {
        switch self {
        case .outOfOrder(let cp), .resume(let cp), .forget(let cp): cp
        case .stop, .judge, .token: nil
        }
    }
}
