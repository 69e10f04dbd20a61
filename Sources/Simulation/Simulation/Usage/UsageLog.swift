internal import ChargingModel
internal import Demand

/// The usage of a world's points, slot by slot, as somebody would see it who stood beside them.
struct UsageLog {
    /// A session at a point.
    private struct Running {
        var session: SessionID
        var began: Instant
        /// The time up to which it is counted.
        var counted: Instant
        var energy = Energy.zero
        var power = Power(watts: 0)
    }

    private let length: Duration
    private var slots: [UsageReport.Slot]
    /// The kind of each point, by the point's number.
    private let kindOf: [Int]
    private let kinds: [String]
    private var usages: [UsageReport.Usage]
    private var running: [Running?]
    private var powerNow: Int64 = 0
    /// True when the span is over: what comes to rest afterwards is not part of it.
    private var isClosed = false
    private var waits: [Duration] = []
    private var energies: [Energy] = []
    private var stays: [Duration] = []

    init(_ scenario: Scenario) {
        length = UsageLog.slotLength(scenario.duration)
        slots = Array(repeating: UsageReport.Slot(), count: max(1, Int((scenario.duration.nanoseconds - 1) / length.nanoseconds) + 1))
        var kinds: [String] = []
        var numbers: [Int] = []
        for point in scenario.roster.points {
            let number = kinds.firstIndex(of: point.kind) ?? kinds.count
            if number == kinds.count { kinds.append(point.kind) }
            numbers.append(number)
        }
        self.kinds = kinds
        kindOf = numbers
        usages = Array(repeating: UsageReport.Usage(), count: kinds.count)
        for number in numbers { usages[number].points += 1 }
        running = Array(repeating: nil, count: numbers.count)
    }

    /// The length of a slot: a quarter of an hour, or less when that makes fewer than 24 slots.
    private static func slotLength(_ duration: Duration) -> Duration {
        let lengths: [Duration] = [.seconds(900), .seconds(300), .seconds(60), .seconds(10)]
        return lengths.first { duration.nanoseconds / $0.nanoseconds >= 24 } ?? .seconds(1)
    }

    // MARK: Vehicles

    mutating func arrives(at now: Instant) { if !isClosed { slots[slot(now)].arrivals += 1 } }
    mutating func isDenied(_ code: DenialCode, at now: Instant) { if !isClosed { slots[slot(now)].denials[code, default: 0] += 1 } }
    mutating func leaves(at now: Instant) { if !isClosed { slots[slot(now)].unserved += 1 } }

    mutating func isAccepted(after wait: Duration, at now: Instant) {
        guard !isClosed else { return }
        slots[slot(now)].accepted += 1
        waits.append(wait)
    }

    // MARK: Points

    mutating func begins(_ session: SessionID, at point: Int, at now: Instant) {
        guard !isClosed, running[point]?.session != session else { return }
        running[point] = Running(session: session, began: now, counted: now)
    }

    mutating func reads(_ telemetry: Telemetry, at point: Int, at now: Instant) {
        guard !isClosed, running[point]?.session == telemetry.session else { return }
        count(point, upTo: now, energy: telemetry.energy, power: telemetry.power)
    }

    /// Counts a session whose end is in the journal.
    mutating func ends(_ record: SessionRecord, at point: Int, at now: Instant) {
        guard !isClosed else { return }
        let kind = kindOf[point]
        usages[kind].sessions += 1
        if record.endReason.outcome == .failed { usages[kind].failed += 1 }
        usages[kind].billed = usages[kind].billed + record.energy
        usages[kind].income = usages[kind].income + record.cost
        let slot = slot(now)
        slots[slot].income = slots[slot].income + record.cost
        energies.append(record.energy)
        guard let session = running[point], session.session == record.session else { return }
        count(point, upTo: now, energy: record.energy, power: Power(watts: 0))
        stays.append(now - session.began)
        running[point] = nil
    }

    /// Ends the span: what is charging then is counted as far as its last reading went.
    mutating func close(at now: Instant) {
        for point in running.indices { if let session = running[point] { count(point, upTo: now, energy: session.energy, power: session.power) } }
        isClosed = true
    }

    private mutating func count(_ point: Int, upTo now: Instant, energy: Energy, power: Power) {
        guard let before = running[point] else { return }
        let kind = kindOf[point]
        usages[kind].occupied += now - before.counted
        if before.power.watts > 0 || energy > before.energy { usages[kind].supplying += now - before.counted }
        var from = before.counted
        while from < now {
            let slot = slot(from)
            let end = slot == slots.count - 1 ? now : min(now, Instant(nanoseconds: 0) + length * (slot + 1))
            slots[slot].occupied += end - from
            from = end
        }
        let slot = slot(now)
        slots[slot].energy = slots[slot].energy + (energy - before.energy)
        usages[kind].energy = usages[kind].energy + (energy - before.energy)
        powerNow = powerNow.adding(clamped: power.watts.subtracting(clamped: before.power.watts))
        slots[slot].peak = max(slots[slot].peak, Power(watts: powerNow))
        running[point]?.counted = now
        running[point]?.energy = energy
        running[point]?.power = power
    }

    private func slot(_ now: Instant) -> Int { min(slots.count - 1, Int(now.nanoseconds / length.nanoseconds)) }

    func report(of world: World) -> UsageReport {
        UsageReport(
            title: world.scenario.title, command: world.scenario.command, begins: WallTime(milliseconds: MachineClock.beginning), slotLength: length,
            slots: slots, kinds: zip(kinds, usages).map { (kind: $0, usage: $1) }, waits: waits, energies: energies, stays: stays,
            incidents: world.counts.incidents, assumptions: world.scenario.assumptions)
    }
}
