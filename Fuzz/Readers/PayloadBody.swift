internal import ChargingModel
internal import ChargingProtocol

/// Payloads of the bus and journal lines: the short way through them against the long one, and what was accepted against what is written of it. The
/// first byte chooses what it is.
enum PayloadBody {
    private static let wire = Wire(site: nil)
    private static let topics = [
        "cp/CP-001/telemetry", "cp/CP-001/state", "cp/CP-001/event", "cp/CP-001/health", "cp/CP-001/command", "cp/CP-001/info", "central/status",
        "central/fence", "central/cp/CP-001", "driver/driver-alice/request", "driver/driver-alice/status", "driver/driver-alice/ticket",
    ]
    /// Came later: the first bytes of what was found before stand for the same as then.
    private static let stationTopic = "station/CP-001/request"
    /// And later still: chosen by the second byte behind 255, which stood for nothing else before.
    private static let operationTopics = [
        "gateway/local/about", "station/ST-1/about", "station/ST-1/command", "station/ST-1/answer", "station/ST-1/frame",
    ]

    static func run(_ bytes: [UInt8]) throws(Finding) {
        guard let kind = bytes.first else { return }
        if kind == 255, bytes.count > 1 {
            let rest = Array(bytes.dropFirst(2))
            let index = Int(bytes[1]) % (operationTopics.count + 1)
            return index < operationTopics.count ? try message(operationTopics[index], rest) : try wish(rest)
        }
        let rest = Array(bytes.dropFirst())
        switch Int(kind) % (topics.count + 3) {
        case let index where index < topics.count: try message(topics[index], rest)
        case topics.count: try line(rest)
        case topics.count + 1: try name(rest)
        default: try message(stationTopic, rest)
        }
    }

    private static func message(_ topic: String, _ payload: [UInt8]) throws(Finding) {
        let long = Answer { () throws(Rejection) in try wire.decode(anyObject: payload, topic: topic) }
        try hold(
            Answer { () throws(Rejection) in try wire.decode(topic: topic, payload: payload) } == long, "both ways together differ from the long one")
        if let short = wire.decode(plain: payload, topic: topic) { try hold(long == .value(.message(short)), "the short way differs") }
        _ = wire.epoch(in: payload)
        guard case .value(.message(let message)) = long else { return }
        if case .request(_, .malformed) = message { return }
        let again = wire.publication(message, at: WallTime(milliseconds: 0))
        let read = Answer { () throws(Rejection) in try wire.decode(topic: again.topic, payload: again.payload) }
        try hold(read == long, "what was accepted is not the same when it is written and read again")
    }

    /// An operator's wish: what was accepted is the same when it is written and read again.
    private static func wish(_ body: [UInt8]) throws(Finding) {
        guard let written = try? StationWish.read(body) else { return }
        let again = Answer { () throws(Rejection) in try StationWish.read(written.body) }
        try hold(again == .value(written), "a wish is not the same when it is written and read again")
    }

    private static func line(_ bytes: [UInt8]) throws(Finding) {
        let long = Answer { () throws(Rejection) in try JournalLine(anyObject: bytes) }
        try hold(Answer { () throws(Rejection) in try JournalLine(bytes) } == long, "both ways together differ from the long one")
        if let short = JournalLine(plain: bytes) { try hold(long == .value(short), "the short way differs") }
        guard let line = long.value else { return }
        try hold(
            Answer { () throws(Rejection) in try JournalLine(line.bytes) } == long, "a journal line is not the same when it is written and read again"
        )
    }

    private static func name(_ bytes: [UInt8]) throws(Finding) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let topic = Topic(text) { try hold(topic.text == text, "another topic") }
        try hold(WallTime(utf8: text.utf8.span) == WallTime(text: text), "another time")
        if let time = WallTime(text: text) { try hold(WallTime(utf8: time.bytes.span) == time, "another time again") }
        try hold((DriverID(utf8: bytes.span)?.text ?? text) == text, "another id")
    }
}
