import Testing
import WebSocket

@testable import WebSocketDoor

extension DoorTests {
    @Suite("The handshake, word by word", .timeLimit(.minutes(1))) struct HandshakeTests {
        private static func request(_ changes: [(String, String)] = [], method: String = "GET /ocpp/ST-1 HTTP/1.1") -> String {
            var request = RawStation.request.replacing("GET /ocpp/ST-1 HTTP/1.1", with: method)
            for (old, new) in changes { request = request.replacing(old, with: new) }
            return request
        }

        @Test(
            "What is no request for a WebSocket gets a status and words that help",
            arguments: [
                ([("Upgrade: websocket\r\n", "")], "GET /ocpp/ST-1 HTTP/1.1", "426 ", "asks for no WebSocket"),
                ([("Upgrade: websocket\r\n", "")], "GET / HTTP/1.1", "426 ", "ws://HOST:PORT/ocpp/STATION-ID"),
                ([], "POST /ocpp/ST-1 HTTP/1.1", "405 ", "The request is a POST, expected GET."),
                ([], "GET /ocpp/ST-1 HTTP/1.0", "400 ", "expected HTTP/1.1"),
                ([("Connection: Upgrade", "Connection: close")], "GET /ocpp/ST-1 HTTP/1.1", "400 ", "no Connection: Upgrade"),
                ([("Version: 13", "Version: 8")], "GET /ocpp/ST-1 HTTP/1.1", "426 ", "Sec-WebSocket-Version: 8, expected 13."),
                ([("Sec-WebSocket-Version: 13\r\n", "")], "GET /ocpp/ST-1 HTTP/1.1", "426 ", "no Sec-WebSocket-Version, expected 13."),
                ([("dGhlIHNhbXBsZSBub25jZQ==", "abc")], "GET /ocpp/ST-1 HTTP/1.1", "400 ", "no Sec-WebSocket-Key of 16 bytes"),
                ([], "GET / HTTP/1.1", "404 ", "no station's id at its end"),
                ([], "GET /ocpp/%ZZ HTTP/1.1", "400 ", "not percent-encoded UTF-8"),
                ([], "GET /ocpp/%FF HTTP/1.1", "400 ", "not percent-encoded UTF-8"),
                ([("Host: localhost", "Authorization: Basic !!!")], "GET /ocpp/ST-1 HTTP/1.1", "400 ", "base64 of NAME:PASSWORD"),
                (
                    [("Protocol: ocpp1.6", "Protocol: ocpp1.5, soap")], "GET /ocpp/ST-1 HTTP/1.1", "400 ",
                    "offers the subprotocol ocpp1.5, soap, expected ocpp2.0.1 or ocpp1.6"
                ),
                ([("Sec-WebSocket-Protocol: ocpp1.6\r\n", "")], "GET /ocpp/ST-1 HTTP/1.1", "400 ", "offers no subprotocol"),
                ([("localhost", String(repeating: "x", count: 20_000))], "GET /ocpp/ST-1 HTTP/1.1", "431 ", "16 KiB"),
            ] as [([(String, String)], String, String, String)])
        func refused(_ changes: [(String, String)], _ method: String, _ status: String, _ words: String) async throws {
            try await withDoor { door in
                let station = try RawStation(door.port)
                station.say(HandshakeTests.request(changes, method: method))
                let answer = try await station.answer()
                #expect(answer.hasPrefix("HTTP/1.1 " + status) && answer.contains(words), "\(answer)")
                #expect(answer.contains("Content-Type: text/plain; charset=utf-8") && answer.contains("Connection: close"))
            }
        }

        @Test("What is no HTTP at all is told so, and the operator hears of it") func noHTTP() async throws {
            try await withDoor { door in
                let station = try RawStation(door.port)
                station.say([0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5])
                #expect(try await station.answer().hasPrefix("HTTP/1.1 400 "))
                let words = try await door.events.next("turned away") { if case .turnedAway("127.0.0.1", let words) = $0 { words } else { nil } }
                #expect(words.contains("wss://"))
                #expect(await door.counts().unreadable == 1)
            }
        }

        @Test(
            "Any prefix is taken; the last segment that is not empty is the id, decoded, in its own case",
            arguments: [
                ("/ocpp/ST-1", "ST-1"), ("/ocpp/ST-1/", "ST-1"), ("/ocpp/ST-1/ST-1", "ST-1"), ("/ST-1", "ST-1"), ("//a//st-1//?x=1", "st-1"),
                ("/steve/websocket/CentralSystemService/ST%2F1%20%C3%A4", "ST/1 ä"),
            ])
        func paths(_ path: String, _ station: String) async throws {
            try await withDoor { door in
                let raw = try await RawStation.open(door.port, HandshakeTests.request(method: "GET \(path) HTTP/1.1"))
                let (_, knock) = try await door.knocked()
                #expect(knock.station == station)
                #expect(path.hasPrefix(knock.path))
                _ = raw
            }
        }

        @Test("The caller gets all that is known; the password may be any bytes") func knock() async throws {
            try await withDoor { door in
                // "ST-1:\xFF\x00:é"
                let raw = try await RawStation.open(
                    door.port,
                    HandshakeTests.request([
                        ("Protocol: ocpp1.6", "Protocol: ocpp2.0.1 ,ocpp1.6\r\nSec-WebSocket-Protocol: x"),
                        ("Host: localhost", "Host: a\r\nAuthorization: basic U1QtMTr/ADrDqQ"),
                    ]))
                let (id, knock) = try await door.knocked()
                #expect(knock.subprotocols == ["ocpp2.0.1", "ocpp1.6", "x"])
                #expect(knock.credentials == Knock.Credentials(user: "ST-1", password: [0xFF, 0, 0x3A, 0xC3, 0xA9]))
                #expect(knock.address == "127.0.0.1" && knock.port > 0 && !knock.isTLS && knock.certificate == nil)
                #expect(try await door.opened() == id)
                _ = raw
            }
        }

        @Test("Accepted: the key's answer, and the subprotocol only if it was offered") func accepted() async throws {
            let policy: TestDoor.Policy = { _, knock in .accept(subprotocol: knock.station == "odd" ? "ocpp1.5" : "ocpp1.6") }
            try await withDoor(policy: policy) { door in
                for (path, isNamed) in [("ST-1", true), ("odd", false)] {
                    let station = try RawStation(door.port)
                    station.say(HandshakeTests.request(method: "GET /\(path) HTTP/1.1"))
                    let head = try await station.head()
                    #expect(head.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
                    // RFC 6455, 1.3.
                    #expect(head.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
                    #expect(head.contains("Sec-WebSocket-Protocol: ocpp1.6\r\n") == isNamed)
                }
            }
        }

        @Test("Refused by the caller: 401 asks for Basic, 404 and 503 have their words; nothing is told of it afterwards") func refusedByCaller()
            async throws
        {
            let policy: TestDoor.Policy = { _, knock in
                switch knock.station {
                case "a": .refuse(.unauthorized)
                case "b": .refuse(.unknown(station: "b"))
                default: .refuse(.crowded("Too many."))
                }
            }
            try await withDoor(policy: policy) { door in
                for (path, status, words) in [
                    ("a", "401 ", "WWW-Authenticate: Basic realm=\"Wattline\""), ("b", "404 ", "No station \"b\" is known"),
                    ("c", "503 ", "Retry-After: 10"),
                ] {
                    let station = try RawStation(door.port)
                    station.say(HandshakeTests.request(method: "GET /\(path) HTTP/1.1"))
                    let answer = try await station.answer()
                    #expect(answer.hasPrefix("HTTP/1.1 " + status) && answer.contains(words), "\(answer)")
                }
                #expect(await door.counts().refused == 3)
                #expect(!door.events.waiting.contains { if case .closed = $0 { true } else { false } })
            }
        }

        @Test("Nobody decides in time: 503, and closed is told") func undecided() async throws {
            try await withDoor(.test { $0.decisionTime = .milliseconds(50) }, policy: TestDoor.undecided) { door in
                let station = try RawStation(door.port)
                station.say(RawStation.request)
                #expect(try await station.answer().hasPrefix("HTTP/1.1 503 "))
                let (id, _) = try await door.knocked()
                #expect(try await door.closed(id).words.contains("in time"))
                door.take(.answer(id, .accept(subprotocol: nil)))
            }
        }

        @Test("A station that leaves before it is let in is told as closed") func leftEarly() async throws {
            try await withDoor(.test { $0.decisionTime = .seconds(30) }, policy: TestDoor.undecided) { door in
                var station: RawStation? = try RawStation(door.port)
                station?.say(RawStation.request)
                let (id, _) = try await door.knocked()
                station = nil
                door.take(.answer(id, .accept(subprotocol: "ocpp1.6")))
                #expect(try await door.closed(id).cause == .lost)
            }
        }

        @Test("No place: 503; a place that is given back is taken again") func full() async throws {
            try await withDoor(.test { $0.stations = 1 }) { door in
                var first: RawStation? = try await RawStation.open(door.port)
                let id = try await door.opened()
                let second = try RawStation(door.port)
                second.say(RawStation.request)
                #expect(try await second.answer().contains("There are 1 stations here already"))
                _ = first
                first = nil
                _ = try await door.closed(id)
                let third = try await RawStation.open(door.port)
                #expect(await door.counts().stations == 1)
                _ = third
            }
        }

        @Test(
            "However Connection and Upgrade are spelled: taken with what comes behind, or refused",
            arguments: [
                "keep-alive,Upgrade", ", upgrade", "\tUPGRADE\t", "close, Upgrade", "Upgrade, close", "upgrade,upgrade", "x\r\nConnection: Upgrade",
                "Upgrade\r\nConnection: close", "\"Upgrade\"", "Upgrade;q=1", "Upgrade x", "Up grade", "upgrade\r\nContent-Length: 0",
                "upgrade\r\nTransfer-Encoding: chunked", "upgrade\r\nContent-Length: 7",
            ])
        func spellings(_ connection: String) async throws {
            try await withDoor { door in
                let station = try RawStation(door.port)
                let request = HandshakeTests.request([("Connection: Upgrade", "Connection: \(connection)")])
                station.say(Array(request.utf8) + RawStation.frame("one"))
                let head = try await station.head()
                guard head.hasPrefix("HTTP/1.1 101") else {
                    #expect(head.hasPrefix("HTTP/1.1 4"), "\(head)")
                    return
                }
                let id = try await door.opened()
                #expect(try await door.text(id) == "one")
            }
        }

        @Test("Frames that come at once behind the request are not lost") func early() async throws {
            try await withDoor { door in
                let station = try RawStation(door.port)
                station.say(Array(RawStation.request.utf8) + RawStation.frame("one") + RawStation.frame("two"))
                let id = try await door.opened()
                #expect(try await door.text(id) == "one")
                #expect(try await door.text(id) == "two")
            }
        }
    }
}
