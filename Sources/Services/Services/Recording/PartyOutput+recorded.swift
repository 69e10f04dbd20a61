internal import ChargingModel
internal import ChargingProtocol
internal import JSON
internal import Journal
internal import MQTT
internal import Runtime

/// Outputs are written and compared, and never read: what only people look at is one text.
extension PartyOutput {
    /// Writes its members, `out` with its name first.
    func write(to json: inout JSONWriter) {
        switch self {
        case .order(let order): order.write(to: &json)
        case .publish(_, let connection, let token, let outgoing):
            json.string("out", "say")
            json.integer("connection", connection.number)
            json.integer("token", token.number)
            outgoing.write(to: &json)
        case .heard(let message, let retained):
            json.string("out", "heard")
            json.bool("retained", retained)
            json.string("message", ExactText.text(of: message))
        case .journal(.append(let ticket, let records)): PartyOutput.write("append", ticket, records, to: &json)
        case .journal(.compact(let ticket, let records)): PartyOutput.write("compact", ticket, records, to: &json)
        case .notice(let notice):
            json.string("out", "notice")
            json.string("notice", ExactText.text(of: notice))
        case .own(let action):
            json.string("out", "own")
            json.string("action", ExactText.text(of: action))
        case .end(let failure):
            json.string("out", "end")
            if let failure { json.string("failure", failure) }
        }
    }

    private static func write(_ name: String, _ ticket: UInt64, _ records: [[UInt8]], to json: inout JSONWriter) {
        json.string("out", name)
        json.integer("ticket", ticket)
        json.array("records") { json in for record in records { json.object { $0.bytes("record", record) } } }
    }
}

extension TransportOrder {
    fileprivate func write(to json: inout JSONWriter) {
        switch self {
        case .connect(let connection, let will):
            TransportOrder.begin("connect", connection, to: &json)
            guard let will else { return }
            json.string("will_topic", will.topic)
            json.bytes("will", will.payload)
        case .subscribe(let connection, let token, let subscriptions):
            TransportOrder.begin("subscribe", connection, to: &json)
            json.integer("token", token.number)
            json.array("filters") { json in for subscription in subscriptions { json.object { subscription.write(to: &$0) } } }
        case .publish(let connection, let token, let message):
            TransportOrder.begin("publish", connection, to: &json)
            json.integer("token", token.number)
            message.write(to: &json)
        case .disconnect(let connection): TransportOrder.begin("disconnect", connection, to: &json)
        case .close(let connection): TransportOrder.begin("close", connection, to: &json)
        }
    }

    private static func begin(_ name: String, _ connection: ConnectionID, to json: inout JSONWriter) {
        json.string("out", name)
        json.integer("connection", connection.number)
    }
}

extension Subscription {
    fileprivate func write(to json: inout JSONWriter) {
        json.string("filter", filter)
        json.integer("qos", qos.rawValue)
        if options.retainAsPublished { json.bool("retain_as_published", true) }
        if options.liveOnly { json.bool("live_only", true) }
        if let identifier = options.identifier { json.integer("identifier", identifier) }
    }
}

extension OutgoingMessage {
    fileprivate func write(to json: inout JSONWriter) {
        json.string("topic", topic)
        json.bytes("payload", payload)
        json.integer("qos", qos.rawValue)
        json.bool("retain", retain)
        if let expirySeconds { json.integer("expiry_s", expirySeconds) }
    }
}
