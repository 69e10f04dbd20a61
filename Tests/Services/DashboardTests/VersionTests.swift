import NIOHTTP1
import Testing

@testable import Dashboard

@Suite("Requests by any version of HTTP", .timeLimit(.minutes(1))) struct VersionTests {
    struct Case: CustomTestStringConvertible {
        var request: String
        var status: Int
        var testDescription: String { request.replacing("\r\n", with: " / ") }
        init(_ request: String, _ status: Int) {
            self.request = request
            self.status = status
        }
    }

    /// A request by HTTP/1.1 says close, so that the answer's end is seen.
    private static let close = "Connection: close\r\n"

    @Test(
        "a request that breaks RFC 9112 is refused, and its connection ends",
        arguments: [
            Case("GET /cp HTTP/1.1\r\n", 400), Case("GET /cp HTTP/1.1\r\nHost: \r\n", 400),
            Case("GET /cp HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n", 400),
            Case("GET /cp HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n", 400),
            Case("GET /cp HTTP/1.0\r\nHost: localhost\r\nHost: evil.example\r\n", 400),
            Case("GET /cp HTTP/1.1\r\nHost: localhost:http\r\n", 400), Case("GET /cp HTTP/1.1\r\nHost: localhost:65536\r\n", 400),
            Case("GET /cp HTTP/1.1\r\nHost: localhost:-1\r\n", 400), Case("GET /cp HTTP/1.1\r\nHost: evil@localhost\r\n", 400),
            Case("GET /cp HTTP/1.1\r\nHost: localhost evil\r\n", 400), Case("GET /cp HTTP/1.1\r\nHost: localhost/evil\r\n", 400),
            Case("GET /cp HTTP/1.1\r\nHost: [::1\r\n", 400), Case("GET /cp HTTP/1.1\r\nHost: [::1]x\r\n", 400),
            Case("GET cp HTTP/1.1\r\nHost: localhost\r\n", 400), Case("GET ftp://localhost/cp HTTP/1.1\r\nHost: localhost\r\n", 400),
            Case("GET http://evil@localhost/cp HTTP/1.1\r\nHost: localhost\r\n", 400),
            Case("GET http:///cp HTTP/1.1\r\nHost: localhost\r\n", 400), Case("GET * HTTP/1.1\r\nHost: localhost\r\n", 400),
            Case("GET http://localhost/cp HTTP/1.1\r\n", 400),
            Case("POST /cp/resume HTTP/1.0\r\nTransfer-Encoding: chunked\r\n", 400),
            Case("GET /cp HTTP/0.9\r\nHost: localhost\r\n", 505), Case("GET /cp HTTP/2.0\r\nHost: localhost\r\n", 505),
            Case("GET /cp HTTP/1.2\r\nHost: localhost\r\n", 505), Case("GET /cp HTTP/3.0\r\nHost: localhost\r\n", 505),
        ])
    func refused(_ wrong: Case) async throws {
        try await withServer { port in
            let answer = try await RawClient(port).say(wrong.request + "\r\nGET /cp HTTP/1.1\r\nHost: localhost\r\n\r\n").answer()
            #expect(answer.hasPrefix("HTTP/1.1 \(wrong.status) ") && answer.contains("application/problem+json"), "\(answer)")
            #expect(answer.lowercased().contains("connection: close") && answer.matches(of: /HTTP\/1.1 \d+/).count == 1, "\(answer)")
        }
    }

    @Test(
        "the name that counts is the target's own, then Host's; without either only HTTP/1.0 may ask",
        arguments: [
            Case("GET /cp HTTP/1.1\r\nHost: localhost\r\n\(close)", 200), Case("GET /cp HTTP/1.1\r\nHost: LOCALHOST:1\r\n\(close)", 200),
            Case("GET /cp HTTP/1.1\r\nHost: localhost:\r\n\(close)", 200), Case("GET /cp HTTP/1.1\r\nHost: [::1]:80\r\n\(close)", 200),
            Case("GET /cp HTTP/1.1\r\nHost: evil.example\r\n\(close)", 421), Case("GET /cp HTTP/1.0\r\nHost: evil.example\r\n", 421),
            Case("GET http://localhost/cp HTTP/1.1\r\nHost: evil.example\r\n\(close)", 200),
            Case("GET HTTP://localhost:80/cp?state=FAULTY HTTP/1.1\r\nHost: localhost\r\n\(close)", 200),
            Case("GET http://localhost HTTP/1.1\r\nHost: localhost\r\n\(close)", 200),
            Case("GET http://evil.example/cp HTTP/1.1\r\nHost: localhost\r\n\(close)", 421),
            Case("GET http://evil.example/cp HTTP/1.0\r\n", 421), Case("GET /cp HTTP/1.0\r\n", 200),
            Case("GET http://localhost/cp HTTP/1.0\r\n", 200),
            Case("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\(close)", 204), Case("OPTIONS * HTTP/1.0\r\n", 204),
            Case("OPTIONS * HTTP/1.1\r\nHost: evil.example\r\n\(close)", 421),
        ])
    func names(_ request: Case) async throws {
        try await withServer { port in
            let answer = try await RawClient(port).say(request.request + "\r\n").answer()
            #expect(answer.split(separator: " ").dropFirst().first == "\(request.status)", "\(answer)")
        }
    }

    @Test(
        "HTTP/1.0 gets one answer in one piece, and the connection ends, whatever it says of keeping it",
        arguments: ["", "Connection: keep-alive\r\n", "Connection: Keep-Alive\r\nHost: localhost\r\n", "Connection: close\r\n"])
    func old(_ fields: String) async throws {
        try await withServer { port in
            let began = ContinuousClock.now
            let whole = try await RawClient(port).say("GET / HTTP/1.0\r\n\(fields)\r\nGET /cp HTTP/1.0\r\n\r\n").answer()
            let head = try await RawClient(port).say("HEAD / HTTP/1.0\r\n\(fields)\r\n").answer()
            #expect(began.duration(to: .now) < .seconds(5), "its end is the answer's, not a time-out's")
            let parts = whole.split(separator: "\r\n\r\n", maxSplits: 1)
            let said = parts[0].lowercased()
            #expect(said.hasPrefix("http/1.0 200 ") && said.contains("connection: close") && !said.contains("transfer-encoding"), "\(said)")
            #expect(said.contains("content-length: \(parts[1].utf8.count)") && parts[1].hasSuffix("</html>\n"))
            #expect(head.lowercased().contains("content-length: \(parts[1].utf8.count)") && head.hasSuffix("\r\n\r\n"))
        }
    }

    @Test("the stream comes by HTTP/1.0 as it is, until the server ends")
    func stream() async throws {
        let client = try await withServer { port in
            let client = try RawClient(port).say("GET /events HTTP/1.0\r\n\r\n")
            let beginning = try await client.answer(until: "event: snapshot\n")
            let parts = beginning.split(separator: "\r\n\r\n", maxSplits: 1)
            let head = parts[0].lowercased()
            #expect(head.contains("connection: close") && !head.contains("transfer-encoding") && !head.contains("content-length"), "\(head)")
            #expect(parts[1].hasPrefix("retry: 1000\n\n"))
            return client
        }
        _ = try await client.answer()
    }

    @Test("HTTP/1.1 goes on: several requests on a connection, and a stream in pieces")
    func current() async throws {
        try await withServer { port in
            let request = "GET /cp HTTP/1.1\r\nHost: localhost\r\n"
            let both = try await RawClient(port).say(request + "\r\n" + request + "Connection: close\r\n\r\n").answer()
            #expect(both.ranges(of: "HTTP/1.1 200 OK").count == 2)
            let stream = try await RawClient(port).say("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n").answer(until: "snapshot")
            #expect(stream.lowercased().contains("transfer-encoding: chunked"))
        }
    }

    @Test("of several requests those before a bad one are answered, then it, and none behind it")
    func pipelined() async throws {
        try await withServer { port in
            let good = "GET /cp HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let answers = try await RawClient(port).say(good + good + "GET /cp HTTP/1.1\r\n\r\n" + good).answer()
            #expect(answers.matches(of: /HTTP\/1.1 (\d+)/).map { String($0.1) } == ["200", "200", "400"])
            let old = try await RawClient(port).say(good + "GET /cp HTTP/1.0\r\n\r\n" + good).answer()
            let last = try await RawClient(port).say("GET /cp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\nnonsense\r\n\r\n").answer()
            #expect(last.matches(of: /HTTP\/1.. \d+/).map { String($0.0) } == ["HTTP/1.1 200"] && last.lowercased().contains("connection: close"))
            #expect(old.matches(of: /HTTP\/1.. \d+/).map { String($0.0) } == ["HTTP/1.1 200", "HTTP/1.0 200"])
        }
    }
}
