import ChargingModel
import Gateway
import JSON
import OCPP
import Testing

/// The wishes of operators, and what stations answer.
@Suite("What operators ask of a station") struct WishTests {
    private static let command = StationCommand(
        epoch: 9, gateway: GatewayID(known: "local"), station: ChargePointID(known: "ST-1"), id: CommandID(known: "c-1"), wish: .clearCache)

    private static func payload(_ text: String) -> OCPPPayload {
        do throws(JSONError) { return try OCPPPayload(Array(text.utf8)) } catch { preconditionFailure("\(error)") }
    }

    private static let frames: [(StationWish, OCPPVersion, String?)] = [
        (.reset(isImmediate: false, connector: nil), .v16, #"["Reset",{"type":"Soft"}]"#),
        (.reset(isImmediate: true, connector: nil), .v201, #"["Reset",{"type":"Immediate"}]"#),
        (.unlock(connector: 2), .v16, #"["UnlockConnector",{"connectorId":2}]"#),
        (.unlock(connector: 2), .v201, #"["UnlockConnector",{"evseId":2,"connectorId":1}]"#),
        (.trigger(.meterValues, connector: 1), .v16, #"["TriggerMessage",{"requestedMessage":"MeterValues","connectorId":1}]"#),
        (.getConfiguration([]), .v16, #"["GetConfiguration",{}]"#), (.getConfiguration([]), .v201, nil),
        (.changeConfiguration(key: "A", value: "1"), .v16, #"["ChangeConfiguration",{"key":"A","value":"1"}]"#),
        (.getBaseReport(.full), .v201, #"["GetBaseReport",{"requestId":7,"reportBase":"FullInventory"}]"#), (.getBaseReport(.full), .v16, nil),
        (.clearCache, .v201, #"["ClearCache",{}]"#), (.getLocalListVersion, .v16, #"["GetLocalListVersion",{}]"#),
        (
            .sendLocalList(LocalListPage(version: 5, isFull: true, [.init(TokenID(known: "CARD-1"), .blocked)])), .v16,
            #"["SendLocalList",{"listVersion":5,"updateType":"Full","localAuthorizationList":[{"idTag":"CARD-1","idTagInfo":{"status":"Blocked"}}]}]"#
        ),
    ]

    @Test("S13: a wish is the call of the version, or none", arguments: frames)
    func calls(_ wish: StationWish, _ version: OCPPVersion, _ expected: String?) {
        let frame = wish.call(report: 7)?.frame(id: "1", in: version)
        let text = frame.map { String(decoding: $0.bytes, as: UTF8.self).replacing(#"[2,"1","#, with: "[") }
        #expect(text == expected)
    }

    private static func answer(_ text: String, to call: BackendCall, _ version: OCPPVersion = .v16) -> WishAnswer {
        WishAnswer(.answered(payload(text)), to: call, in: version)
    }

    @Test("S13: done is what the station did, or will; else its own word says why not") func answers() {
        func status(_ word: String) -> WishAnswer { Self.answer(#"{"status":"\#(word)"}"#, to: .clearCache) }
        #expect(status("Accepted").isDone && !status("Rejected").isDone && status("Rejected").words == "the station says Rejected")
        #expect(Self.answer("{}", to: .clearCache).outcome == .answered && !Self.answer("{}", to: .clearCache).isDone)
        #expect(WishAnswer(.refused("InternalError"), to: .clearCache, in: .v16).outcome == .refused)
        #expect(WishAnswer(.noAnswer, to: .clearCache, in: .v16).outcome == .noAnswer)
        #expect(WishAnswer(.notInThisVersion, to: .getConfiguration([]), in: .v201).words.contains("2.0.1"))
        let configuration = Self.answer(
            #"{"configurationKey":[{"key":"SendLocalListMaxLength","readonly":true,"value":"7"}],"unknownKey":["X"]}"#, to: .getConfiguration([]))
        #expect(configuration.isDone && configuration.listPage == 7 && configuration.words == "1 configuration keys; it does not know X")
        #expect(!Self.answer(#"{"unknownKey":["X"]}"#, to: .getConfiguration(["X"])).isDone)
        #expect(!Self.answer(#"{"listVersion":-1}"#, to: .getLocalListVersion).isDone)
        let variable = #"{"component":{"name":"LocalAuthListCtrlr"},"variable":{"name":"ItemsPerMessage"}"#
        let variables = Self.answer(
            #"{"getVariableResult":[\#(variable),"attributeStatus":"Accepted","attributeValue":"1000000"}]}"#, to: .getVariables([]), .v201)
        #expect(variables.isDone && variables.listPage == LocalListPage.most)
        let unknown = Self.answer(#"{"getVariableResult":[\#(variable),"attributeStatus":"UnknownVariable"}]}"#, to: .getVariables([]), .v201)
        #expect(!unknown.isDone && unknown.words == "LocalAuthListCtrlr.ItemsPerMessage: UnknownVariable")
    }

    @Test("S13: a long payload goes in pieces that are whole characters, and come together again") func pieces() {
        let text = #"{"a":""# + String(repeating: "ä€🔌", count: 3000) + #""}"#
        let replies = WishAnswer(.answered, isDone: true, "so", payload: text).replies(to: Self.command, from: 4)
        #expect(replies.count == 5 && replies.map(\.part) == Array(4..<9))
        #expect(replies.compactMap(\.payload).joined() == text)
        #expect(replies.allSatisfy { ($0.payload?.utf8.count ?? 0) <= StationReply.partLimit })
        #expect(replies.map(\.isCut) == [true, true, true, true, false] && replies.map(\.hasMore) == [true, true, true, true, false])
        #expect(WishAnswer(.noAnswer, "so").replies(to: Self.command).map(\.part) == [0])
    }

    @Test("S13: the parts of a report are its command's, in order; one that comes again is one, and what nobody asked for is none") func reports() {
        var reports = AwaitedReports()
        func frame(_ id: String, _ request: Int, _ number: Int, goesOn: Bool) -> [UInt8] {
            Array(#"[2,"\#(id)","NotifyReport",{"requestId":\#(request),"seqNo":\#(number),"tbc":\#(goesOn)}]"#.utf8)
        }
        #expect(reports.hear(frame("1", 7, 0, goesOn: true)).isEmpty)
        reports.wait(for: 7, of: Self.command)
        // Before the answer.
        #expect(reports.hear(frame("1", 7, 0, goesOn: true)).isEmpty)
        let early = reports.begin(7, from: 1)
        #expect(early.map(\.part) == [1] && early.first?.hasMore == true)
        #expect(reports.hear(frame("1", 7, 0, goesOn: true)).isEmpty)
        #expect(reports.hear(frame("2", 8, 1, goesOn: true)).isEmpty && reports.hear(Array("nonsense".utf8)).isEmpty)
        let last = reports.hear(frame("3", 7, 1, goesOn: false))
        #expect(last.map(\.part) == [2] && last.first?.hasMore == false && last.first?.payload?.contains(#""seqNo":1"#) == true)
        #expect(reports.isEmpty)
        reports.wait(for: 9, of: Self.command)
        _ = reports.begin(9, from: 1)
        #expect(reports.giveUp().map(\.outcome) == [.notConnected] && reports.isEmpty)
        for request in 0..<100 { reports.wait(for: Int32(request), of: Self.command) }
        #expect(reports.giveUp().isEmpty)
    }
}
