import ChargingModel
import EventLoop
import Glibc
import Platform
import Settings
import Testing

@testable import Services

/// Sockets of somebody who is not a monitor. Blocking, closed with it, and used by one thread at a time.
private final class Crowd: @unchecked Sendable {
    private var sockets: [Int32] = []
    private let address: sockaddr_in

    init(_ port: UInt16) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        self.address = address
    }

    deinit { for socket in sockets { close(socket) } }

    /// Connects, and says something or nothing.
    @discardableResult
    func join(saying text: String = "") -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        sockets.append(descriptor)
        let isConnected = withUnsafePointer(to: address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
        guard isConnected, text.isEmpty || send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL)) == text.utf8.count else { return nil }
        return descriptor
    }

    /// All that is answered until the other end closes.
    func answer(on descriptor: Int32) async throws -> String { try await blocking { [self] in wait(on: descriptor) } }

    private func wait(on descriptor: Int32) -> String {
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &part, part.count)
            guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
            answer += part[..<count]
        }
    }
}

@Suite("P13: health is what the engine says, whoever else is at its port", .timeLimit(.minutes(2)), .serialized) struct HealthCrowdTests {
    private func withResponder(_ body: (EventLoop, Endpoint) async throws -> Void) async throws {
        try await withLoop { loop in
            let responder = try await loop.on {
                OnLoop(try HealthResponder(loop: loop, host: "127.0.0.1", port: 0) { (true, [("cp", "CP-001"), ("state", "ACTIVATED")]) })
            }
            try await body(loop, Endpoint(host: "127.0.0.1", port: try await loop.on { responder.value.port }))
            try await loop.on { responder.value.close() }
            let left = try await loop.on { HealthRoom.of(loop).count }
            #expect(left == 0)
        }
    }

    /// As its monitor asks: on a loop of its own, within a second.
    private func check(_ endpoint: Endpoint) async throws -> HealthCheck.Result {
        try await withLoop { await $0.check(endpoint, for: "CP-001", timeout: .seconds(1)) }
    }

    @Test(
        "P13: a check passes within its second, whatever number of connections ask nothing or half of something",
        arguments: [(80, ""), (1000, ""), (1000, "GET /health HTTP/1.1\r\nX: "), (9000, "")])
    func idle(_ number: Int, _ text: String) async throws {
        DescriptorLimit.raise()
        try await withResponder { loop, endpoint in
            let crowd = Crowd(endpoint.port)
            let joined = try await blocking { (0..<number).count { _ in crowd.join(saying: text) != nil } }
            try #require(joined == number)
            for _ in 0..<3 { #expect(try await check(endpoint) == .passed) }
            let waiting = try await loop.on { HealthRoom.of(loop).count }
            #expect(waiting <= HealthRoom.places + 1)
        }
    }

    @Test("P13: a check passes while somebody goes on connecting as fast as he can")
    func flood() async throws {
        try await withResponder { _, endpoint in
            let isOver = Guarded(false)
            let flood = Task {
                try await blocking {
                    while !isOver.withLock({ $0 }) {
                        let crowd = Crowd(endpoint.port)
                        for _ in 0..<200 { crowd.join() }
                    }
                }
            }
            for _ in 0..<10 {
                let found = try await check(endpoint)
                #expect(found == .passed)
            }
            isOver.withLock { $0 = true }
            try await flood.value
        }
    }

    @Test("P13: who has asked is answered, though many came later and nobody was heard yet")
    func unheard() async throws {
        try await withResponder { loop, endpoint in
            let crowd = Crowd(endpoint.port)
            // The loop stands still meanwhile.
            let asked = try await loop.on { crowd.askThenCrowd() }
            let socket = try #require(asked)
            let answer = try await crowd.answer(on: socket)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test("P13: a request that comes byte by byte has 5 s in all, not for each of them")
    func slow() async throws {
        try await withResponder { loop, endpoint in
            let began = ContinuousClock.now
            let address = try NumericAddress(host: "127.0.0.1", port: endpoint.port)
            let isClosed: Bool = await loop.wait { done in
                TCPConnection.connect(loop: loop, to: address, timeout: .seconds(1)) { result in
                    guard case .success(let connection) = result else { return done(false) }
                    connection.onClose = { _ in done(true) }
                    for number in 0..<200 { loop.schedule(after: .milliseconds(100 * number)) { connection.write([UInt8(ascii: "x")]) } }
                }
            }
            #expect(isClosed && (.seconds(4)...(.seconds(8))).contains(began.duration(to: .now)))
        }
    }

    @Test("P13: one answer for each connection: to the first of several requests, to half a close, and only the head to HEAD")
    func answers() async throws {
        try await withResponder { _, endpoint in
            let crowd = Crowd(endpoint.port)
            let request = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
            let several = try await crowd.answer(on: try #require(crowd.join(saying: request + request)))
            #expect(several.ranges(of: "HTTP/1.1").count == 1 && several.contains("Connection: close"))
            let half = try #require(crowd.join(saying: request))
            shutdown(half, Int32(SHUT_WR))
            let same = try await crowd.answer(on: half)
            #expect(same == several)
            let head = try await crowd.answer(on: try #require(crowd.join(saying: "HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n")))
            #expect(several.hasPrefix(head) && head.hasSuffix("\r\n\r\n") && head.contains("Content-Length: 3"))
            let endless = try #require(crowd.join(saying: "GET /health HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 1000)))
            let refusal = try await crowd.answer(on: endless)
            #expect(refusal.hasPrefix("HTTP/1.1 431 "))
        }
    }
}

extension Crowd {
    /// One that asks, and then many that don't.
    fileprivate func askThenCrowd() -> Int32? {
        let asked = join(saying: "GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        for _ in 0..<200 { join() }
        return asked
    }
}

@Suite("The monitor's side of a check", .timeLimit(.minutes(1))) struct HealthCheckTests {
    /// Writes a piece every so often, for ever.
    private func check(_ beginning: String, then piece: String, every pace: Duration, timeout: Duration) async throws -> HealthCheck.Result {
        try await withLoop { loop in
            let listener = try await loop.on {
                OnLoop(
                    try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { connection in
                        func goOn() {
                            guard !connection.isClosed else { return }
                            connection.write(Array(piece.utf8))
                            loop.schedule(after: pace, goOn)
                        }
                        connection.onRead = { _ in
                            connection.write(Array(beginning.utf8))
                            goOn()
                        }
                    })
            }
            let port = try await loop.on { listener.value.port }
            let result = await loop.check(Endpoint(host: "127.0.0.1", port: port), for: "CP-001", timeout: timeout)
            try await loop.on { listener.value.close() }
            return result
        }
    }

    @Test("P13: an answer has its second in all, however often a byte of it comes")
    func slowAnswer() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n"
        #expect(try await check(head, then: " ", every: .milliseconds(5), timeout: .milliseconds(300)) == .failed("no answer in 0.3 s"))
        #expect(try await check("", then: "H", every: .milliseconds(5), timeout: .milliseconds(300)) == .failed("no answer in 0.3 s"))
    }

    @Test("P13: an answer that does not end is a failure after 16 KiB, in its head or its body")
    func endlessAnswer() async throws {
        let piece = String(repeating: "x", count: 1000)
        for head in ["\r\n{\"cp\":\"CP-001\"}", "X: ", "Content-Length: 99999999999999999999\r\n\r\n"] {
            #expect(
                try await check("HTTP/1.1 200 OK\r\n" + head, then: piece, every: .zero, timeout: .seconds(10))
                    == .failed("an answer that does not end"))
        }
    }
}
