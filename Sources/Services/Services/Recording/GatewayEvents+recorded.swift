internal import ChargingModel
internal import ChargingProtocol
internal import JSON
internal import Runtime

/// A gateway's news are recorded as they would be on the bus.
extension GatewayRuntime.Event: Recorded {
    func write(to json: inout JSONWriter) {
        switch self {
        case .news(.listens(let address)):
            json.string("in", "listens")
            json.string("address", address)
        case .news(.turnedAway(let stranger)):
            json.string("in", "turned_away")
            json.string("station", stranger.name)
            json.string("address", stranger.address)
            json.integer("status", stranger.status)
            json.string("why", stranger.why)
            json.integer("at_ms", stranger.at.milliseconds)
        case .news(.station(let report)): write(.report(report), to: &json)
        case .news(.reply(let reply)): write(.reply(reply), to: &json)
        case .news(.frame(let frame)): write(.frame(frame), to: &json)
        }
    }

    private func write(_ message: StationMessage, to json: inout JSONWriter) {
        let publication = Wire(site: nil).publication(.station(message), at: WallTime(milliseconds: 0))
        json.string("in", "station_news")
        json.string("topic", publication.topic)
        json.bytes("payload", publication.payload)
    }

    static func read(_ fields: RecordedFields) throws(RecordingError) -> GatewayRuntime.Event? {
        switch try fields.text("in") {
        case "listens": return .news(.listens(try fields.text("address")))
        case "turned_away":
            return .news(
                .turnedAway(
                    GatewayReport.Stranger(
                        name: try fields.text("station"), address: try fields.text("address"), status: try fields.number("status"),
                        why: try fields.text("why"), at: WallTime(milliseconds: try fields.number("at_ms")))))
        case "station_news": return .news(try news(fields))
        default: return nil
        }
    }

    private static func news(_ fields: RecordedFields) throws(RecordingError) -> GatewayCore.News {
        let topic = try fields.text("topic")
        let payload = try fields.bytes("payload")
        let received: Wire.Received
        do throws(Rejection) { received = try Wire(site: nil).decode(topic: topic, payload: payload) } catch {
            throw RecordingError("its news can't be read: \(error)")
        }
        switch received {
        case .message(.station(.report(let report))): return .station(report)
        case .message(.station(.reply(let reply))): return .reply(reply)
        case .message(.station(.frame(let frame))): return .frame(frame)
        default: throw RecordingError("its news are none of a station")
        }
    }
}
