internal import ChargingModel
internal import ChargingProtocol
internal import JSON

extension ContractLint {
    /// Reports the rejection of a message as a broken rule.
    mutating func tell(_ rejection: Rejection) {
        switch rejection.reason {
        case .unknownTopic: tellUnknownTopic()
        case .tooLong, .notAnObject, .idMismatch: tell(.p4, "\(rejection)")
        case .missingField: tell(rule(of: rejection), "\(rejection), but it is missing")
        case .wrongType, .outOfRange: tell(rule(of: rejection), "\(rejection)")
        }
    }

    private func rule(of rejection: Rejection) -> Rule {
        let isMissing = rejection.reason == .missingField
        let isState = topic.hasSuffix("/state")
        switch rejection.field {
        // What only a state needs that says SUPPLYING.
        case "session", "driver": return isMissing && isState ? .s3 : isMissing ? .p4 : .p1
        case "cp", "request", "id", "stop", "meter": return rejection.reason == .outOfRange ? .p1 : .p4
        case "seq": return .p7
        case "epoch": return isMissing ? .p6 : .p4
        case "ts", "started", "ended", "meter_end_wh": return .p5
        case "energy_kwh" where topic.hasSuffix("/event") && rejection.reason == .outOfRange && rejection.expected.hasPrefix("what the register"):
            return .i3
        default: return .p4
        }
    }

    func knownTopic(_ text: String) -> Topic? {
        guard let site = wire.site else { return Topic(text) }
        return text.hasPrefix(site + "/") ? Topic(text.dropFirst(site.utf8.count + 1)) : nil
    }

    private mutating func tellUnknownTopic() {
        let site = wire.site.map { $0 + "/" } ?? ""
        let levels = topic.dropFirst(topic.hasPrefix(site) ? site.count : 0).split(separator: "/", omittingEmptySubsequences: false)
        let leaves = levels.first.flatMap { ContractLint.leaves[$0] } ?? []
        if levels.count == 3, leaves.contains(String(levels[2])) { return tellID(String(levels[1]), site + "\(levels[0])/…/\(levels[2])") }
        if levels.count == 3, levels.starts(with: ["central", "cp"]) { return tellID(String(levels[2]), site + "central/cp/…") }
        let known: String
        switch levels.first {
        case "cp": known = "\(site)cp/{cp}/ and one of \(leaves.joined(separator: ", "))"
        case "driver": known = "\(site)driver/{driver}/ and one of \(leaves.joined(separator: ", "))"
        case "central": known = "\(site)central/status, \(site)central/fence or \(site)central/cp/{cp}"
        case "station": known = "\(site)station/{station}/ and one of \(ContractLint.stationLeaves.joined(separator: ", "))"
        case "gateway": known = "\(site)gateway/{gateway}/about"
        default: known = "\(site)cp/…, \(site)central/… or \(site)driver/…"
        }
        tell(.topics, "no topic of the protocol: expected \(known)")
    }

    private mutating func tellID(_ id: String, _ place: String) {
        tell(.p1, "the id \"\(id)\" in the topic \(place): expected 1–36 letters, digits, '_' or '-', the first a letter or digit")
    }

    static let pointLeaves = ["info", "state", "telemetry", "event", "health", "command"]
    static let driverLeaves = ["request", "status", "ticket"]
    static let stationLeaves = ["request"] + Topic.StationLeaf.allCases.map(\.rawValue)
    private static let leaves: [Substring: [String]] = [
        "cp": pointLeaves, "driver": driverLeaves, "station": stationLeaves, "gateway": ["about"],
    ]

    /// Checks QoS and RETAIN against the table of topics.
    mutating func checkFlags(_ topic: Topic, _ message: BusMessage?, _ delivery: Delivery, _ qos: Publication.QoS) {
        let kind = topic.kind
        switch delivery {
        case .stored:
            guard !topic.isRetained else { return }
            return tell(.topics, "the broker keeps this message, and \(kind) must not be retained; delete it: mosquitto_pub -r -n -t '\(self.topic)'")
        case .live(let retain):
            if let retain, retain != topic.isRetained {
                tell(.topics, retain ? "published with RETAIN: \(kind) must not be retained" : "published without RETAIN: \(kind) must be retained")
            }
        }
        let expected = ContractLint.qos(of: message, on: topic)
        guard let expected, qos != expected else { return }
        // People who type take what mosquitto_pub gives them.
        let weight: Finding.Weight = kind == "command" || kind == "request" ? .hint : .breach
        tell(.topics, weight, "published with QoS \(number(qos)): \(kind) has QoS \(number(expected))")
    }

    /// The QoS by the table of topics; `nil` where it depends on a message that can't be read.
    private static func qos(of message: BusMessage?, on topic: Topic) -> Publication.QoS? {
        switch topic {
        case .telemetry: return .atMostOnce
        case .status:
            guard case .status(let status)? = message else { return nil }
            if case .inProgress = status.kind { return .atMostOnce }
            return .atLeastOnce
        case .station(_, .frame): return .atMostOnce
        case .info, .state, .event, .health, .command, .centralStatus, .fence, .verdict, .request, .stationRequest, .tickets, .gateway, .station:
            return .atLeastOnce
        }
    }

    private func number(_ qos: Publication.QoS) -> Int {
        switch qos {
        case .atMostOnce: 0
        case .atLeastOnce: 1
        }
    }

    /// Checks that times are UTC with milliseconds (P5); receivers read more than that.
    mutating func checkTimes(_ payload: [UInt8]) {
        guard let object = try? JSONObject(payload) else { return }
        for name in ["ts", "started", "ended"] {
            guard let text = object[name]?.string, let time = WallTime(text: text), time.text != text else { continue }
            tell(.p5, "\(name)=\"\(text)\": expected UTC with milliseconds, \(time.text)")
        }
    }

    /// Checks that texts are within P4's limit and steer nothing, and that what Central composes is small.
    mutating func checkTexts(_ message: BusMessage, _ payload: [UInt8]) {
        if let most = message.mostBytes, payload.count > most { tell(.p4, "\(payload.count) bytes: Central says at most \(most) here") }
        guard let object = try? JSONObject(payload) else { return }
        for name in ["reason", "why", "kind", "software"] {
            guard let text = object[name]?.string, text.bounded() != text else { continue }
            tell(.p4, "\(name) has \(text.utf8.count) bytes: expected at most \(String.messageTextLimit), without control characters")
        }
        guard case .tickets(let list) = message, let count = object["tickets"]?.elements?.count, count > list.tickets.count else { return }
        tell(.p4, "\(count - list.tickets.count) of \(count) tickets can't be read")
    }

    /// Checks P6: a will is fixed when the connection is made, so nothing that ages must be in it.
    mutating func checkWill(_ payload: [UInt8]) {
        guard let object = try? JSONObject(payload) else { return }
        let aging = ["ts", "seq", "session", "driver", "meter_wh", "failures"].filter { object[$0].map { $0.kind != .null } ?? false }
        if !aging.isEmpty { tell(.p6, "a will with \(aging.joined(separator: ", ")): expected only what can't age, epoch, id, state and reason") }
    }
}

extension BusMessage {
    /// The largest size of Central's own messages, in bytes (P4).
    fileprivate var mostBytes: Int? {
        switch self {
        case .tickets, .station(.command): Wire.payloadLimit
        case .command, .centralStatus, .fence, .verdict, .status: Wire.centralLimit
        case .info, .state, .telemetry, .event, .health, .request, .stationRequest, .gateway, .station: nil
        }
    }
}
