import Glibc
import Testing
import WebSocket

@testable import WebSocketDoor

extension DoorTests {
    @Suite("The station's side against the door", .timeLimit(.minutes(2))) struct DialTests {
        @Test("Texts go both ways, whole or in pieces; the door hears who it is") func talk() async throws {
            try await withDoor { door in
                try await withSockets { stations in
                    var dial = Dial.station("Süd/1", at: door.port, ["ocpp2.0.1", "ocpp1.6"])
                    dial.credentials = Knock.Credentials(user: "Süd/1", password: [0, 0xFF, 0x3A])
                    #expect(try await stations.open(1, dial) == "ocpp1.6")
                    let (id, knock) = try await door.knocked()
                    #expect(knock.station == "Süd/1" && knock.credentials == dial.credentials && knock.subprotocols == dial.subprotocols)
                    stations.take(.send(SocketID(number: 1), Array("hällo".utf8), piece: nil))
                    #expect(try await door.text(id) == "hällo")
                    // Pieces don't end where characters do.
                    stations.take(.send(SocketID(number: 1), Array("häääällo".utf8), piece: 1))
                    #expect(try await door.text(id) == "häääällo")
                    door.take(.send(id, Array("[3]".utf8)))
                    #expect(try await stations.text(1) == "[3]")
                    stations.take(.send(SocketID(number: 1), [], piece: nil))
                    #expect(try await door.text(id) == "")
                }
            }
        }

        @Test("Ends: goodbyes of either side have their codes; a reset and a broken frame are what they are") func ends() async throws {
            try await withDoor { door in
                try await withSockets { stations in
                    try await stations.open(1, .station(at: door.port))
                    let first = try await door.opened()
                    stations.take(.close(SocketID(number: 1), .normal, "done"))
                    #expect(try await door.closed(first) == SocketEnd(.farewell, code: .normal, words: "the station said goodbye: done"))
                    #expect(try await stations.closed(1) == SocketEnd(.ordered, code: .normal, words: "done"))

                    try await stations.open(2, .station(at: door.port))
                    let second = try await door.opened()
                    door.take(.close(second, .goingAway, "moving"))
                    #expect(try await stations.closed(2) == SocketEnd(.farewell, code: .goingAway, words: "the backend said goodbye: moving"))
                    #expect(try await door.closed(second).cause == .ordered)

                    try await stations.open(3, .station(at: door.port))
                    let third = try await door.opened()
                    stations.take(.abort(SocketID(number: 3)))
                    #expect(try await stations.closed(3).cause == .ordered)
                    #expect(try await door.closed(third).cause == .lost)

                    try await stations.open(4, .station(at: door.port))
                    let fourth = try await door.opened()
                    stations.take(.sendRaw(SocketID(number: 4), first: 0x82, payload: [1], isMasked: true))
                    #expect(try await door.closed(fourth).code == .unsupportedData)
                    #expect(try await stations.closed(4).code == .unsupportedData)

                    try await stations.open(5, .station(at: door.port))
                    let fifth = try await door.opened()
                    door.take(.abort(fifth))
                    #expect(try await stations.closed(5).cause == .lost)
                    #expect(try await door.closed(fifth).cause == .ordered)
                }
            }
        }

        @Test("Frozen, it answers nothing any more: the door ends it for its silence") func frozen() async throws {
            try await withDoor(.test { $0.pingInterval = .milliseconds(40) }) { door in
                try await withSockets { stations in
                    try await stations.open(1, .station(at: door.port))
                    let id = try await door.opened()
                    stations.take(.freeze(SocketID(number: 1)))
                    #expect(try await door.closed(id).cause == .silent)
                    stations.take(.abort(SocketID(number: 1)))
                    _ = try await stations.closed(1)
                }
            }
        }

        @Test("Its own pings: a backend that is silent is given up") func silentBackend() async throws {
            try await withSilentServer(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: KEY\r\n\r\n"
            ) {
                port in
                try await withSockets(.test { $0.pingInterval = .milliseconds(40) }) { stations in
                    try await stations.open(1, .station(at: port, []))
                    #expect(try await stations.closed(1).cause == .silent)
                }
            }
        }

        @Test("Why there is no connection is said in words") func problems() async throws {
            let policy: TestDoor.Policy = { _, knock in
                switch knock.station {
                case "a": .refuse(.unauthorized)
                case "b": .refuse(.unknown(station: "b"))
                default: .accept(subprotocol: nil)
                }
            }
            try await withDoor(policy: policy) { door in
                try await withSockets { stations in
                    let unauthorized = await stations.problem(1, .station("a", at: door.port))
                    #expect(unauthorized == .status(401, words: Refusal.unauthorized.words))
                    let unknown = await stations.problem(2, .station("b", at: door.port))
                    #expect(unknown?.description.contains("does not know this station (404): \"No station \"b\" is known here") == true)
                    #expect(await stations.problem(3, .station("c", at: door.port)) == .subprotocol(offered: ["ocpp1.6"], chosen: nil))
                    #expect(await stations.problem(4, .station("c", at: door.port, [])) == nil)
                    let free = try RawListener()
                    let port = free.port
                    free.close()
                    #expect(await stations.problem(5, .station(at: port)) == .refused(address: "127.0.0.1:\(port)"))
                    var dial = Dial.station(at: door.port)
                    dial.url.host = "no.such.host.invalid"
                    guard case .unreachable = await stations.problem(6, dial) else { throw Missed(description: "it is reachable") }
                }
            }
        }

        @Test(
            "What is no WebSocket server is told so",
            arguments: [
                ("SSH-2.0-OpenSSH\r\n", "no HTTP"),
                (
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
                    "Sec-WebSocket-Accept"
                ),
                ("HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n", "301"),
                ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200 instead of a WebSocket: \"hello\""),
            ])
        func strange(_ answer: String, _ words: String) async throws {
            try await withSilentServer(answer) { port in
                try await withSockets { stations in
                    let problem = await stations.problem(1, .station(at: port))
                    #expect(problem?.description.contains(words) == true, "\(problem?.description ?? "none")")
                }
            }
        }

