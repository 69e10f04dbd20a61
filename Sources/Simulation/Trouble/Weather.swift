internal import ChargingModel

/// What is wrong just now, as those ask who meet it. Counts where incidents may overlap. Belongs to its world.
final class Weather {
    var lag: [Int: Duration] = [:]
    private var loss: [Int: Int] = [:]
    private var doubling = 0
    private var cutsUp: [Int: Int] = [:]
    private var cutsDown: [Int: Int] = [:]
    private var slowDisks: [Int: Duration] = [:]
    private var blind: [Int: Int] = [:]
    private var ledgerFailing = 0
    private var ledgerDelay = Duration.zero

    /// How many frames a socket takes when nobody reads it. Real ones take thousands: with fewer, more is lost.
    let socketRoom = 64

    func isCutUp(_ index: Int) -> Bool { cutsUp[index] ?? 0 > 0 }
    func isCutDown(_ index: Int) -> Bool { cutsDown[index] ?? 0 > 0 }
    func isBlind(_ index: Int) -> Bool { blind[index] ?? 0 > 0 }

    func isLost(from index: Int, _ random: inout SplitMix) -> Bool {
        guard !loss.isEmpty, let share = loss[index] else { return false }
        return random.chance(share)
    }

    func isDoubled(_ random: inout SplitMix) -> Bool { doubling > 0 && random.chance(doubling) }

    func diskTime(_ index: Int, _ random: inout SplitMix) -> Duration {
        .microseconds(200) + random.duration(below: .milliseconds(4)) + (slowDisks[index] ?? .zero)
    }

    func ledgerTime(_ random: inout SplitMix) -> Duration {
        .microseconds(500) + random.duration(below: .milliseconds(4)) + (ledgerDelay == .zero ? .zero : random.duration(below: ledgerDelay * 2))
    }

    func doesLedgerFail(_ random: inout SplitMix) -> Bool { ledgerFailing > 0 && random.chance(ledgerFailing) }

    func begin(_ kind: Incident.Kind) { change(kind, by: 1) }
    func end(_ kind: Incident.Kind) { change(kind, by: -1) }

    private func change(_ kind: Incident.Kind, by step: Int) {
        let begins = step > 0
        switch kind {
        case .lag(let who, let lag): self.lag[who] = begins ? lag : nil
        case .loss(let who, let share): loss[who] = begins ? share : nil
        case .doubling(let share): doubling = begins ? share : 0
        case .cut(let who, let up, let down):
            if up { cutsUp[who, default: 0] += step }
            if down { cutsDown[who, default: 0] += step }
        case .diskSlow(let who, let delay): slowDisks[who] = begins ? delay : nil
        case .blind(let who): blind[who, default: 0] += step
        case .ledgerFails(let share): ledgerFailing = begins ? share : 0
        case .ledgerSlow(let delay): ledgerDelay = begins ? delay : .zero
        case .kill, .stop, .powerCut, .killPoint, .hang, .storm, .brokerKilled, .brokerStopped, .copy, .diskFull, .diskLost, .clockJump, .hardware,
            .outOfOrder:
            break
        }
    }
}
