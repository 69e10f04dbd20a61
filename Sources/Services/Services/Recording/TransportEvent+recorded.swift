internal import ChargingModel
internal import JSON
internal import MQTT

extension TransportEvent: Recorded {
    func write(to json: inout JSONWriter) {
        func begin(_ name: String, _ connection: ConnectionID, _ token: DeliveryToken? = nil) {
            json.string("in", name)
            json.integer("connection", connection.number)
            if let token { json.integer("token", token.number) }
        }
        switch self {
        case .attempting(let connection): begin("attempting", connection)
        case .opened(let connection): begin("opened", connection)
        case .accepted(let connection): begin("accepted", connection)
        case .subscribed(let connection, let token, let refusal):
            begin("subscribed", connection, token)
            refusal?.write(to: &json)
        case .received(let connection, let message):
            begin("received", connection)
            message.write(to: &json)
        case .acknowledged(let connection, let token): begin("acknowledged", connection, token)
        case .rejected(let connection, let token, let error):
            begin("rejected", connection, token)
            error.write(to: &json)
        case .ended(let connection, let error):
            begin("ended", connection)
            error.write(to: &json)
        case .disconnected(let connection): begin("disconnected", connection)
        case .stalled(let duration):
            json.string("in", "stalled")
            json.duration("duration_ns", duration)
        }
    }

    static func read(_ fields: RecordedFields) throws(RecordingError) -> TransportEvent? {
        func connection() throws(RecordingError) -> ConnectionID { ConnectionID(number: try fields.number("connection")) }
        func token() throws(RecordingError) -> DeliveryToken { DeliveryToken(number: try fields.number("token")) }
        switch try fields.text("in") {
        case "attempting": return .attempting(try connection())
        case "opened": return .opened(try connection())
        case "accepted": return .accepted(try connection())
        case "subscribed":
            return .subscribed(try connection(), try token(), refusal: fields.has("error") ? try MQTTError(recorded: fields) : nil)
        case "received": return .received(try connection(), try IncomingMessage(recorded: fields))
        case "acknowledged": return .acknowledged(try connection(), try token())
        case "rejected": return .rejected(try connection(), try token(), try MQTTError(recorded: fields))
        case "ended": return .ended(try connection(), try MQTTError(recorded: fields))
        case "disconnected": return .disconnected(try connection())
        case "stalled": return .stalled(try fields.duration("duration_ns"))
        default: return nil
        }
    }
}

extension IncomingMessage {
    fileprivate func write(to json: inout JSONWriter) {
        json.string("topic", topic)
        json.bytes("payload", payload)
        json.bool("retained", retained)
        json.integer("qos", qos.rawValue)
        if let subscription { json.integer("subscription", subscription) }
    }

    fileprivate init(recorded fields: RecordedFields) throws(RecordingError) {
        guard let qos = QoS(rawValue: try fields.number("qos")) else { throw RecordingError("its qos is neither 0 nor 1") }
        self.init(
            topic: try fields.text("topic"), payload: try fields.bytes("payload"), retained: try fields.bool("retained"), qos: qos,
            subscription: try fields.numberIfPresent("subscription"))
    }
}

extension MQTTError {
    fileprivate func write(to json: inout JSONWriter) {
        json.string("error", description)
        json.bool("may_be_takeover", mayBeTakeover)
    }

    fileprivate init(recorded fields: RecordedFields) throws(RecordingError) {
        self.init(.recorded(text: try fields.text("error"), mayBeTakeover: try fields.bool("may_be_takeover")))
    }
}
