public import ChargingModel
import ChargingProtocol
public import Testing

/// One of everything that is said on the bus, with everything in it that may be.
enum Samples {
    static let cp = ChargePointID(known: "CP-001")
    static let driver = DriverID(known: "driver-alice")
    static let session = SessionID(known: "01JDSESSION")
    static let request = RequestID(known: "01JDREQUEST")
    static let meter = MeterID(known: "m-4f9a")
    static let now = WallTime(milliseconds: 1_795_485_600_123)
    static let price = Price(microEuroPerKilowattHour: 300_000)
    static let power = Power(watts: 22_000)
    static let energy = Energy(wattHours: 18)
    static let money = Money(microEuro: 5400)

    static let record = SessionRecord(
        session: session, driver: driver, meter: meter, startRegister: Energy(wattHours: 184_220), endRegister: Energy(wattHours: 184_238),
        cost: money, started: now, ended: now, endReason: .completed)
    static let neverStarted = SessionRecord(
        session: session, driver: nil, meter: meter, startRegister: Energy(wattHours: 1), endRegister: Energy(wattHours: 1), cost: .zero,
        started: nil, ended: now, endReason: .neverStarted)
    static let order = StartOrder(session: session, driver: driver, price: price, energyTarget: energy, duration: .milliseconds(2500))
    static let startAtStation = StartOrder(
        session: session, driver: driver, price: price, energyTarget: nil, duration: .seconds(31_622_400), request: request, meter: meter)
    static let ticket = Ticket(
        session: session, request: request, cp: cp, energy: energy, cost: Money(microEuro: 10_000), price: price, started: now, ended: now,
        outcome: .completed, endReason: .target, complete: true)

    static func command(_ kind: Command.Kind) -> BusMessage { .command(Command(epoch: 7, cp: cp, id: CommandID(known: "c-1"), kind: kind)) }
    static func event(_ kind: ChargePointEvent.Kind) -> BusMessage { .event(ChargePointEvent(epoch: 7, cp: cp, kind: kind)) }
    static func status(_ kind: DriverStatus.Kind) -> BusMessage {
        .status(DriverStatus(epoch: 7, driver: driver, request: request, cp: cp, kind: kind))
    }

    static let atStation = Provenance(origin: .station, token: TokenID(known: "card-1"), clock: .gateway)
    static let offline = SessionRecord(
        session: session, driver: driver, meter: meter, startRegister: Energy(wattHours: 184_220), endRegister: Energy(wattHours: 184_238),
        cost: money, started: now, ended: now, endReason: .stopped, provenance: Provenance(origin: .offline, token: nil, clock: .station),
        stationReason: StationWord("EVDisconnected"))

