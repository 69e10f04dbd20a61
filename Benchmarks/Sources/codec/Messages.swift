import ChargingModel
import ChargingProtocol

/// The messages that a session is made of, as they go over the bus: ids as long as real ones.
enum Messages {
    static let cp = ChargePointID(known: "CP-001")
    static let driver = DriverID(known: "driver-alice")
    static let session = SessionID(known: "01JDEXAMPLE0SESSION0000001")
    static let request = RequestID(known: "01JDEXAMPLE0REQUEST0000001")
    static let meter = MeterID(known: "m-4f9a")
    static let now = WallTime(milliseconds: 1_795_485_600_123)
    static let epoch: Epoch = 1_795_485_600_000
    static let price = Price(microEuroPerKilowattHour: 300_000)
    static let power = Power(watts: 22_000)
    static let energy = Energy(wattHours: 18)
    static let money = Money(microEuro: 5400)
    static let before = Energy(wattHours: 184_220)
    static let after = Energy(wattHours: 184_238)

    static let record = SessionRecord(
        session: session, driver: driver, meter: meter, startRegister: before, endRegister: after, cost: money, started: now, ended: now,
        endReason: .completed)

    static func status(_ kind: DriverStatus.Kind) -> BusMessage {
        .status(DriverStatus(epoch: epoch, driver: driver, request: request, cp: cp, kind: kind))
    }

    static let bus: [(name: String, message: BusMessage)] = [
        (
            "telemetry",
            .telemetry(
                Telemetry(
                    epoch: epoch, seq: 41, cp: cp, session: session, driver: driver, power: power, energy: energy, register: after, cost: money,
                    elapsedSeconds: 3))
        ),
        (
            "state",
            .state(
                StateReport(
                    epoch: epoch, seq: 7, cp: cp, state: .supplying, session: session, driver: driver, meter: meter, register: before,
                    reason: "charging started"))
        ),
        ("health", .health(HealthReport(epoch: epoch, cp: cp, health: .ok, failures: 0, reason: "answers"))),
        (
            "SESSION_STARTED",
            .event(
                ChargePointEvent(
                    epoch: epoch, cp: cp,
                    kind: .sessionStarted(SessionStart(session: session, driver: driver, meter: meter, startRegister: before, started: now))))
        ),
        ("SESSION_ENDED", .event(ChargePointEvent(epoch: epoch, cp: cp, kind: .sessionEnded(record)))),
        (
            "START",
            .command(
                Command(
                    epoch: epoch, cp: cp, id: CommandID(known: "01JDEXAMPLE0COMMAND0000001"),
                    kind: .start(StartOrder(session: session, driver: driver, price: price, energyTarget: nil, duration: .seconds(10)))))
        ),
        ("ACK", .command(Command(epoch: epoch, cp: cp, id: CommandID(known: "01JDEXAMPLE0COMMAND0000001"), kind: .ack(session, of: meter)))),
        ("request", .request(driver, .charge(ChargeRequest(id: request, cp: cp, energyTarget: nil, duration: .seconds(10))))),
        ("ACCEPTED", status(.accepted(session: session, power: power, price: price))),
        ("DENIED", status(.denied(code: .busy, reason: "CP-001 is charging driver-bob", session: nil))),
        ("IN_PROGRESS", status(.inProgress(session: session, power: power, energy: energy, cost: money, reason: nil))),
        ("COMPLETED", status(.completed(session: session, energy: energy, cost: money, complete: true))),
        (
            "verdict",
            .verdict(
                VerdictReport(
                    epoch: epoch, cp: cp, verdict: .supplying, available: false, why: "charging driver-alice", session: session, driver: driver,
                    breaker: .closed, power: power, price: price, engineEpoch: epoch, monitorEpoch: epoch))
        ),
    ]

    static let journal: [(name: String, line: JournalLine)] = [
        ("register_wh", .entry(.register(after))),
        (
            "started",
            .entry(
                .started(
                    ActiveSession(
                        session: session, driver: driver, price: price, energyTarget: nil, duration: .seconds(10), startRegister: before,
                        started: now)))
        ),
        ("ended", .entry(.ended(record))),
        ("acknowledged", .entry(.acknowledged(session))),
    ]
}
