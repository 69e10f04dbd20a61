import ChargingModel
import ChargingProtocol
import ContractLint

/// A bus that one hardware and one Central speak on, heard by the checker.
struct Bus {
    var lint = ContractLint(wire: Wire(site: nil))
    var milliseconds: Int64 = 0
    var stateSeq: UInt64 = 0
    var telemetrySeq: UInt64 = 0

    static let cp = ChargePointID(known: "MY-1")
    static let driver = DriverID(known: "driver-alice")
    static let session = SessionID(known: "01JDSESSION")
    static let meter = MeterID(known: "m-1")
    static let price = Price(microEuroPerKilowattHour: 300_000)
    static let wire = Wire(site: nil)
    static let start: Int64 = 1_795_485_600_000

    /// After the warm-up, with what the broker keeps of a point that is there.
    init(isKnown: Bool = true) {
        if isKnown { hear(Self.info(epoch: 1), stored: true) }
        pass(5)
    }

    var now: Now {
        Now(monotonic: Instant(nanoseconds: milliseconds * 1_000_000), wall: WallTime(milliseconds: Self.start + milliseconds))
    }

    mutating func pass(_ seconds: Int64) { milliseconds += seconds * 1000 }

    // MARK: Saying things

    @discardableResult mutating func hear(_ message: BusMessage, stored: Bool = false, retain: Bool? = nil, qos: Publication.QoS? = nil) -> [Finding]
    {
        let publication = Self.wire.publication(message, at: now.wall)
        return hear(
            publication.topic, publication.payload, stored ? .stored : .live(retain: retain ?? publication.retain), qos: qos ?? publication.qos)
    }

    @discardableResult mutating func hear(
        _ topic: String, _ payload: [UInt8], _ delivery: Delivery, qos: Publication.QoS = .atLeastOnce
    ) -> [Finding] {
        lint.hear(topic: topic, payload: payload, delivery, qos: qos, at: now).findings
    }

    /// Without flags, which are another rule's.
    @discardableResult mutating func say(_ topic: String, _ json: String) -> [Finding] {
        let isRetained = Topic(topic)?.isRetained ?? false
        return hear(topic, Array(json.utf8), .live(retain: isRetained), qos: topic.hasSuffix("telemetry") ? .atMostOnce : .atLeastOnce)
    }

    mutating func late() -> [Finding] { lint.advance(to: now.monotonic) }

    // MARK: The charge point

    static func info(epoch: Epoch, meter: MeterID = meter) -> BusMessage {
        .info(ChargePointInfo(epoch: epoch, cp: cp, power: Power(watts: 22_000), price: price, kind: "AC", meter: meter, software: "mine"))
    }

    mutating func state(
        _ state: LifecycleState, session: SessionID? = nil, epoch: Epoch = 2, seq: UInt64? = nil, register: Int64 = 1000, reason: String = "so"
    ) -> [Finding] {
        stateSeq = seq ?? stateSeq + 1
        return hear(
            .state(
                StateReport(
                    epoch: epoch, seq: stateSeq, cp: Self.cp, state: state, session: session, driver: session == nil ? nil : Self.driver,
                    meter: Self.meter, register: Energy(wattHours: register), reason: reason)))
    }

    mutating func reading(
        _ wattHours: Int64, elapsed: Int64, seq: UInt64? = nil, session: SessionID = session, register: Int64? = nil, cost: Int64? = nil,
        epoch: Epoch = 2
    ) -> [Finding] {
        telemetrySeq = seq ?? telemetrySeq + 1
        return hear(
            .telemetry(
                Telemetry(
                    epoch: epoch, seq: telemetrySeq, cp: Self.cp, session: session, driver: Self.driver, power: Power(watts: 22_000),
                    energy: Energy(wattHours: wattHours), register: Energy(wattHours: register ?? 1000 + wattHours),
                    cost: Money(microEuro: cost ?? wattHours * 300), elapsedSeconds: elapsed)))
    }

    mutating func event(_ kind: ChargePointEvent.Kind, epoch: Epoch = 2) -> [Finding] {
        hear(.event(ChargePointEvent(epoch: epoch, cp: Self.cp, kind: kind)))
    }

    func started(_ session: SessionID = session, meter: MeterID = meter, register: Int64 = 1000) -> ChargePointEvent.Kind {
        .sessionStarted(
            SessionStart(session: session, driver: Self.driver, meter: meter, startRegister: Energy(wattHours: register), started: now.wall))
    }

    func record(
        _ session: SessionID = session, _ wattHours: Int64 = 30, meter: MeterID = meter, register: Int64 = 1000, reason: EndReason = .completed
    ) -> ChargePointEvent.Kind {
        .sessionEnded(
            SessionRecord(
                session: session, driver: Self.driver, meter: meter, startRegister: Energy(wattHours: register),
                endRegister: Energy(wattHours: register + wattHours), cost: Money(microEuro: wattHours * 300),
                started: WallTime(milliseconds: Self.start), ended: WallTime(milliseconds: Self.start + 10_000), endReason: reason))
    }

    /// A new connection: what P8 asks for.
    @discardableResult mutating func birth(epoch: Epoch = 2) -> [Finding] {
        stateSeq = 0
        telemetrySeq = 0
        return hear(Self.info(epoch: epoch)) + state(.activated, epoch: epoch)
    }

    /// From START to the first reading.
    @discardableResult mutating func charge() -> [Finding] {
        accept() + command(.start(order)) + state(.supplying, session: Self.session) + event(started()) + reading(6, elapsed: 1)
    }

    /// The end as S4 wants it.
    @discardableResult mutating func finish() -> [Finding] { event(record()) + state(.activated, register: 1030) }

    // MARK: Central

    var order: StartOrder {
        StartOrder(session: Self.session, driver: Self.driver, price: Self.price, energyTarget: nil, duration: .seconds(10))
    }

    mutating func command(_ kind: Command.Kind, id: String = "c-1", epoch: Epoch? = 5) -> [Finding] {
        hear(.command(Command(epoch: epoch, cp: Self.cp, id: CommandID(known: id), kind: kind)))
    }

    mutating func status(_ kind: DriverStatus.Kind, request: String = "r-1", epoch: Epoch = 5) -> [Finding] {
        hear(.status(DriverStatus(epoch: epoch, driver: Self.driver, request: RequestID(known: request), cp: Self.cp, kind: kind)))
    }

    @discardableResult mutating func accept(_ session: SessionID = session, request: String = "r-1") -> [Finding] {
        status(.accepted(session: session, power: Power(watts: 22_000), price: Self.price), request: request)
    }

    mutating func verdict(_ verdict: Verdict, available: Bool? = nil, epoch: Epoch = 5) -> [Finding] {
        hear(
            .verdict(
                VerdictReport(
                    epoch: epoch, cp: Self.cp, verdict: verdict, available: available ?? (verdict == .activated), why: "so", breaker: .closed)))
    }

    mutating func central(epoch: Epoch = 5) -> [Finding] {
        hear(.centralStatus(CentralStatus(epoch: epoch, online: true, software: "w", protocolVersion: 1)))
    }

    mutating func ask(_ request: String = "r-1", at cp: ChargePointID? = cp) -> [Finding] {
        hear(.request(Self.driver, .charge(ChargeRequest(id: RequestID(known: request), cp: cp))))
    }
}

extension [Finding] {
    var breaches: [Rule] { filter { $0.weight == .breach }.map(\.rule) }
    var hints: [Rule] { filter { $0.weight == .hint }.map(\.rule) }
    func says(_ text: String) -> Bool { contains { $0.text.contains(text) } }
}
