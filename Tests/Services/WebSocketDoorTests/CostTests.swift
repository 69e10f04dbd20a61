import Glibc
import Platform
import Testing
import WebSocket

@testable import WebSocketDoor

/// Figures, for who asks for them: WATTLINE_MEASURE=1 swift test --filter CostTests, best of a release build and alone.
@Suite("What stations cost", .enabled(if: getenv("WATTLINE_MEASURE") != nil), .serialized, .timeLimit(.minutes(3))) struct CostTests {
    private var residentBytes: Int { Int(ProcFS.usage(of: getpid())?.residentBytes ?? 0) }
    private var processorSeconds: Double { ProcFS.usage(of: getpid())?.processorSeconds ?? 0 }

    @Test("An idle station costs at most 10 KiB") func memory() async throws {
        try await withDoor { door in
            var stations: [RawStation] = []
            func open(_ count: Int) async throws {
                for _ in 0..<count {
                    stations.append(try await RawStation.open(door.port))
                    let id = try await door.opened()
                    _ = try await door.knocked()
                    stations.last?.say(RawStation.frame([UInt8](repeating: 0x61, count: 300)))
                    _ = try await door.bytes(id)
                }
            }
            try await open(500)
            let before = residentBytes
            try await open(4000)
            let each = (residentBytes - before) / 4000
            print("an idle station: \(each) bytes")
            #expect(each <= 10 << 10)
        }
    }

    @Test("Frames of 500 stations, as many as go") func frames() async throws {
        let (stations, rounds) = (500, 200)
        try await withDoor { door in
            try await withSockets { sockets in
                for number in 1...UInt64(stations) { sockets.take(.connect(SocketID(number: number), .station("ST-\(number)", at: door.port))) }
                for _ in 0..<stations { _ = try await sockets.events.next("opened") { if case .opened = $0 { () } else { nil } } }
                for _ in 0..<stations { _ = try await door.opened() }
                let text = [UInt8](repeating: 0x61, count: 300)
                let (begin, worked) = (ContinuousClock.now, processorSeconds)
                for _ in 0..<rounds { for number in 1...UInt64(stations) { sockets.take(.send(SocketID(number: number), text, piece: nil)) } }
                for _ in 0..<(stations * rounds) { _ = try await door.events.next("text") { if case .text = $0 { () } else { nil } } }
                let time = ContinuousClock.now - begin
                let frames = Double(stations * rounds)
                print(
                    "\(Int(frames / (time / .seconds(1)))) frames/s, \((processorSeconds - worked) / frames * 1e6) µs of CPU each, both sides and the test"
                )
            }
        }
    }
}
