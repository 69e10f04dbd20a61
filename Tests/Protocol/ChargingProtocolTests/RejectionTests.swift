import ChargingModel
import ChargingProtocol
import JSON
import Testing

@Suite("What P4 rejects") struct RejectionTests {
    /// What may be absent, besides what the message's own kind asks for.
    private static let optional: [String: Set<String>] = [
        "cp/CP-001/state": ["session", "driver", "phase"],
        "cp/CP-001/telemetry": ["meter", "current_a", "voltage_v", "soc_percent"],
        "cp/CP-001/command": ["epoch", "ts", "energy_kwh", "duration_s", "meter", "request"],
        "cp/CP-001/event": ["session", "driver", "started", "origin", "token", "clock", "station_reason"], "cp/CP-001/health": ["ts", "failures"],
        "central/status": ["ts", "reason"],
        "central/cp/CP-001": ["session", "driver", "power_kw", "price_eur_per_kwh", "engine_epoch", "monitor_epoch"],
        "driver/driver-alice/request": ["request", "cp", "energy_kwh", "duration_s", "stop", "ts"],
        "driver/driver-alice/status": ["request", "cp", "session", "reason"],
    ]

    private func members(of message: BusMessage) throws -> (topic: String, members: [(name: String, text: String)]) {
        let publication = Wire(site: nil).publication(message, at: Samples.now)
        return (publication.topic, try JSONObject(publication.payload).all.map { ($0.name, $0.value.text) })
    }

    private func rejection(_ topic: String, _ payload: String) -> Rejection? {
        do throws(Rejection) {
            _ = try Wire(site: nil).decode(topic: topic, payload: Array(payload.utf8))
            return nil
        } catch {
            return error
        }
    }

    private func object(_ members: [(name: String, text: String)]) -> String {
        "{" + members.map { "\"\($0.name)\":\($0.text)" }.joined(separator: ",") + "}"
    }

    @Test("a field that must be there and is not is named", arguments: Samples.all) func missing(_ message: BusMessage) throws {
        let (topic, members) = try members(of: message)
        for (index, member) in members.enumerated() {
            if member.name == "seq", message.text.contains("DISCONNECTED") { continue }
            let without = object(members.enumerated().filter { $0.offset != index }.map(\.element))
            let found = rejection(topic, without)
            if RejectionTests.optional[topic]?.contains(member.name) == true {
                #expect(found == nil || found?.field == member.name, "\(without)")
            } else {
                #expect(found?.reason == .missingField, "\(without)")
                #expect(found?.field == member.name)
            }
        }
    }

    @Test("S11: only a session that was begun offline, or never, may be nobody's") func nobody() {
        for (origin, isTaken) in [("offline", true), ("station", false), ("central", false)] {
            let payload = """
                {"epoch":7,"event":"SESSION_ENDED","cp":"CP-001","session":"T1","driver":null,"meter":"m","meter_start_wh":1,"meter_end_wh":19,
                "energy_kwh":0.018,"cost_eur":0.0,"started":"2026-11-24T02:00:00Z","ended":"2026-11-24T02:00:20Z","end_reason":"stopped",
                "origin":"\(origin)","clock":"station","ts":"2026-11-24T02:00:21Z"}
                """
            #expect(rejection("cp/CP-001/event", payload)?.field == (isTaken ? nil : "driver"))
        }
    }

    @Test("a field of another type is named, with what was there", arguments: Samples.all) func wrongType(_ message: BusMessage) throws {
        if case .request = message { return }
        let (topic, members) = try members(of: message)
        for (index, member) in members.enumerated() {
            for wrong in ["[]", "{}", "true", "\"x y\"", "-1.5"] where member.text != "null" && type(of: wrong) != type(of: member.text) {
                var changed = members
                changed[index].text = wrong
                guard let found = rejection(topic, object(changed)) else {
                    #expect(isIgnored(member.name, message), "\(object(changed)) was accepted")
                    continue
                }
                #expect(found.field == member.name && found.reason == .wrongType, "\(found) in \(object(changed))")
                #expect(found.description.contains(member.name))
            }
        }
    }

    /// Fields that a message of its kind has no use for.
    private func isIgnored(_ name: String, _ message: BusMessage) -> Bool {
        // What is only shown costs no message, and what says who began a session says nothing to version 1.
        if ["phase", "current_a", "voltage_v", "soc_percent", "origin", "station_reason"].contains(name) { return true }
        return switch message {
        case .state(let state): state.state == .disconnected && (state.seq == nil || name == "seq")
        case .centralStatus(let status): !status.online
        case .command: ["ts"].contains(name)
        default: false
        }
    }

    private func type(of text: String) -> String {
        switch text.first {
        case "[": "array"
        case "{": "object"
        case "\"": "text"
        case "t", "f": "bool"
        default: "number"
        }
    }

