import ChargingModel
import Gateway
import OCPP
import Testing

/// A charge in steps, of which each may be the last of a connection or of a gateway's process.
@Suite struct RestartTests {
    enum Trouble: String, CaseIterable, CustomTestStringConvertible {
        case none
        /// The connection is lost before the step's call is answered, or after.
        case lostBefore, lostAfter
        /// The gateway is killed before what it decided is on its disk, or after.
        case killedBefore, killedAfter
        case both

        var testDescription: String { rawValue }
    }

    /// A station of one charge, which says again what was not answered.
    private struct Charge {
        var bench: GatewayBench
        var number: Int64 = -1
        private var lastCall = 0
        let version: OCPPVersion

        init(_ version: OCPPVersion) {
            self.version = version
            bench = GatewayBench(version)
            connect()
        }

        mutating func connect() {
            bench.connect()
            _ = call("Heartbeat", "{}")
        }

        mutating func call(_ action: String, _ payload: String) -> [StationCore.Action] {
            lastCall += 1
            bench.frames = []
            bench.text("[2,\"c\(lastCall)\",\"\(action)\",\(payload)]")
            return answers
        }

        private var answers: [StationCore.Action] { bench.frames.map { .send(1, Array($0.utf8)) } }

        /// Says it until it is answered, in whatever trouble.
        mutating func say(_ action: String, _ trouble: Trouble, _ payload: (Charge) -> String) -> [StationCore.Action] {
            let text = payload(self)
            switch trouble {
            case .none: break
            case .lostBefore:
                bench.disconnect()
                connect()
            case .lostAfter:
                _ = call(action, text)
                bench.disconnect()
                connect()
            case .killedBefore:
                bench.isHeld = true
                _ = call(action, text)
                restart()
            case .killedAfter:
                _ = call(action, text)
                restart()
            case .both:
                _ = call(action, text)
                bench.disconnect()
                connect()
                _ = call(action, text)
                restart()
            }
            return call(action, text)
        }

        private mutating func restart() {
            bench.restart()
            bench.isHeld = false
            connect()
        }

        var time: String { bench.clock.now.wall.text }
    }

    @Test(
        "Central's session: each step in each trouble, and two steps at once; one record of what was metered", arguments: OCPPVersion.allCases,
        Trouble.allCases)
    func central(_ version: OCPPVersion, _ trouble: Trouble) throws {
        for troubled in [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]] {
            var charge = Charge(version)
            charge.bench.start(s1, at: 1)
            let remote = try #require(charge.bench.frames.compactMap { GatewayCall(text: $0) }.last)
            charge.bench.text("[3,\"\(remote.id)\",{\"status\":\"Accepted\"}]")
            let troubles: (Int) -> Trouble = { troubled.contains($0) ? trouble : .none }
            let time = charge.time
            run(&charge, token: remote.token, remoteStart: remote.number("remoteStartId"), time: time, troubles)
            let records = charge.bench.records
            #expect(records.keys.sorted() == [s1] && records[s1]?.count == 1, "\(troubled)")
            #expect(records[s1]?.first?.energy == wh(300) && records[s1]?.first?.driver != nil, "\(troubled)")
            #expect(charge.bench.core.memory.open.isEmpty && charge.bench.engines[1]?.core.state == .activated)
        }
    }

    @Test("Begun with a card, of which Central does not hear: found once", arguments: OCPPVersion.allCases, Trouble.allCases)
    func found(_ version: OCPPVersion, _ trouble: Trouble) {
        for troubled in [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]] {
            var charge = Charge(version)
            let troubles: (Int) -> Trouble = { troubled.contains($0) ? trouble : .none }
            run(&charge, token: "card-7", remoteStart: nil, time: "2026-01-01T00:00:00Z", troubles)
            let records = charge.bench.records.values.joined()
            #expect(records.map(\.energy) == [wh(300)], "\(troubled)")
            #expect(records.first?.provenance.token == TokenID(known: "card-7") && records.first?.provenance.origin == .offline)
            #expect(charge.bench.core.memory.open.isEmpty)
        }
    }

    @Test(
        "Begun with a card, online: Central's answer comes over a lost connection or a restart, or not at all; billed once",
        arguments: Trouble.allCases)
    func card(_ trouble: Trouble) throws {
        for isAdmitted in [true, false] {
            var charge = Charge(.v16)
            let payload = #"{"connectorId":1,"idTag":"card-7","meterStart":1000,"timestamp":"\#(charge.time)"}"#
            let begun = charge.say("StartTransaction", trouble) { _ in payload }
            #expect(begun.isEmpty)
            let request = try #require(charge.bench.requests.last?.request)
            charge.bench.frames = []
            if isAdmitted { charge.bench.start(s1, at: 1, answering: request.id) } else { charge.bench.deny(request.id, .tokenBlocked, at: 1) }
            let answer: [StationCore.Action] = charge.bench.frames.map { .send(1, Array($0.utf8)) }
            let start = try #require(answer.start)
            #expect(start.status == (isAdmitted ? "Accepted" : "Blocked"))
            let time = charge.time
            _ = charge.say("StopTransaction", trouble) { _ in #"{"transactionId":\#(start.number),"meterStop":1300,"timestamp":"\#(time)"}"# }
            let records = charge.bench.records.values.joined()
            #expect(records.map(\.energy) == [wh(300)] && records.first?.session == (isAdmitted ? s1 : records.first?.session))
            #expect(records.first?.driver == (isAdmitted ? DriverID(known: "driver-alice") : nil))
        }
    }

    private func run(_ charge: inout Charge, token: String, remoteStart: Int64?, time: String, _ trouble: (Int) -> Trouble) {
        let version = charge.version
        let begun = charge.say(version == .v16 ? "StartTransaction" : "TransactionEvent", trouble(0)) { _ in
            version == .v16
                ? #"{"connectorId":1,"idTag":"\#(token)","meterStart":1000,"timestamp":"\#(time)"}"#
                : RestartTests.event("Started", 0, 1000, token: token, remoteStart: remoteStart, time: time)
        }
        if let number = begun.start?.number { charge.number = number }
        charge.bench.pass(.seconds(20))
        _ = charge.say(version == .v16 ? "MeterValues" : "TransactionEvent", trouble(1)) { charge in
            version == .v16
                ? #"{"connectorId":1,"transactionId":\#(charge.number),"meterValue":[{"timestamp":"\#(charge.time)","sampledValue":[{"value":"1200"}]}]}"#
                : RestartTests.event("Updated", 1, 1200, time: time)
        }
        _ = charge.say(version == .v16 ? "StopTransaction" : "TransactionEvent", trouble(2)) { charge in
            version == .v16
                ? #"{"transactionId":\#(charge.number),"meterStop":1300,"timestamp":"\#(time)"}"#
                : RestartTests.event("Ended", 2, 1300, time: time)
        }
    }

    private static func event(_ kind: String, _ seqNo: Int, _ register: Int, token: String? = nil, remoteStart: Int64? = nil, time: String) -> String
    {
        let remote = remoteStart.map { #","remoteStartId":\#($0)"# } ?? ""
        let shown = token.map { #","idToken":{"idToken":"\#($0)","type":"Central"}"# } ?? ""
        return #"{"eventType":"\#(kind)","timestamp":"\#(time)","triggerReason":"Trigger","seqNo":\#(seqNo)\#(shown),"evse":{"id":1},"#
            + #""transactionInfo":{"transactionId":"tx-1"\#(remote)},"#
            + #""meterValue":[{"timestamp":"\#(time)","sampledValue":[{"value":\#(register)}]}]}"#
    }
}
