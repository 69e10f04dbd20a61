internal import ChargingModel
internal import ChargingProtocol

extension Stranger {
    static let meter = MeterID(known: "nobodys")
    static let session = SessionID(known: "nobodys")
    private static let why = "a stranger says so"

    mutating func state(of cp: ChargePointID, _ epoch: Epoch) -> StateReport {
        guard random.chance(800) else { return .will(epoch: epoch, cp: cp) }
        let state = pick([LifecycleState.activated, .supplying, .stopped, .faulty, .disconnected])
        let isSupplying = state == .supplying
        return StateReport(
            epoch: epoch, seq: number(), cp: cp, state: state, session: isSupplying ? Stranger.session : nil,
            driver: isSupplying ? DriverID(known: "nobody") : nil, meter: Stranger.meter, register: Energy(wattHours: 1), reason: Stranger.why)
    }

    /// A state under the engine's own epoch, with a number that it has not given yet.
    mutating func ahead(of cp: ChargePointID, _ sight: Sight) -> StateReport {
        var report = state(of: cp, sight.epoch(on: .state(cp)))
        guard case .state(let kept)? = sight.kept(.state(cp)), let seq = kept.seq, report.seq != nil else { return report }
        report.seq = min(pick([seq + 1, seq + 1000, (1 << 53) - 1]), (1 << 53) - 1)
        return report
    }

    mutating func health(of cp: ChargePointID, _ epoch: Epoch) -> HealthReport {
        guard random.chance(800) else { return .will(epoch: epoch, cp: cp) }
        let isOK = Bool.random(using: &random)
        return HealthReport(epoch: epoch, cp: cp, health: isOK ? .ok : .faulty, failures: isOK ? 0 : 3, reason: Stranger.why)
    }

    mutating func status(_ epoch: Epoch) -> CentralStatus {
        Bool.random(using: &random)
            ? CentralStatus(epoch: epoch, online: true, software: "none", protocolVersion: 1)
            : CentralStatus(epoch: epoch, online: false, reason: StateReport.connectionLost)
    }

