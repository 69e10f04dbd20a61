public import ChargingModel

/// Somebody who sees only the bus: what is promised there, when faults show, when what was broken is back.
public struct ChaosObserver: Sendable {
    /// A fault with what was seen of it.
    public struct Sighting: Hashable, Sendable {
        public var fault: Fault
        /// Something else was broken that hides it.
        public var isDisturbed = false
        /// It could not be done.
        public var isWithdrawn = false
        var began: Instant
        /// It is done: how long the doing took does not count.
        var applied: Instant?
        var seenAt: Instant?
        var ended: Instant?
        var backAt: Instant?

        /// From the fault to its sight.
        public var seen: Duration? { seenAt.map { max(.zero, $0 - (applied ?? $0)) } }
        /// From the end of the fault to the service.
        public var back: Duration? { backAt.map { max(.zero, $0 - (ended ?? $0)) } }
    }

    private struct Key: Hashable {
        var driver: DriverID
        var request: RequestID
    }

    public private(set) var sightings: [Sighting] = []
    /// What contradicts something said before (I2).
    public private(set) var contradictions: [String] = []
    public private(set) var accepted = 0
    public private(set) var completed = 0
    public private(set) var failed = 0
    private var answers: [Key: String] = [:]
    private var outcomes: [SessionID: Outcome] = [:]
    private var verdicts: [ChargePointID: Verdict] = [:]
    /// The points with an engine of their own; the others are connectors of stations, behind the gateway.
    private let engines: Set<ChargePointID>
    private var isCentralOnline = false
    private var isBusOnline = false
    /// Faults that were not seen to be over.
    private var unsettled: Set<Int> = []

    /// - Parameter victims: all that can be broken in the network.
    public init(_ victims: [FaultTarget] = []) { engines = Set(victims.filter { $0.role == .engine }.compactMap(\.cp)) }

    /// Stations were heard of, which a gateway serves.
    public var hasStations: Bool { verdicts.keys.contains { isOfStation($0) } }

    private func isOfStation(_ cp: ChargePointID) -> Bool { !engines.contains(cp) }

    /// True for a point that does not serve while this is broken, which stands for it alone.
    private func isPart(_ cp: ChargePointID, of target: FaultTarget) -> Bool { target.role == .gateway ? isOfStation(cp) : target.cp == cp }

    /// Everybody serves: the broker, Central, and every point that was ever heard of; and what was broken was seen to be back.
    public var isCalm: Bool {
        isBusOnline && isCentralOnline && !verdicts.isEmpty && verdicts.values.allSatisfy(\.isService) && unsettled.isEmpty
    }

    /// Who does not serve yet.
    public var missing: [String] {
        if !isBusOnline { return ["the broker"] }
        if !isCentralOnline { return ["Central"] }
        let points = verdicts.filter { !$0.value.isService }.map { "\($0.key) is \($0.value.rawValue)" }.sorted()
        return points.isEmpty ? unsettled.sorted().map { "\(sightings[$0].fault.target.name) is not back" } : points
    }

    // MARK: Faults

    /// - Returns: the fault's number.
    public mutating func begin(_ fault: Fault, at now: Instant) -> Int {
        var sighting = Sighting(fault: fault, isDisturbed: false, began: now)
        for (index, other) in sightings.enumerated() where isRelated(fault.target, other.fault.target) && !isSettled(other, at: now) {
            sightings[index].isDisturbed = true
            sighting.isDisturbed = true
        }
        unsettled.insert(sightings.count)
        sightings.append(sighting)
        return sightings.count - 1
    }

    public mutating func applied(_ number: Int, at now: Instant) {
        if sightings.indices.contains(number) { sightings[number].applied = now }
    }

    /// What was broken may work again from here.
    public mutating func end(_ number: Int, at now: Instant) {
        guard sightings.indices.contains(number) else { return }
        sightings[number].ended = now
        settle(at: now)
    }

    /// A fault that could not be brought about.
    public mutating func withdraw(_ number: Int) {
        guard sightings.indices.contains(number) else { return }
        sightings[number].isWithdrawn = true
        unsettled.remove(number)
    }

    private func isRelated(_ a: FaultTarget, _ b: FaultTarget) -> Bool {
        if a.role == .driver || b.role == .driver { return a == b }
        if a.role == .broker || a.role == .central || b.role == .broker || b.role == .central { return true }
        return a.id == b.id
    }

