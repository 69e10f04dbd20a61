internal import ChargingModel

/// The trouble of this moment, as those ask who meet it. Incidents of one kind may overlap: each ends by itself, and the worst of those that go on
/// counts. Belongs to its world.
final class ActiveFaults {
    /// The worst delay that goes on, for each process.
    private(set) var lag: [Int: Duration] = [:]
    private var lags: [Int: [Duration]] = [:]
    private var losses: [Int: [Int]] = [:]
    private var doublings: [Int] = []
    private var garbage: [Int] = []
    /// True once something that nobody can read was on the bus.
    private(set) var hadGarbage = false
    private var cutsUp: [Int: Int] = [:]
    private var cutsDown: [Int: Int] = [:]
    private var slowDisks: [Int: [Duration]] = [:]
    private var fullDisks: [Int: Int] = [:]
    private var blind: [Int: Int] = [:]
    private var hardware: [Int: Int] = [:]
    private var outOfOrder: [Int: Int] = [:]
    private var stationsAway: [Int: Int] = [:]
    private var ledgerFailing: [Int] = []
    private var ledgerDelays: [Duration] = []
    private var ledgerCuts: [Int: Int] = [:]
    private var brokerAbsences = 0

    /// The number of frames that a socket takes when nobody reads it. Real ones take thousands: with fewer, more is lost.
    let socketRoom = 64

    func isCutUp(_ index: Int) -> Bool { cutsUp[index] ?? 0 > 0 }
    func isCutDown(_ index: Int) -> Bool { cutsDown[index] ?? 0 > 0 }
    func isBlind(_ index: Int) -> Bool { blind[index] ?? 0 > 0 }
    /// Notes that something is on the bus that nobody can read.
    func hearGarbage() { hadGarbage = true }

    func isDiskFull(_ index: Int) -> Bool { fullDisks[index] ?? 0 > 0 }
    func isHardwareBroken(_ index: Int) -> Bool { hardware[index] ?? 0 > 0 }
    func isOutOfOrder(_ index: Int) -> Bool { outOfOrder[index] ?? 0 > 0 }
    func isStationAway(_ index: Int) -> Bool { stationsAway[index] ?? 0 > 0 }
    var isBrokerAway: Bool { brokerAbsences > 0 }

    func isLost(from index: Int, _ random: inout SplitMix) -> Bool {
        guard !losses.isEmpty, let share = losses[index]?.max() else { return false }
        return random.chance(share)
    }

    func isDoubled(_ random: inout SplitMix) -> Bool {
        guard let share = doublings.max() else { return false }
        return random.chance(share)
    }

    func isGarbled(_ random: inout SplitMix) -> Bool {
        guard let share = garbage.max() else { return false }
        return random.chance(share)
    }

    func diskTime(_ index: Int, _ random: inout SplitMix) -> Duration {
        .microseconds(200) + random.duration(below: .milliseconds(4)) + (slowDisks[index]?.max() ?? .zero)
    }

    func ledgerTime(_ random: inout SplitMix) -> Duration {
        .microseconds(500) + random.duration(below: .milliseconds(4)) + (ledgerDelays.max().map { random.duration(below: $0 * 2) } ?? .zero)
    }

    func doesLedgerFail(_ random: inout SplitMix) -> Bool {
        guard let share = ledgerFailing.max() else { return false }
        return random.chance(share)
    }

    func isLedgerCut(_ index: Int) -> Bool { ledgerCuts[index] ?? 0 > 0 }

    func begin(_ kind: Incident.Kind) { change(kind, begins: true) }
    func end(_ kind: Incident.Kind) { change(kind, begins: false) }

    private func change(_ kind: Incident.Kind, begins: Bool) {
        let step = begins ? 1 : -1
        switch kind {
        case .lag(let who, let lag):
            ActiveFaults.change(&lags[who, default: []], lag, begins)
            self.lag[who] = lags[who]?.max()
        case .loss(let who, let share):
            ActiveFaults.change(&losses[who, default: []], share, begins)
            if losses[who]?.isEmpty == true { losses[who] = nil }
        case .doubling(let share): ActiveFaults.change(&doublings, share, begins)
        case .garbage(let share):
            hearGarbage()
            ActiveFaults.change(&garbage, share, begins)
        case .cut(let who, let up, let down):
            if up { cutsUp[who, default: 0] += step }
            if down { cutsDown[who, default: 0] += step }
        case .diskSlow(let who, let delay): ActiveFaults.change(&slowDisks[who, default: []], delay, begins)
        case .diskFull(let who): fullDisks[who, default: 0] += step
        case .blind(let who): blind[who, default: 0] += step
        case .hardware(let who): hardware[who, default: 0] += step
        case .outOfOrder(let who): outOfOrder[who, default: 0] += step
        case .stationAway(let who): stationsAway[who, default: 0] += step
        case .ledgerFails(let share): ActiveFaults.change(&ledgerFailing, share, begins)
        case .ledgerSlow(let delay): ActiveFaults.change(&ledgerDelays, delay, begins)
        case .ledgerCut(let who): ledgerCuts[who, default: 0] += step
        case .brokerKilled, .brokerStopped: brokerAbsences += step
        case .kill, .stop, .powerCut, .killPoint, .removal, .hang, .storm, .copy, .diskLost, .clockJump, .stopSession, .stranger,
            .stationRestarts, .socketBreaks, .revoked, .cardBlocked:
            break
        }
    }

    private static func change<Value: Equatable>(_ values: inout [Value], _ value: Value, _ begins: Bool) {
        if begins {
            values.append(value)
        } else if let index = values.firstIndex(of: value) {
            values.remove(at: index)
        }
    }
}