        @Test("A frame that comes at once behind the answer is not lost") func early() async throws {
            let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: KEY\r\n\r\n"
            try await withSilentServer(answer + "\u{1}\u{2}hi") { port in
                try await withSockets { stations in
                    try await stations.open(1, .station(at: port, []))
                    // A first part of a message, and not the rest.
                    stations.take(.close(SocketID(number: 1), .normal, ""))
                    #expect(try await stations.closed(1).cause == .ordered)
                }
            }
        }

        @Test("No answer in time") func late() async throws {
            try await withSilentServer("") { port in
                try await withSockets(.test { $0.connectTime = .seconds(1) }) { stations in
                    #expect(await stations.problem(1, .station(at: port)) == .timedOut(what: "the answer of 127.0.0.1:\(port)", seconds: 1))
                }
            }
        }

        @Test("Given up while it connects: failed is told, once") func givenUp() async throws {
            try await withSilentServer("") { port in
                try await withSockets { stations in
                    stations.take(.connect(SocketID(number: 1), .station(at: port)))
                    stations.take(.abort(SocketID(number: 1)))
                    _ = try await stations.events.next("failed") { if case .failed = $0 { () } else { nil } }
                }
            }
        }

        @Test("500 stations on one thread talk in order, each with its own") func many() async throws {
            let (count, rounds) = (500, 10)
            try await withDoor { door in
                try await withSockets { stations in
                    for number in 1...UInt64(count) { stations.take(.connect(SocketID(number: number), .station("ST-\(number)", at: door.port))) }
                    var ids: [SocketID: String] = [:]
                    for _ in 0..<count {
                        let (id, knock) = try await door.knocked()
                        ids[id] = knock.station
                    }
                    for _ in 0..<count { _ = try await stations.events.next("opened") { if case .opened = $0 { () } else { nil } } }
                    for round in 0..<rounds {
                        for number in 1...UInt64(count) {
                            stations.take(.send(SocketID(number: number), Array("ST-\(number) \(round)".utf8), piece: nil))
                        }
                    }
                    var said: [SocketID: Int] = [:]
                    for _ in 0..<(count * rounds) {
                        let (id, text) = try await door.events.next("text") {
                            if case .text(let id, let bytes) = $0 { (id, String(decoding: bytes, as: UTF8.self)) } else { nil }
                        }
                        #expect(text == "\(ids[id] ?? "?") \(said[id, default: 0])")
                        said[id, default: 0] += 1
                    }
                    #expect(await door.counts().stations == count)
                }
            }
        }
    }
}

/// A listening socket.
final class RawListener: @unchecked Sendable {
    let descriptor: Int32
    let port: UInt16

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw Missed(description: "no port: \(errno)") }
        port = UInt16(bigEndian: address.sin_port)
    }

    func close() { Glibc.close(descriptor) }
}

/// A server that answers one request with a text, `KEY` being the answer to its key, and then says nothing more.
func withSilentServer(_ answer: String, _ body: (UInt16) async throws -> Void) async throws {
    let listener = try RawListener()
    let server = Task {
        try await blocking { () -> Int32 in
            let descriptor = accept(listener.descriptor, nil, nil)
            guard descriptor >= 0 else { return descriptor }
            var bytes = [UInt8](repeating: 0, count: 8192)
            let count = read(descriptor, &bytes, bytes.count)
            let request = String(decoding: bytes[..<max(0, count)], as: UTF8.self)
            let key = request.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }?.dropFirst(19) ?? ""
            let text = answer.replacing("KEY", with: AcceptKey.of(String(key)))
            _ = text.withCString { send(descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
            return descriptor
        }
    }
    let result: Result<Void, any Error>
    do { result = .success(try await body(listener.port)) } catch { result = .failure(error) }
    shutdown(listener.descriptor, Int32(SHUT_RDWR))
    let descriptor = try await server.value
    if descriptor >= 0 { close(descriptor) }
    listener.close()
    try result.get()
}
