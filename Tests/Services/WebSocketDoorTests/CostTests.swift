import Glibc
import Platform
import Testing
import WebSocket

@testable import WebSocketDoor

extension DoorTests {
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

        @Test("Frames of 500 stations, as many as go", arguments: [10, 300, 3000]) func frames(_ size: Int) async throws {
            let (stations, rounds) = (500, 400)
            try await withDoor { door in
                try await withSockets(.test { $0.outgoingBytes = 1 << 30 }) { sockets in
                    for number in 1...UInt64(stations) { sockets.take(.connect(SocketID(number: number), .station("ST-\(number)", at: door.port))) }
                    for _ in 0..<stations { _ = try await sockets.events.next("opened") { if case .opened = $0 { () } else { nil } } }
                    for _ in 0..<stations { _ = try await door.opened() }
                    let text = [UInt8](repeating: 0x61, count: size)
                    let (begin, worked) = (ContinuousClock.now, processorSeconds)
                    door.events.count(until: stations * rounds) { if case .text = $0 { true } else { false } }
                    let orders = (1...UInt64(stations)).map { DialOrder.send(SocketID(number: $0), text, piece: nil) }
                    for _ in 0..<rounds { sockets.take(all: orders) }
                    await door.events.counted()
                    let time = ContinuousClock.now - begin
                    let frames = Double(stations * rounds)
                    let each = (processorSeconds - worked) / frames * 1e6
                    print("\(size) bytes: \(Int(frames / (time / .seconds(1)))) frames/s, \(each) µs of CPU each, both sides together")
                }
            }
        }
    }
}
