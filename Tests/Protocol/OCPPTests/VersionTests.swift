import Testing

@testable import OCPP

@Suite("OCPP-J 3.1.2: the subprotocol") struct VersionTests {
    @Test("our order decides, not the station's")
    func order() {
        #expect(SubprotocolChoice(offered: ["ocpp1.6, ocpp2.0.1"]) == .agreed(.v201, name: "ocpp2.0.1"))
        #expect(SubprotocolChoice(offered: ["ocpp1.6", "ocpp2.0.1"], ours: [.v16, .v201]) == .agreed(.v16, name: "ocpp1.6"))
        #expect(SubprotocolChoice(offered: ["ocpp1.5,ocpp1.6"]) == .agreed(.v16, name: "ocpp1.6"))
    }

    @Test("the name is repeated as it was offered")
    func letters() { #expect(SubprotocolChoice(offered: [" OCPP1.6\t"]) == .agreed(.v16, name: "OCPP1.6")) }

    @Test("nothing offered: refused in words, or what is assumed of this station", arguments: [[], [""], [" , "]])
    func nothing(_ offered: [String]) {
        #expect(SubprotocolChoice(offered: offered, assuming: .v16) == .assumed(.v16))
        guard case .refused(let words) = SubprotocolChoice(offered: offered) else {
            Issue.record("not refused")
            return
        }
        #expect(words.contains("ocpp2.0.1 or ocpp1.6") && words.contains("Sec-WebSocket-Protocol"))
    }

    @Test("nothing in common: refused in words, whatever is assumed")
    func foreign() {
        guard case .refused(let words) = SubprotocolChoice(offered: ["ocpp1.5", "mqtt\u{1b}[2J"], assuming: .v16) else {
            Issue.record("not refused")
            return
        }
        #expect(words.hasPrefix("the station offers the WebSocket subprotocol ocpp1.5, mqtt\u{FFFD}[2J; set it to"))
    }
}
