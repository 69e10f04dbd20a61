import Testing
import WebSocket

@Suite("Addresses of WebSockets") struct WebSocketURLTests {
    @Test(
        "Read, with the ports of their schemes, and written again",
        arguments: [
            ("ws://localhost", "localhost", 80, "/", "ws://localhost/"), ("WSS://[::1]:9000/ocpp", "::1", 9000, "/ocpp", "wss://[::1]:9000/ocpp"),
            ("wss://a.example/x?y=1#z", "a.example", 443, "/x?y=1", "wss://a.example/x?y=1"), ("ws://h:9000?a", "h", 9000, "/?a", "ws://h:9000/?a"),
        ])
    func read(_ text: String, _ host: String, _ port: Int, _ path: String, _ again: String) throws {
        let url = try WebSocketURL(text)
        #expect(url.host == host && Int(url.port) == port && url.path == path && url.description == again)
    }

    @Test(
        "Refused",
        arguments: ["http://a", "ws://", "ws://a:0", "ws://a:70000", "ws://a:+1", "ws://user:secret@a", "ws://[::1", "ws://a/ä", "ws://[::1]x"])
    func refused(_ text: String) { #expect(throws: WebSocketURL.Problem.self) { try WebSocketURL(text) } }

    @Test("A station's id becomes the last segment") func station() throws {
        #expect(try WebSocketURL("ws://h/ocpp/").appending(station: "ST/1 ä").path == "/ocpp/ST%2F1%20%C3%A4")
        #expect(try WebSocketURL("ws://h?x=1").appending(station: "A").description == "ws://h/A?x=1")
    }

    @Test("A user's name may have colons, which HTTP ends it at") func colons() {
        let sent = Knock.Credentials(user: "00", password: Array("1A:2B:se:cret".utf8))
        #expect(sent.password(of: "00:1A:2B") == Array("se:cret".utf8) && sent.password(of: "00") == sent.password)
        #expect(sent.password(of: "00:1") == nil && sent.password(of: "0") == nil && sent.password(of: "00:1A:2B:se:cret:x") == nil)
    }

    @Test("Nobody's password is in a description") func secrets() {
        #expect("\(Knock.Credentials(user: "ST-1", password: Array("secret".utf8)))" == "ST-1:…")
    }

    @Test("Codes that may be said") func codes() {
        for code: UInt16 in [1000, 1003, 1007, 1014, 3000, 4999] { #expect(CloseCode(rawValue: code).maySay) }
        for code: UInt16 in [0, 999, 1004, 1005, 1006, 1015, 2999, 5000] { #expect(!CloseCode(rawValue: code).maySay) }
    }
}
