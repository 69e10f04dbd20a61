public import ChargingModel

/// Messages to and from the bus of one site: topics, JSON, QoS and retained flags by section 1 of the protocol.
public struct Wire: Hashable, Sendable {
    /// The largest payload that is accepted (P4), in bytes.
    public static let payloadLimit = 16 * 1024

    /// What goes in front of every topic (P2).
    public let site: String?
    let prefix: String

    public init(site: String?) {
        self.site = site
        prefix = site.map { $0 + "/" } ?? ""
    }

    /// What arrived.
    public enum Received: Hashable, Sendable {
        case message(BusMessage)
        /// An empty payload on a retained topic: deleted (P4).
        case deleted(Topic)
    }

    /// Reads what arrived.
    /// - Throws: why it is not accepted.
    public func decode(topic text: String, payload: [UInt8]) throws(Rejection) -> Received {
        guard text.hasPrefix(prefix), let topic = Topic(text.dropFirst(prefix.count)) else {
            throw Rejection(.unknownTopic, expected: "a topic of the protocol")
        }
        if payload.isEmpty, topic.isRetained { return .deleted(topic) }
        guard payload.count <= Wire.payloadLimit else {
            throw Rejection(.tooLong, found: "\(payload.count) bytes", expected: "at most \(Wire.payloadLimit) bytes")
        }
        let fields = try Fields(payload)
        switch topic {
        case .info(let cp): return .message(.info(try ChargePointInfo(fields, cp)))
        case .state(let cp): return .message(.state(try StateReport(fields, cp)))
        case .telemetry(let cp): return .message(.telemetry(try Telemetry(fields, cp)))
        case .event(let cp): return .message(.event(try ChargePointEvent(fields, cp)))
        case .health(let cp): return .message(.health(try HealthReport(fields, cp)))
        case .command(let cp): return .message(.command(try Command(fields, cp)))
        case .centralStatus: return .message(.centralStatus(try CentralStatus(fields)))
        case .fence: return .message(.fence(try Fence(fields)))
        case .verdict(let cp): return .message(.verdict(try VerdictReport(fields, cp)))
        case .request(let driver): return .message(.request(driver, DriverRequest(fields)))
        case .status(let driver): return .message(.status(try DriverStatus(fields, driver)))
        case .tickets(let driver): return .message(.tickets(try TicketList(fields, driver)))
        }
    }

    /// The epoch in a payload, whatever else is in it; `nil` when there is none that can be read.
    public func epoch(in payload: [UInt8]) -> Epoch? {
        guard payload.count <= Wire.payloadLimit, let fields = try? Fields(payload) else { return nil }
        return try? fields.epoch()
    }

    /// The message as it goes out at the time.
    public func publication(_ message: BusMessage, at now: WallTime) -> Publication {
        let topic = message.topic
        var qos = Publication.QoS.atLeastOnce
        var expiry: UInt32?
        switch message {
        case .telemetry: qos = .atMostOnce
        case .status(let status): if case .inProgress = status.kind { qos = .atMostOnce }
        case .command(let command): if case .start = command.kind { expiry = 2 } else { expiry = 10 }
        case .info, .state, .event, .health, .centralStatus, .fence, .verdict, .request, .tickets: break
        }
        return Publication(
            topic: text(of: topic), payload: message.json(at: now), qos: qos, retain: topic.isRetained, expirySeconds: expiry)
    }
}

extension BusMessage {
    /// Where it is said.
    public var topic: Topic {
        switch self {
        case .info(let info): .info(info.cp)
        case .state(let state): .state(state.cp)
        case .telemetry(let telemetry): .telemetry(telemetry.cp)
        case .event(let event): .event(event.cp)
        case .health(let health): .health(health.cp)
        case .command(let command): .command(command.cp)
        case .centralStatus: .centralStatus
        case .fence: .fence
        case .verdict(let verdict): .verdict(verdict.cp)
        case .request(let driver, _): .request(driver)
        case .status(let status): .status(status.driver)
        case .tickets(let list): .tickets(list.driver)
        }
    }
}