    private func isSettled(_ sighting: Sighting, at now: Instant) -> Bool {
        if sighting.isWithdrawn { return true }
        guard let ended = sighting.ended, now >= ended + .seconds(3) else { return false }
        return sighting.backAt != nil || sighting.fault.target.role == .driver
    }

    // MARK: The bus

    public mutating func online(at now: Instant) {
        isBusOnline = true
        settle(at: now)
    }

    public mutating func offline(at now: Instant) {
        isBusOnline = false
        isCentralOnline = false
        for cp in verdicts.keys { verdicts[cp] = .disconnected }
        for index in sightings.indices where sightings[index].fault.target.role == .broker { notice(index, at: now) }
    }

    public mutating func hear(_ message: BusMessage, retained: Bool, at now: Instant) {
        switch message {
        case .verdict(let report): hear(report, at: now)
        case .centralStatus(let status):
            isCentralOnline = status.online
            if !status.online { for index in sightings.indices where sightings[index].fault.target.role == .central { notice(index, at: now) } }
            settle(at: now)
        case .status(let status): if !retained { hear(status) }
        case .info, .state, .telemetry, .event, .health, .command, .fence, .request, .stationRequest, .tickets, .gateway, .station: break
        }
    }

    private mutating func hear(_ report: VerdictReport, at now: Instant) {
        verdicts[report.cp] = report.verdict
        if !report.verdict.isService {
            for index in sightings.indices where isPart(report.cp, of: sightings[index].fault.target) { notice(index, at: now) }
        }
        settle(at: now)
    }

    private mutating func notice(_ index: Int, at now: Instant) {
        guard sightings[index].seenAt == nil, sightings[index].backAt == nil else { return }
        sightings[index].seenAt = now
    }

    /// Looks who serves again whose fault is over. Some are so only a while after it, so ask again without any news, too.
    public mutating func settle(at now: Instant) {
        for index in unsettled.sorted() {
            guard let ended = sightings[index].ended, serves(sightings[index].fault.target) else { continue }
            // A process that was killed is seen dead before it is seen back.
            guard sightings[index].seenAt != nil || !sightings[index].fault.isSudden || now >= ended + .seconds(1) else { continue }
            sightings[index].backAt = now
            unsettled.remove(index)
        }
    }

    private func serves(_ target: FaultTarget) -> Bool {
        switch target.role {
        case .broker: isBusOnline && isCentralOnline
        case .central: isCentralOnline
        case .engine, .monitor: target.cp.flatMap { verdicts[$0] }?.isService ?? false
        case .gateway: verdicts.allSatisfy { !isOfStation($0.key) || $0.value.isService }
        case .driver: true
        }
    }

    private mutating func hear(_ status: DriverStatus) {
        let key = status.request.map { Key(driver: status.driver, request: $0) }
        switch status.kind {
        case .accepted(let session, _, _):
            if hold("ACCEPTED \(session)", key) { accepted += 1 }
        case .denied(let code, _, _): if code.isRecorded { _ = hold("DENIED \(code.rawValue)", key) }
        case .completed(let session, _, _, _): if hold(.completed, session) { completed += 1 }
        case .failed(let session, _, _, _, _): if hold(.failed, session) { failed += 1 }
        case .inProgress: break
        }
    }

    /// - Returns: whether it is news.
    private mutating func hold(_ answer: String, _ key: Key?) -> Bool {
        guard let key else { return false }
        let before = answers.updateValue(answer, forKey: key)
        if let before, before != answer { contradictions.append("request \(key.request) of \(key.driver) was answered \(before), then \(answer)") }
        return before == nil
    }

    private mutating func hold(_ outcome: Outcome, _ session: SessionID) -> Bool {
        let before = outcomes.updateValue(outcome, forKey: session)
        if let before, before != outcome { contradictions.append("session \(session) was \(before.rawValue), then \(outcome.rawValue)") }
        return before == nil
    }
}

extension Verdict {
    /// The point serves drivers, or is meant not to.
    fileprivate var isService: Bool {
        switch self {
        case .activated, .assigned, .supplying, .stopped: true
        case .faulty, .disconnected: false
        }
    }
}
