import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import Testing

@testable import Dashboard

/// A connection that ends at the guard: a test says what comes from the parser, and what is answered.
private struct Line {
    let channel: EmbeddedChannel

    init() throws {
        channel = EmbeddedChannel(handler: RequestGuard())
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    func ask(_ path: String = "/health", method: HTTPRequest.Method = .get, _ fields: HTTPFields = [:], ends: Bool = true) throws {
        try channel.writeInbound(
            HTTPRequestPart.head(HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path, headerFields: fields)))
        if ends { try channel.writeInbound(HTTPRequestPart.end(nil)) }
    }

    func answer(_ status: HTTPResponse.Status = .ok, _ fields: HTTPFields = [:]) throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: status, headerFields: fields)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    func fail(_ error: any Error = HTTPParserError.invalidMethod) { channel.pipeline.fireErrorCaught(error) }

    /// The paths that came through since the last time.
    func heard() throws -> [String] {
        var paths: [String] = []
        while let part = try channel.readInbound(as: HTTPRequestPart.self) { if case .head(let head) = part { paths.append(head.path ?? "") } }
        return paths
    }

    /// The answers that went out since the last time: the status, and whether it was the last.
    func said() throws -> [String] {
        var answers: [String] = []
        while let part = try channel.readOutbound(as: HTTPResponsePart.self) {
            if case .head(let head) = part { answers.append("\(head.status.code)" + (head.headerFields[.connection] == "close" ? " close" : "")) }
        }
        return answers
    }

    /// Whether it is closed when the farewell is over.
    var ends: Bool {
        channel.embeddedEventLoop.advanceTime(by: RequestGuard.farewell)
        return !channel.isActive
    }
}

@Suite("One answer for each request, whatever comes") struct RequestGuardTests {
    @Test("requests go through, one after the other and several at once")
    func usual() throws {
        let line = try Line()
        try line.ask("/a")
        try line.answer()
        try line.ask("/b")
        try line.ask("/c")
        #expect(try line.heard() == ["/a", "/b", "/c"])
        try line.answer()
        try line.answer(.notFound)
        #expect(try line.said() == ["200", "200", "404"] && !line.ends)
    }

    @Test("what is no HTTP is told so when all that was asked before is answered")
    func junk() throws {
        let line = try Line()
        try line.ask("/a")
        try line.ask("/b")
        line.fail()
        line.fail(ByteToMessageDecoderError.dataReceivedInErrorState(HTTPParserError.invalidMethod, ByteBuffer()))
        try line.ask("/c")
        #expect(try line.said().isEmpty)
        try line.answer()
        try line.answer()
        #expect(try line.said() == ["200", "200", "400 close"] && line.heard() == ["/a", "/b"] && line.ends)
        let fresh = try Line()
        fresh.fail(HTTPParserError.headerOverflow)
        fresh.fail()
        #expect(try fresh.said() == ["431 close"] && fresh.ends)
    }

    @Test("a body that goes wrong gets no answer of its own")
    func badBody() throws {
        let answered = try Line()
        try answered.ask(method: .post, ends: false)
        try answered.answer(.unauthorized)
        answered.fail()
        #expect(try answered.said() == ["401"] && answered.ends)
        let waiting = try Line()
        try waiting.ask(method: .post, ends: false)
        waiting.fail()
        try waiting.answer(.unauthorized)
        #expect(try waiting.said() == ["401 close"] && waiting.ends)
    }

    static let lastRequests: [(HTTPRequest.Method, HTTPFields)] = [
        (.get, [.connection: "close"]), (.get, [.connection: "keep-alive, Close"]),
        (.get, [.connection: "Upgrade, HTTP2-Settings", .upgrade: "h2c"]),
        (.connect, HTTPFields()),
    ]

    @Test("whoever says close, or wants to go on as something else, gets one answer more", arguments: lastRequests)
    func last(method: HTTPRequest.Method, fields: HTTPFields) throws {
        let line = try Line()
        try line.ask("/a", method: method, fields)
        try line.ask("/b")
        #expect(try line.heard() == ["/a"])
        try line.answer()
        #expect(try line.said() == ["200 close"] && line.ends)
    }

    @Test("an answer that says close is the last, whatever else was asked")
    func lastAnswer() throws {
        let line = try Line()
        try line.ask("/a", method: .post, ends: false)
        try line.ask("/b")
        try line.answer(.contentTooLarge, [.connection: "close"])
        #expect(try line.said() == ["413 close"] && line.ends)
    }

    @Test("a body may have its limit and its time")
    func bodies() throws {
        let slow = try Line()
        try slow.ask(method: .post, ends: false)
        try slow.answer()
        slow.channel.embeddedEventLoop.advanceTime(by: RequestGuard.bodyTime - .seconds(1))
        #expect(slow.channel.isActive)
        slow.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!slow.channel.isActive)
        let quick = try Line()
        try quick.ask(method: .post, ends: false)
        try quick.answer()
        try quick.channel.writeInbound(HTTPRequestPart.end(nil))
        try quick.ask(method: .post, ends: false)
        quick.channel.embeddedEventLoop.advanceTime(by: RequestGuard.bodyTime)
        #expect(quick.channel.isActive)
        let large = try Line()
        try large.ask(method: .post, ends: false)
        let part = ByteBuffer(repeating: 0, count: RequestGuard.bodyLimit / 2)
        try large.channel.writeInbound(HTTPRequestPart.body(part))
        try large.channel.writeInbound(HTTPRequestPart.body(part))
        #expect(large.channel.isActive)
        try large.channel.writeInbound(HTTPRequestPart.body(part))
        #expect(!large.channel.isActive)
    }
}
