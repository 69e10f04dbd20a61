import EventLoop
import Foundation
import NIOCore
import NIOEmbedded
import Platform
import Settings
import Testing

@testable import Dashboard

@Suite("A crowd at the HTTP side", .timeLimit(.minutes(1)), .serialized) struct CrowdTests {
    private static let request = "GET /health HTTP/1.1\r\nHost: localhost\r\n"

    @Test(
        "the oldest connection without a whole request makes room for an honest one",
        arguments: [("", 50, 1100), ("GET /health HTTP/1.1\r\nX: ", 50, 300), ("\(request)\r\n", 50, 300), ("", 2000, 2500)])
    func idle(_ text: String, _ limit: Int, _ number: Int) async throws {
        DescriptorLimit.raise()
        try await withServer(limit: limit) { port in
            let crowd = try await blocking { try (0..<number).map { _ in try RawClient(port).say(text) } }
            let began = ContinuousClock.now
            for _ in 0..<10 {
                let answer = try await RawClient(port).say("\(CrowdTests.request)Connection: close\r\n\r\n").answer()
                #expect(answer.hasPrefix("HTTP/1.1 503"), "no Central is behind it, and it says so: \(answer)")
            }
            #expect(began.duration(to: .now) < .nanoseconds(HTTPServer.idleTime.nanoseconds), "before idle ones are closed for being idle")
            withExtendedLifetime(crowd) {}
        }
    }

    @Test("who reads the stream is not made to go by others who ask nothing")
    func readers() async throws {
        let reader = try await withServer(limit: 20) { port in
            let reader = try RawClient(port).say("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            _ = try await reader.answer(until: "snapshot")
            let crowd = try await blocking { try (0..<100).map { _ in try RawClient(port) } }
            _ = try await RawClient(port).say("\(CrowdTests.request)Connection: close\r\n\r\n").answer()
            withExtendedLifetime(crowd) {}
            return reader
        }
        #expect(try await reader.answer().hasSuffix("0\r\n\r\n"), "the server ended its stream as it should")
    }

    @Test("the server ends well while others go on connecting")
    func end() async throws {
        for _ in 0..<5 {
            let isOver = Guarded(false)
            let answer = try await withServer { port in
                // On a thread of its own: the server needs those of the pool.
                Thread.detachNewThread {
                    while !isOver.withLock({ $0 }) {
                        // Refused when the server has gone.
                        _ = (0..<50).compactMap { _ in try? RawClient(port) }
                    }
                }
                return try await RawClient(port).say("\(CrowdTests.request)Connection: close\r\n\r\n").answer()
            }
            isOver.withLock { $0 = true }
            #expect(answer.hasPrefix("HTTP/1.1 503"))
        }
    }

    @Test("among those who ask nothing the oldest goes; who is being answered stays, unless nobody else can go and it has had its time")
    func order() throws {
        let crowd = Crowd(limit: 2)
        let channels = (0..<5).map { _ in EmbeddedChannel() }
        for channel in channels { try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait() }
        func alive() -> [Bool] { channels.map(\.isActive) }
        let first = crowd.enter(channels[0])
        let second = crowd.enter(channels[1])
        let busy = try #require(crowd.move(channels[0], from: first, to: .answering))
        _ = crowd.enter(channels[2])
        #expect(alive() == [true, false, true, true, true] && crowd.count == 2)
        #expect(crowd.move(channels[1], from: second, to: .answering) == nil, "it has gone")
        _ = crowd.enter(channels[3])
        #expect(alive() == [true, false, false, true, true])
        let reading = try #require(crowd.move(channels[0], from: busy, to: .reading))
        crowd.leave(reading)
        #expect(crowd.count == 1)
        let alone = Crowd(limit: 1)
        let asked = try #require(alone.move(channels[0], from: alone.enter(channels[0]), to: .answering))
        _ = alone.enter(channels[4])
        #expect(alive() == [true, false, false, true, false], "the newcomer, since the other is being answered")
        alone.leave(asked)
        #expect(alone.count == 0)
    }
}
