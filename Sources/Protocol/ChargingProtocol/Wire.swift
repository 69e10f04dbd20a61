public import ChargingModel
internal import JSON

/// Messages to and from the bus of one site: topics, JSON, QoS and retained flags by section 1 of the protocol.
public struct Wire: Hashable, Sendable {
    /// The largest payload that is accepted (P4), in bytes.
    public static let payloadLimit = 16 * 1024

    /// The largest payload that Central composes, except for a list of tickets (P4), in bytes.
    public static let centralLimit = 4 * 1024

    /// The site, which goes in front of every topic (P2); `nil` for none.
    public let site: String?
    let prefix: String

    public init(site: String?) {
        self.site = site
        prefix = site.map { $0 + "/" } ?? ""
    }

    /// The meaning of a message that arrived.
    public enum Received: Hashable, Sendable {
        case message(BusMessage)
        /// An empty payload on a retained topic: deleted (P4).
        case deleted(Topic)
    }

    /// Reads a message that arrived.
    /// - Throws: the reason why it is not accepted.
    public func decode(topic text: String, payload: [UInt8]) throws(Rejection) -> Received {
        let topic = try accept(text, payload)
        if payload.isEmpty, topic.isRetained { return .deleted(topic) }
        if let message = Wire.plain(topic, payload) { return .message(message) }
        return .message(try Wire.anyObject(topic, payload))
    }

    /// Reads a message as a program of ours writes it; `nil` for what is unusual or wrong.
    public func decode(plain payload: [UInt8], topic text: String) -> BusMessage? {
        guard let topic = try? accept(text, payload) else { return nil }
        return Wire.plain(topic, payload)
    }

    /// Reads any object as a message: slower than `decode(topic:payload:)`, with the same result, which tests and the fuzzer check.
    /// - Throws: the reason why it is not accepted.
    public func decode(anyObject payload: [UInt8], topic text: String) throws(Rejection) -> Received {
        let topic = try accept(text, payload)
        if payload.isEmpty, topic.isRetained { return .deleted(topic) }
        return .message(try Wire.anyObject(topic, payload))
    }

    private func accept(_ text: String, _ payload: [UInt8]) throws(Rejection) -> Topic {
        guard let topic = topic(text) else { throw Rejection(.unknownTopic, expected: "a topic of the protocol") }
        guard payload.count <= Wire.payloadLimit else {
            throw Rejection(.tooLong, found: "\(payload.count) bytes", expected: "at most \(Wire.payloadLimit) bytes")
        }
        return topic
    }

    /// The topic of a text that has the site in front; `nil` for any other.
    public func topic(_ text: String) -> Topic? {
        let bytes = text.utf8.span
        let site = prefix.utf8.span
        if bytes.begins(with: site), let topic = Topic(utf8: bytes.extracting(site.count...)) { return topic }
        // The site may be written with other code points that mean the same.
        guard text.hasPrefix(prefix) else { return nil }
        return Topic(text.dropFirst(prefix.count))
    }

    private static func plain(_ topic: Topic, _ payload: [UInt8]) -> BusMessage? {
        switch topic {
        case .gateway, .station: return nil
        default: break
        }
        return PlainObject.fields(of: payload) { (fields) throws(Unusual) in try BusMessage(fields, on: topic) }
    }

    private static func anyObject(_ topic: Topic, _ payload: [UInt8]) throws(Rejection) -> BusMessage {
        switch topic {
        case .gateway(let gateway): return .gateway(try GatewayReport(NamedFields(payload), gateway))
        case .station(let station, let leaf): return .station(try StationMessage(NamedFields(payload), station, leaf))
        default: break
        }
        let fields = try ObjectFields(payload)
        if case .request(let driver) = topic { return .request(driver, DriverRequest(orMalformed: fields)) }
        return try BusMessage(fields, on: topic)
    }

    /// The epoch in a payload, whatever else is in it; `nil` when there is none that can be read.
    public func epoch(in payload: [UInt8]) -> Epoch? {
        guard payload.count <= Wire.payloadLimit else { return nil }
        return PlainObject.fields(of: payload) { (fields) throws(Unusual) in try fields.epoch() }
            ?? (try? ObjectFields(payload)).flatMap { try? $0.epoch() }
    }

    /// The number in a payload that has an epoch, whatever else is in it (P7); `nil` when there is none that can be read.
    public func seq(in payload: [UInt8]) -> UInt64? {
        guard payload.count <= Wire.payloadLimit else { return nil }
        return PlainObject.fields(of: payload) { (fields) throws(Unusual) in try fields.seq() }
            ?? (try? ObjectFields(payload)).flatMap { try? $0.seq() }
    }

    /// The publication of the message at the time.
    public func publication(_ message: BusMessage, at now: WallTime) -> Publication {
        let topic = message.topic
        var qos = Publication.QoS.atLeastOnce
        var expiry: UInt32?
        switch message {
        case .telemetry: qos = .atMostOnce
        case .status(let status): if case .inProgress = status.kind { qos = .atMostOnce }
        case .command(let command): if case .start = command.kind { expiry = 2 } else { expiry = 10 }
        case .station(.command): expiry = 10
        case .station(.frame): qos = .atMostOnce
        case .info, .state, .event, .health, .centralStatus, .fence, .verdict, .request, .stationRequest, .tickets, .gateway, .station: break
        }
        return Publication(
            topic: topic.text(after: prefix), payload: message.json(at: now), qos: qos, retain: topic.isRetained, expirySeconds: expiry)
    }
}

extension BusMessage {
    /// The topic on which the message is published.
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
        case .stationRequest(let request): .stationRequest(request.cp)
        case .status(let status): .status(status.driver)
        case .tickets(let list): .tickets(list.driver)
        case .gateway(let report): .gateway(report.gateway)
        case .station(let message): .station(message.station, message.leaf)
        }
    }
}
