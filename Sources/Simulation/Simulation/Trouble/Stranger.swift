internal import ChargingModel
internal import ChargingProtocol

/// Somebody who publishes on the topics of others what none of them could have said, under epochs that nobody has.
struct Stranger: Sendable {
    /// A publication of it.
    struct Word {
        var message: BusMessage
        var retain: Bool
    }

    private var random: SplitMix

    init(seed: UInt64) { random = SplitMix(seed, 5) }

    /// Until its next word.
    mutating func pause(_ mean: Duration) -> Duration { random.duration(below: mean * 2) }

    /// - Parameters:
    ///   - points: all that there are.
    ///   - kept: the epoch that the broker keeps on a topic.
    mutating func word(about points: [ChargePointID], kept: (Topic) -> Epoch?) -> Word {
        let cp = points[Int.random(in: points.indices, using: &random)]
        let retain = random.chance(500)
        switch Int.random(in: 0..<10, using: &random) {
        case ..<4: return Word(message: .state(state(of: cp, epoch(by: kept(.state(cp))))), retain: retain)
        case ..<6: return Word(message: .health(health(of: cp, epoch(by: kept(.health(cp))))), retain: retain)
        case ..<7:
            let isOnline = Bool.random(using: &random)
            let reason = isOnline ? nil : StateReport.connectionLost
            return Word(
                message: .centralStatus(
                    CentralStatus(
                        epoch: epoch(by: kept(.centralStatus)), online: isOnline, software: isOnline ? "none" : nil,
                        protocolVersion: isOnline ? 1 : nil, reason: reason)), retain: retain)
        case ..<8:
            let command = Command(epoch: epoch(by: kept(.centralStatus)), cp: cp, id: CommandID(known: "stranger"), kind: .rebirth)
            return Word(message: .command(command), retain: false)
        case ..<9:
            let claimed = epoch(by: kept(.centralStatus))
            let verdict = VerdictReport(
                epoch: claimed, cp: cp, verdict: .disconnected, available: false, why: "a stranger says so", breaker: .closed,
                engineEpoch: epoch(by: kept(.state(cp))), monitorEpoch: epoch(by: kept(.health(cp))))
            return Word(message: .verdict(verdict), retain: false)
        default:
            let reading = Telemetry(
                epoch: epoch(by: kept(.state(cp))), seq: number(), cp: cp, session: SessionID(known: "nobodys"), driver: DriverID(known: "nobody"),
                meter: nil, power: Power(watts: 1000), energy: Energy(wattHours: 1), register: Energy(wattHours: 1), cost: .zero, elapsedSeconds: 1)
            return Word(message: .telemetry(reading), retain: false)
        }
    }

    /// An epoch that is not the one that is kept.
    private mutating func epoch(by kept: Epoch?) -> Epoch {
        let highest: Epoch = (1 << 53) - 2
        let kept = kept ?? 0
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return highest
        case 1: return highest - UInt64.random(in: 0..<1000, using: &random)
        case 2: return UInt64.random(in: 0...highest, using: &random)
        case 3: return kept - min(kept, UInt64.random(in: 1..<10_000_000, using: &random))
        default: return min(highest, kept + UInt64.random(in: 1..<10_000_000, using: &random))
        }
    }

    private mutating func number() -> UInt64 {
        [1, 2, 1000, (1 << 53) - 1, UInt64.random(in: 1..<(1 << 53), using: &random)][Int.random(in: 0..<5, using: &random)]
    }

    private mutating func state(of cp: ChargePointID, _ epoch: Epoch) -> StateReport {
        guard random.chance(800) else { return .will(epoch: epoch, cp: cp) }
        let states: [LifecycleState] = [.activated, .supplying, .stopped, .faulty, .disconnected]
        let state = states[Int.random(in: states.indices, using: &random)]
        let isSupplying = state == .supplying
        return StateReport(
            epoch: epoch, seq: number(), cp: cp, state: state, session: isSupplying ? SessionID(known: "nobodys") : nil,
            driver: isSupplying ? DriverID(known: "nobody") : nil, meter: MeterID(known: "nobodys"), register: Energy(wattHours: 1),
            reason: "a stranger says so")
    }

    private mutating func health(of cp: ChargePointID, _ epoch: Epoch) -> HealthReport {
        guard random.chance(800) else { return .will(epoch: epoch, cp: cp) }
        let isOK = Bool.random(using: &random)
        return HealthReport(epoch: epoch, cp: cp, health: isOK ? .ok : .faulty, failures: isOK ? 0 : 3, reason: "a stranger says so")
    }
}