    static let all: [BusMessage] = [
        .info(ChargePointInfo(epoch: 7, cp: cp, power: power, price: price, kind: "Standard \"AC\" ⚡", meter: meter, software: "wattline")),
        .state(
            StateReport(
                epoch: 7, seq: 3, cp: cp, state: .supplying, session: session, driver: driver, meter: meter, register: energy, reason: "Charging")),
        .state(StateReport(epoch: 7, seq: 3, cp: cp, state: .disconnected, meter: meter, register: energy, reason: StateReport.stopped)),
        .state(.will(epoch: 7, cp: cp)),
        .telemetry(
            Telemetry(
                epoch: 7, seq: 4, cp: cp, session: session, driver: driver, power: power, energy: energy, register: Energy(wattHours: 184_238),
                cost: money, elapsedSeconds: 3)),
        event(.sessionStarted(SessionStart(session: session, driver: driver, meter: meter, startRegister: energy, started: now))),
        event(.sessionEnded(record)), event(.sessionEnded(neverStarted)),
        event(.commandRefused(CommandRefusal(command: .start, id: CommandID(known: "c-1"), session: session, reason: "is FAULTY"))),
        .health(HealthReport(epoch: 7, cp: cp, health: .faulty, failures: 3, reason: "no answer in 1 s")),
        .health(HealthReport(epoch: 7, cp: cp, health: .unmonitored, failures: nil, reason: StateReport.stopped)), .health(.will(epoch: 7, cp: cp)),
        command(.start(order)), command(.stop(session)), command(.ack(session, of: nil)),
        command(.outOfOrder), command(.resume), command(.rebirth),
        .centralStatus(CentralStatus(epoch: 7, online: true, software: "wattline", protocolVersion: 1)),
        .centralStatus(CentralStatus(epoch: 7, online: false, reason: StateReport.connectionLost)), .fence(Fence(epoch: 7, number: 9)),
        .verdict(
            VerdictReport(
                epoch: 7, cp: cp, verdict: .assigned, available: false, why: "starting", session: session, driver: driver, breaker: .halfOpen,
                power: power, price: price, engineEpoch: 5, monitorEpoch: 6)),
        .verdict(VerdictReport(epoch: 7, cp: cp, verdict: .disconnected, available: false, why: "engine not heard", breaker: .closed)),
        .request(driver, .charge(ChargeRequest(id: request, cp: cp, energyTarget: energy, duration: .seconds(60)))),
        .request(driver, .charge(ChargeRequest(id: nil, cp: nil))), .request(driver, .stop(session)),
        status(.accepted(session: session, power: power, price: price)), status(.denied(code: .busy, reason: "is charging", session: session)),
        status(.inProgress(session: session, power: power, energy: energy, cost: money, reason: "no contact")),
        status(.completed(session: session, energy: energy, cost: money, complete: true)),
        status(.failed(session: session, energy: energy, cost: money, complete: false, reason: "fault")),
        .tickets(TicketList(epoch: 7, driver: driver, tickets: [ticket, ticket])), .tickets(TicketList(epoch: 7, driver: driver, tickets: [])),
        command(.ack(session, of: meter)),
        .state(
            StateReport(
                epoch: 7, seq: 4, cp: cp, state: .supplying, session: session, driver: driver, meter: meter, register: energy, phase: .plugIn,
                reason: "Waiting")),
        .telemetry(
            Telemetry(
                epoch: 7, seq: 4, cp: cp, session: session, driver: driver, meter: meter, power: power, energy: energy,
                register: Energy(wattHours: 184_238), cost: money, elapsedSeconds: 3,
                measured: Measurements(
                    current: Current(milliamperes: 32_000), voltage: Voltage(millivolts: 230_400), stateOfCharge: StateOfCharge(permille: 625)))),
        event(
            .sessionStarted(
                SessionStart(session: session, driver: driver, meter: meter, startRegister: energy, started: now, provenance: atStation))),
        event(.sessionEnded(offline)),
        .stationRequest(StationRequest(epoch: 7, id: request, cp: cp, token: TokenID(known: "card-7"))),
        command(.start(startAtStation)),
        command(.deny(StationDenial(request: request, code: .tokenBlocked, reason: "this card is blocked"))),
        .state(
            StateReport(
                epoch: 7, seq: 5, cp: cp, state: .disconnected, session: session, driver: driver, meter: meter, register: energy,
                reason: "the station is away")),
    ]
}

extension Samples {
    static let active = ActiveSession(
        session: session, driver: driver, price: price, energyTarget: energy, duration: .milliseconds(2500), startRegister: energy, started: now)
    static let journal: [JournalLine] = [
        .epoch(7), .entry(.minted(meter)), .entry(.started(active)), .entry(.register(energy)), .entry(.ended(record)), .entry(.ended(neverStarted)),
        .entry(.acknowledged(session)),
    ]
}

extension BusMessage: CustomTestStringConvertible {
    public var testDescription: String { text }

    /// Topic and payload.
    var text: String {
        let publication = Wire(site: nil).publication(self, at: Samples.now)
        return publication.topic + " " + String(decoding: publication.payload, as: UTF8.self)
    }
}