    /// The will of one who lives, under the epoch that he has.
    mutating func will(_ cp: ChargePointID, _ sight: Sight) -> BusMessage {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: .state(.will(epoch: sight.epoch(on: .state(cp)), cp: cp))
        case 1: .health(.will(epoch: sight.epoch(on: .health(cp)), cp: cp))
        default:
            .centralStatus(CentralStatus(epoch: sight.epoch(on: .centralStatus), online: false, reason: StateReport.connectionLost))
        }
    }

    mutating func info(of cp: ChargePointID, _ epoch: Epoch) -> ChargePointInfo {
        ChargePointInfo(
            epoch: epoch, cp: cp, power: Power(watts: 1), price: Price(microEuroPerKilowattHour: 999_000_000), kind: Stranger.why,
            meter: Stranger.meter, software: "none")
    }

    mutating func verdict(on cp: ChargePointID, _ sight: Sight) -> VerdictReport {
        VerdictReport(
            epoch: any(sight.epoch(on: .centralStatus)), cp: cp, verdict: pick([.disconnected, .faulty, .activated]), available: false,
            why: Stranger.why, breaker: .closed, engineEpoch: any(sight.epoch(on: .state(cp))), monitorEpoch: any(sight.epoch(on: .health(cp))))
    }

    /// A record of a meter that nobody has, with more energy than there is, of the session that is at the point; or under another epoch what an engine says
    /// of a command.
    mutating func event(of cp: ChargePointID, _ sight: Sight) -> ChargePointEvent {
        let session = sight.session(at: cp) ?? Stranger.session
        let epoch = sight.epoch(on: .state(cp))
        guard random.chance(500) else {
            let refusal = CommandRefusal(command: .start, id: CommandID(known: "stranger"), session: session, reason: Stranger.why)
            return ChargePointEvent(epoch: unclaimed(epoch), cp: cp, kind: .commandRefused(refusal))
        }
        let record = SessionRecord(
            session: session, driver: DriverID(known: "nobody"), meter: Stranger.meter, startRegister: .zero,
            endRegister: Energy(wattHours: pick([0, 1, 1_000_000_000])), cost: .zero, started: WallTime(milliseconds: 0),
            ended: WallTime(milliseconds: 1), endReason: pick([.completed, .neverStarted, .interrupted]))
        return ChargePointEvent(epoch: any(epoch), cp: cp, kind: .sessionEnded(record))
    }

    /// Any command of a Central that there is not, and of the one that there is a REBIRTH: that asks for nothing that is not so.
    mutating func command(to cp: ChargePointID, _ sight: Sight) -> Command {
        let epoch = sight.epoch(on: .centralStatus)
        let session = sight.session(at: cp) ?? Stranger.session
        let order = StartOrder(
            session: Stranger.session, driver: DriverID(known: "nobody"), price: Price(microEuroPerKilowattHour: 0), energyTarget: nil, duration: nil)
        let id = CommandID(known: "stranger-\(number())")
        guard epoch > 0, random.chance(500) else { return Command(epoch: epoch, cp: cp, id: id, kind: .rebirth) }
        let kind: Command.Kind = pick([.start(order), .stop(session), .outOfOrder, .resume, .ack(session, of: nil), .rebirth])
        return Command(epoch: unclaimed(epoch), cp: cp, id: id, kind: kind)
    }

    /// The last reading of the point with a number that it has not given yet; or one of a session that there is not.
    mutating func reading(of cp: ChargePointID, _ sight: Sight) -> BusMessage {
        let heard = overheard.compactMap { if case .telemetry(let reading) = $0, reading.cp == cp { reading } else { nil } }.last
        if var reading = heard, random.chance(700) {
            reading.seq = pick([reading.seq + 3000, (1 << 53) - 1])
            return .telemetry(reading)
        }
        return .telemetry(
            Telemetry(
                epoch: any(sight.epoch(on: .state(cp))), seq: number(), cp: cp, session: Stranger.session,
                driver: DriverID(known: "nobody"), meter: nil, power: Power(watts: 1000), energy: Energy(wattHours: 1),
                register: Energy(wattHours: 1), cost: .zero, elapsedSeconds: 1))
    }

    /// Somebody at a station who is not there, with the card of a driver, or one that nobody has: the engine did not ask, and takes no START for it.
    mutating func stationRequest(at cp: ChargePointID, _ sight: Sight) -> StationRequest {
        let token = random.chance(700) ? Cards.token(of: pick(sight.drivers)) : TokenID(known: "card-nobodys")
        return StationRequest(
            epoch: any(sight.epoch(on: .state(cp))), id: RequestID(known: "stranger-\(Int.random(in: 0..<1000, using: &random))"), cp: cp,
            token: token)
    }

    /// A word of somebody's from before.
    mutating func again() -> BusMessage? { overheard.isEmpty ? nil : pick(overheard) }

    /// A point that does not exist, and is not fit to be charged at.
    mutating func invented() -> BusMessage {
        let cp = ChargePointID(known: "X-\(Int.random(in: 0..<1000, using: &random))")
        return Bool.random(using: &random) ? .state(state(of: cp, other(1000))) : .info(info(of: cp, other(1000)))
    }

    /// Bytes that nobody can read, or that say nothing, on the topic of somebody.
    mutating func nonsense(_ cp: ChargePointID, _ sight: Sight, _ retain: Bool) -> Word {
        let topic = pick([.state(cp), .health(cp), .info(cp), .verdict(cp), .centralStatus, .tickets(pick(sight.drivers))] as [Topic])
        let said = sight.kept(topic).map { sight.wire.publication($0, at: WallTime(milliseconds: 0)).payload } ?? Array("{}".utf8)
        let payload: [UInt8] = pick([
            [], Array("{}".utf8), [0xFF, 0x00], Array(said.prefix(said.count / 2)), Array("{\"epoch\":1e999}".utf8), Array("[1,2]".utf8),
        ])
        return Word(topic, payload, retain: retain)
    }
}
