import ChargingModel
import EventLoop
import Glibc
import Services
import Settings
import Testing

@Suite("P13: health answers and checks", .timeLimit(.minutes(1))) struct HealthTests {
    private func responder(_ loop: EventLoop, isHealthy: Bool = true) async throws -> (OnLoop<HealthResponder>, Endpoint) {
        let responder = try await loop.on {
            OnLoop(try HealthResponder(loop: loop, host: "127.0.0.1", port: 0) { (isHealthy, [("cp", "CP-001"), ("state", "ACTIVATED")]) })
        }
        let port = try await loop.on { responder.value.port }
        return (responder, Endpoint(host: "127.0.0.1", port: port))
    }

    @Test("200 with the right point passes, by name as well; any other point, and 503, is a failure with its reason") func answers() async throws {
        try await withLoop { loop in
            let (well, endpoint) = try await responder(loop)
            #expect(await loop.check(endpoint, for: "CP-001") == .passed)
            #expect(await loop.check(endpoint) == .passed)
            #expect(await loop.check(Endpoint(host: "localhost", port: endpoint.port), for: "CP-001") == .passed)
            #expect(await loop.check(endpoint, for: "CP-002") == .failed("CP-001 answered instead of CP-002"))
            let (ill, other) = try await responder(loop, isHealthy: false)
            #expect(await loop.check(other, for: "CP-001") == .failed("HTTP status 503"))
            try await loop.on { for responder in [well, ill] { responder.value.close() } }
        }
    }

    @Test("a process is ready if it answers 200 and, where it says so, has its broker; a refusal's reason is told") func ready() async throws {
        try await withLoop { loop in
            for (isHealthy, body, expected) in [
                (true, [("role", "monitor"), ("status", "ready")], .passed), (true, [("cp", "CP-001"), ("broker", "connected")], .passed),
                (true, [("cp", "CP-001"), ("broker", "not connected to the broker")], .failed("not connected to the broker")),
                (false, [("status", "not ready"), ("reason", "not connected")], .failed("HTTP status 503: not connected")),
            ] as [(Bool, [(String, String)], HealthCheck.Result)] {
                let responder = try await loop.on {
                    OnLoop(try HealthResponder(loop: loop, host: "127.0.0.1", port: 0) { (isHealthy, body.map { (name: $0.0, value: $0.1) }) })
                }
                let endpoint = Endpoint(host: "127.0.0.1", port: try await loop.on { responder.value.port })
                #expect(await loop.check(endpoint, .ready) == expected)
                try await loop.on { responder.value.close() }
            }
        }
    }

    @Test(
        "what answers nothing, nonsense or without end is a failure",
        arguments: [
            (nil, "no answer in 0.1 s"), ("hello\r\n", "an answer that is not HTTP"),
            ("HTTP/1.1 200 OK\r\n\r\n", "an answer without its charge point"),
            ("HTTP/1.1 200 OK\r\n\r\n{\"cp\":7}", "an answer without its charge point"),
            ("HTTP/1.1 twohundred\r\n\r\n", "an answer that is not HTTP"),
            (String(repeating: "x", count: 20_000), "an answer that does not end"),
        ] as [(String?, String)]) func nonsense(_ answer: String?, _ reason: String) async throws
    {
        try await withLoop { loop in
            let listener = try await loop.on {
                OnLoop(
                    try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { connection in
                        // Kept by its own handler until it is closed.
                        connection.onRead = { _ in
                            guard let answer else { return }
                            connection.write(Array(answer.utf8))
                            connection.finish()
                        }
                    })
            }
            let endpoint = Endpoint(host: "127.0.0.1", port: try await loop.on { listener.value.port })
            #expect(await loop.check(endpoint, for: "CP-001", timeout: answer == nil ? .milliseconds(100) : .seconds(5)) == .failed(reason))
            try await loop.on { listener.value.close() }
        }
    }

    @Test("who is closed before a word asks again, twice", arguments: [0, 1, 2, 3]) func closed(_ times: Int) async throws {
        try await withLoop { loop in
            let left = Guarded(times)
            let listener = try await loop.on {
                OnLoop(
                    try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { connection in
                        let isClosing = left.withLock { left in
                            left -= 1
                            return left >= 0
                        }
                        connection.onRead = { _ in
                            if !isClosing { connection.write(Array("HTTP/1.1 200 OK\r\n\r\n{\"cp\":\"CP-001\"}".utf8)) }
                            connection.finish()
                        }
                    })
            }
            let endpoint = Endpoint(host: "127.0.0.1", port: try await loop.on { listener.value.port })
            let found = await loop.check(endpoint, for: "CP-001", timeout: .seconds(5))
            #expect(found == (times < 3 ? .passed : .failed("no answer: the connection was closed")))
            try await loop.on { listener.value.close() }
        }
    }

    @Test("where nobody listens the connection is refused") func refused() async throws {
        // Bound and not listening: nobody else can get the port meanwhile.
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0 }
        }
        try #require(isBound)
        let port = UInt16(bigEndian: address.sin_port)
        try await withLoop { loop in
            #expect(await loop.check(Endpoint(host: "127.0.0.1", port: port)) == .failed("connection refused"))
        }
    }

    @Test("a name that nobody knows is a failure, not a crash") func unknownName() async throws {
        try await withLoop { loop in
            guard case .failed = await loop.check(Endpoint(host: "no-such-host.invalid", port: 1)) else { return #expect(Bool(false)) }
        }
    }

    @Test(
        "requests: in pieces, of another path or method, nonsense, too long",
        arguments: [
            (["GET /hea", "lth HTTP/1.1\r\nHost: x\r", "\n\r\n"], "HTTP/1.1 200 OK"), (["GET /health?x=1 HTTP/1.0\r\n\r\n"], "HTTP/1.1 200 OK"),
            (["GET / HTTP/1.1\r\n\r\n"], "HTTP/1.1 404 "), (["POST /health HTTP/1.1\r\n\r\n"], "HTTP/1.1 405 "), (["\r\n\r\n"], "HTTP/1.1 400 "),
            ([String(repeating: "GET ", count: 2000)], "HTTP/1.1 431 "), (["\u{0}\u{1}\r\n\r\n"], "HTTP/1.1 400 "),
        ]) func requests(_ parts: [String], _ status: String) async throws
    {
        try await withLoop { loop in
            let (responder, endpoint) = try await responder(loop)
            let answer = await loop.ask(endpoint.port, parts)
            #expect(answer.hasPrefix(status), "\(answer)")
            #expect(answer.contains("Content-Length: ") && answer.contains("Connection: close"))
            try await loop.on { responder.value.close() }
        }
    }

    @Test("metrics are told where there are some, and else nothing is there") func metrics() async throws {
        try await withLoop { loop in
            for text in ["a_total 1\n", nil] {
                let responder = try await loop.on {
                    OnLoop(try HealthResponder(loop: loop, host: "127.0.0.1", port: 0, metrics: { text }, report: { (false, [("reason", "ill")]) }))
                }
                let port = try await loop.on { responder.value.port }
                let answer = await loop.ask(port, ["GET /metrics HTTP/1.1\r\n\r\n"])
                #expect(answer.hasPrefix(text == nil ? "HTTP/1.1 404 " : "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4"), "\(answer)")
                if let text { #expect(answer.hasSuffix("\r\n\r\n" + text)) }
                #expect(await loop.ask(port, ["GET /health HTTP/1.1\r\n\r\n"]).hasPrefix("HTTP/1.1 503 "))
                try await loop.on { responder.value.close() }
            }
        }
    }
}