    @Test(
        "numbers out of range, and what is no number (P4)",
        arguments: [
            ("cp/CP-001/telemetry", "power_kw", "-0.001", Rejection.Reason.outOfRange), ("cp/CP-001/telemetry", "power_kw", "100001", .outOfRange),
            ("cp/CP-001/telemetry", "power_kw", "1e400", .outOfRange), ("cp/CP-001/telemetry", "meter_wh", "0.5", .outOfRange),
            ("cp/CP-001/telemetry", "meter_wh", "9007199254740992", .outOfRange), ("cp/CP-001/telemetry", "epoch", "-1", .outOfRange),
            ("cp/CP-001/telemetry", "epoch", "9007199254740991", .outOfRange), ("cp/CP-001/telemetry", "seq", "0", .outOfRange),
            ("cp/CP-001/telemetry", "energy_kwh", "1e30", .outOfRange), ("cp/CP-001/telemetry", "cost_eur", "-1", .outOfRange),
            ("cp/CP-001/telemetry", "ts", "\"yesterday\"", .outOfRange), ("cp/CP-001/telemetry", "driver", "\"a/b\"", .outOfRange),
            ("cp/CP-001/telemetry", "driver", "\"\"", .outOfRange), ("cp/CP-001/telemetry", "cp", "\"CP-002\"", .idMismatch),
            ("cp/CP-001/telemetry", "power_kw", "NaN", .notAnObject), ("cp/CP-001/telemetry", "power_kw", "Infinity", .notAnObject),
            ("cp/CP-001/telemetry", "power_kw", "\"22\"", .wrongType),
        ]) func ranges(_ topic: String, _ field: String, _ value: String, _ reason: Rejection.Reason) throws
    {
        let sample = try #require(Samples.all.first { $0.text.hasPrefix(topic + " ") })
        var (_, members) = try members(of: sample)
        let index = try #require(members.firstIndex { $0.name == field })
        members[index].text = value
        let found = try #require(rejection(topic, object(members)))
        #expect(found.reason == reason)
        #expect(found.field == field || reason == .notAnObject)
    }

    @Test(
        "records that contradict themselves (I3, P5)",
        arguments: [("meter_end_wh", "184219"), ("energy_kwh", "0.019"), ("end_reason", "\"never\""), ("ended", "null")])
    func records(_ field: String, _ value: String) throws {
        var (topic, members) = try members(of: Samples.event(.sessionEnded(Samples.record)))
        let index = try #require(members.firstIndex { $0.name == field })
        members[index].text = value
        #expect(rejection(topic, object(members))?.field == field)
    }

    @Test(
        "what is no object, or too long",
        arguments: [
            ("", Rejection.Reason.notAnObject), ("[]", .notAnObject), ("{", .notAnObject), ("{}x", .notAnObject), ("\u{FEFF}{}", .notAnObject),
        ])
    func notObjects(_ payload: String, _ reason: Rejection.Reason) {
        #expect(rejection("cp/CP-001/telemetry", payload)?.reason == reason)
    }

    @Test("more than 16 KiB are not even read") func tooLong() {
        let long = "{\"a\":\"" + String(repeating: "x", count: Wire.payloadLimit) + "\"}"
        #expect(rejection("cp/CP-001/state", long)?.reason == .tooLong)
        #expect(rejection("driver/me/request", long)?.reason == .tooLong)
    }

    @Test(
        "topics that are not the protocol's",
        arguments: [
            "", "cp", "cp/CP-001", "cp//state", "cp/CP-001/state/", "/cp/CP-001/state", "cp/CP 1/state", "cp/CP-001/other", "central", "central/x",
            "central/cp/", "driver/x/y", "$SYS/broker/uptime", "madrid/cp/CP-001/state",
        ]) func unknownTopics(_ topic: String)
    {
        #expect(rejection(topic, "{}")?.reason == .unknownTopic)
        #expect(Topic(topic) == nil)
    }

    @Test(
        "a request that makes no sense is one all the same, and says why (P4)",
        arguments: [
            (#"{"cp":42}"#, "cp=42: expected an id"), (#"{"cp":"CP-001","energy_kwh":-1}"#, "energy_kwh=-1"),
            (#"{"request":"r-1","cp":"CP/1"}"#, "cp="), (#"{"stop":7}"#, "stop=7"), (#"{"cp":"CP-001","duration_s":1e9}"#, "duration_s=1e9"),
        ]) func malformedRequests(_ payload: String, _ why: String) throws
    {
        let received = try Wire(site: nil).decode(topic: "driver/me/request", payload: Array(payload.utf8))
        guard case .message(.request(_, .malformed(let request, let reason))) = received else { return #expect(Bool(false), "\(received)") }
        #expect(reason.contains(why), "\(reason)")
        #expect((request != nil) == payload.contains("r-1"))
    }

    @Test("whatever arrives is accepted or rejected, and nothing crashes", arguments: 0..<20) func anything(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let parts = ["{", "}", "[", "]", ",", ":", "\"", "\\", "\\u12", "null", "-", "1e9", "0.", "\u{0}", "é", "\"epoch\":", "\"seq\":1,"]
        for message in Samples.all {
            var bytes = Wire(site: nil).publication(message, at: Samples.now).payload
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<max(1, bytes.count), using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.insert(contentsOf: Array(parts[Int.random(in: 0..<parts.count, using: &random)].utf8), at: min(place, bytes.count))
                case 1: if !bytes.isEmpty { bytes.remove(at: min(place, bytes.count - 1)) }
                case 2: if !bytes.isEmpty { bytes[min(place, bytes.count - 1)] = UInt8.random(in: 0...255, using: &random) }
                default: bytes = Array(bytes.prefix(place))
                }
            }
            let topic = Wire(site: nil).text(of: message.topic)
            if let received = try? Wire(site: nil).decode(topic: topic, payload: bytes), case .message(let accepted) = received {
                // What was accepted can be said again.
                let again = Wire(site: nil).publication(accepted, at: Samples.now)
                if case .request(_, .malformed) = accepted { continue }
                #expect((try? Wire(site: nil).decode(topic: topic, payload: again.payload)) == received)
            }
        }
    }
}
