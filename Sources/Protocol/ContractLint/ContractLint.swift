public import ChargingModel
public import ChargingProtocol

/// A check of the messages on a bus against the protocol, rule by rule: for people who connect hardware of their own.
///
/// It only listens, and says only what can be seen from outside. Whatever arrives changes at most its memory, which is bounded.
public struct ContractLint: Sendable {
    /// The largest number of points that it follows; messages of others are only checked by themselves.
    public static let pointLimit = 10_000
    /// The time that an engine may take to answer a command: 2 s by S5, and a second for the bus.
    static let patience = Duration.seconds(3)
    /// The time from the beginning in which earlier messages may not be known yet: retained ones still come in.
    static let warmUp = Duration.seconds(2)

    public let wire: Wire
    var points: [ChargePointID: WatchedPoint] = [:]
    var central = WatchedPoint.Client()
    /// The gateways that were heard, at most `gatewayLimit`.
    var gateways: [GatewayID: WatchedPoint.Client] = [:]
    /// The epoch heard on `central/status`, which must be the first to show a new one (P8).
    var statusEpoch: Epoch?
    var requests = Recent<RequestKey, Request>(limit: 4096)
    var decisions = Recent<RequestKey, Decision>(limit: 4096)
    var prices = Recent<SessionID, Price>(limit: 4096)
    var outcomes = Recent<SessionID, DriverStatus.Kind>(limit: 4096)
    var began: Instant?
    /// The findings on the message in hand.
    var findings: [Finding] = []
    var topic = ""

    struct RequestKey: Hashable, Sendable {
        var driver: DriverID
        var request: RequestID
    }

    struct Request: Sendable {
        var charge: ChargeRequest
        /// Central's epoch when the request was made.
        var epoch: Epoch?
    }

    enum Decision: Hashable, Sendable {
        case accepted(SessionID)
        case denied(DenialCode)
    }

    public init(wire: Wire) { self.wire = wire }

    /// Checks a message.
    /// - Parameter qos: the QoS with which it was delivered; a subscriber with QoS 1 sees no more than that.
    public mutating func hear(topic text: String, payload: [UInt8], _ delivery: Delivery, qos: Publication.QoS, at now: Now) -> Heard {
        if began == nil { began = now.monotonic }
        findings = []
        topic = text
        defer { findings = [] }
        do throws(Rejection) {
            let received = try wire.decode(topic: text, payload: payload)
            switch received {
            case .deleted(let topic):
                checkFlags(topic, nil, delivery, qos)
                forget(topic)
            case .message(let message):
                checkFlags(message.topic, message, delivery, qos)
                checkTimes(payload)
                checkTexts(message, payload)
                hear(message, payload, isLive: delivery.isLive, at: now)
            }
            return Heard(received: received, findings: findings)
        } catch {
            tell(error)
            // Whatever it says: the topic knows its flags.
            if let topic = knownTopic(text) { checkFlags(topic, nil, delivery, qos) }
            return Heard(received: nil, findings: findings)
        }
    }

    /// Reports messages that should have come and did not. To be called once a second or so.
    public mutating func advance(to now: Instant) -> [Finding] {
        var late: [Finding] = []
        for cp in points.keys.sorted() {
            guard let point = points[cp], !point.awaited.isEmpty else { continue }
            for awaited in point.awaited where awaited.due <= now {
                // In a new connection, or without one, it may never have got the command.
                guard point.engine.epoch == awaited.epoch, point.state?.state != .disconnected else { continue }
                let seconds = ContractLint.patience.components.seconds
                late.append(Finding(awaited.answer.rule, topic: wire.text(of: .command(cp)), "\(awaited.answer) within \(seconds) s"))
            }
            points[cp]?.awaited.removeAll { $0.due <= now }
        }
        return late
    }

    /// Notes that the listener was away: what is missing now was not heard, which is nobody's fault.
    public mutating func interrupted() {
        began = nil
        for cp in points.keys { points[cp]?.interrupt() }
    }

    private mutating func hear(_ message: BusMessage, _ payload: [UInt8], isLive: Bool, at now: Now) {
        switch message {
        case .info(let info): follow(info.cp) { $0.hear(info, isLive, now) }
        case .state(let state): follow(state.cp) { $0.hear(state, payload, isLive, now) }
        case .telemetry(let telemetry): if isLive { follow(telemetry.cp) { $0.hear(telemetry, now) } }
        case .event(let event): if isLive { follow(event.cp) { $0.hear(event, now) } }
        case .health(let health): follow(health.cp) { $0.hear(health, payload, isLive, now) }
        case .command(let command): if isLive { follow(command.cp) { $0.hear(command, now) } }
        case .centralStatus(let status): hear(status, payload, isLive, now)
        case .fence(let fence): if isLive { isCurrent(central: fence.epoch, isLive, now) }
        case .verdict(let verdict): follow(verdict.cp) { $0.hear(verdict, isLive, now) }
        case .request(let driver, let request): if isLive { hear(request, of: driver) }
        case .stationRequest(let request): if isLive { follow(request.cp) { $0.hear(request, now) } }
        case .status(let status): if isLive { hear(status, now) }
        case .tickets(let list): hear(list, isLive, now)
        case .gateway(let report): hear(report, payload, isLive, now)
        case .station(let message): hear(message, isLive, now)
        }
    }

    private mutating func follow(_ cp: ChargePointID, _ body: (inout ContractLint) -> Void) {
        if points[cp] == nil {
            guard points.count < ContractLint.pointLimit else { return }
            points[cp] = WatchedPoint()
        }
        body(&self)
    }

    private mutating func forget(_ topic: Topic) {
        switch topic {
        case .info(let cp): points[cp]?.info = nil
        case .state(let cp): points[cp]?.state = nil
        case .verdict(let cp): points[cp]?.verdict = nil
        case .health, .telemetry, .event, .command, .centralStatus, .fence, .request, .stationRequest, .status, .tickets, .gateway, .station: break
        }
    }

    mutating func tell(_ rule: Rule, _ text: String) { tell(rule, .breach, text) }

    mutating func tell(_ rule: Rule, _ weight: Finding.Weight, _ text: String) {
        findings.append(Finding(rule, weight, topic: topic, text))
    }

    /// True when earlier messages are known, as far as the broker keeps them.
    func isWarm(_ now: Now) -> Bool { began.map { now.monotonic - $0 >= ContractLint.warmUp } ?? false }
}
