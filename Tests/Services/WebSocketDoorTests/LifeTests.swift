import Dispatch
import EventLoop
import Glibc
import Testing
import WebSocket

@testable import WebSocketDoor

extension DoorTests {
    @Suite("Those who cost others nothing", .timeLimit(.minutes(2))) struct LifeTests {
        private typealias Raw = RawStation

        @Test("Silence: after three pings without any frame it is over; any frame is life") func silence() async throws {
            try await withDoor(.test { $0.pingInterval = .milliseconds(500) }) { door in
                let silent = try await Raw.open(door.port)
                let silentID = try await door.opened()
                let talking = try await Raw.open(door.port)
                let id = try await door.opened()
                // It never answers a ping, but says something else.
                let talk = Task {
                    while !Task.isCancelled {
                        talking.say(Raw.frame("x"))
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                for _ in 0..<3 { #expect(try await silent.frame() == Raw.Frame(first: 0x89, payload: [])) }
                let end = try await door.closed(silentID)
                #expect(end.cause == .silent && end.words.contains("3 pings"))
                #expect(try await silent.closeFrame()?.code == 1001)
                #expect(!door.events.waiting.contains { if case .closed(id, _) = $0 { true } else { false } })
                talk.cancel()
                #expect(try await door.closed(id).cause == .silent)
            }
        }

        @Test("Pongs are life as well") func pongs() async throws {
            try await withDoor(.test { $0.pingInterval = .milliseconds(500) }) { door in
                let station = try await Raw.open(door.port)
                let id = try await door.opened()
                for _ in 0..<5 {
                    #expect(try await station.frame()?.first == 0x89)
                    station.say(Raw.frame(first: 0x8A, []))
                }
                #expect(!door.events.waiting.contains { if case .closed(id, _) = $0 { true } else { false } })
            }
        }

        @Test("A slow reader is closed when too much waits for it, and nobody else is kept waiting") func slow() async throws {
            try await withDoor(.test { $0.outgoingBytes = 256 << 10 }) { door in
                let slow = try await Raw.open(door.port, receiveBuffer: 4096)
                let slowID = try await door.opened()
                let other = try await Raw.open(door.port)
                let id = try await door.opened()
                let part = [UInt8](repeating: 0x61, count: 64 << 10)
                // The kernel takes some megabytes at most.
                for number in 0..<400 {
                    door.take(.send(slowID, part))
                    guard number % 40 == 0 else { continue }
                    door.take(.send(id, [0x62]))
                    #expect(try await other.frame()?.payload == [0x62])
                }
                let end = try await door.closed(slowID)
                #expect(end.cause == .slow && end.words.contains("262144 bytes"))
                other.say(Raw.frame("still here"))
                #expect(try await door.text(id) == "still here")
                _ = slow
            }
        }

        @Test("Of many pings at once not each costs a pong") func pings() async throws {
            try await withDoor { door in
                let station = try await Raw.open(door.port)
                let id = try await door.opened()
                station.say((0..<100).flatMap { Raw.frame(first: 0x89, [$0]) } + Raw.frame("after"))
                #expect(try await door.text(id) == "after")
                var pongs = 0
                while let frame = try await station.frame() {
                    pongs += 1
                    if frame.payload == [99] { break }
                }
                #expect((1..<20).contains(pongs))
            }
        }

        @Test("A flood waits in the kernel while the loop is busy: memory stays small, nothing is lost, and others are read") func flood()
            async throws
        {
            try await withDoor { door in
                let flooding = try await Raw.open(door.port)
                let floodID = try await door.opened()
                let other = try await Raw.open(door.port)
                let otherID = try await door.opened()
                let (messages, size) = (2000, 10_000)
                let busy = DispatchSemaphore(value: 0)
                door.loop.execute { busy.wait() }
                let flood = Task {
                    try await blocking {
                        for number in 0..<messages {
                            let text = "\(number) " + String(repeating: "x", count: size)
                            guard flooding.say(Raw.frame(text)) else { return }
                        }
                    }
                }
                // Of 20 MB not more than the bound and one read's worth are taken.
                let waiting = try await door.settled()
                #expect(waiting > size && waiting < 16 * (size + 100) + 2 * 16384, "\(waiting) bytes")
                other.say(Raw.frame("me too"))
                busy.signal()
                #expect(try await door.text(otherID) == "me too")
                for number in 0..<messages { #expect(try await door.text(floodID).hasPrefix("\(number) ")) }
                try await flood.value
            }
        }

        @Test("Tiny frames are bounded as well") func tinyFlood() async throws {
            try await withDoor { door in
                let flooding = try await Raw.open(door.port)
                let id = try await door.opened()
                let busy = DispatchSemaphore(value: 0)
                door.loop.execute { busy.wait() }
                let count = 20_000
                let flood = Task { try await blocking { flooding.say((0..<count).flatMap { _ in Raw.frame("x") }) } }
                // A read is 16 KiB, of 7 bytes each.
                let waiting = try await door.settled()
                #expect(waiting < (2 * 16384 / 7 + 16) * 65, "\(waiting) bytes")
                busy.signal()
                for _ in 0..<count { _ = try await door.bytes(id) }
                #expect(try await flood.value)
            }
        }

        @Test("Who is held is not read, counts as alive, and goes on where it was") func held() async throws {
            try await withDoor(.test { $0.pingInterval = .milliseconds(500) }) { door in
                let station = try await Raw.open(door.port)
                let id = try await door.opened()
                door.take(.hold(id))
                // Orders are carried out in their sequence: when the ping is here, it is held.
                door.take(.ping(id))
                _ = try await station.frame()
                station.say(Raw.frame("held"))
                for _ in 0..<5 { #expect(try await station.frame()?.first == 0x89) }
                #expect(!door.events.waiting.contains { if case .text(id, _) = $0 { true } else { false } })
                door.take(.resume(id))
                #expect(try await door.text(id) == "held")
            }
        }

        @Test("What is held for the rest of messages is bounded for all together") func unfinishedMessages() async throws {
            try await withDoor(.test { $0.totalBytes = 1 << 20 }) { door in
                var stations: [RawStation] = []
                for _ in 0..<4 {
                    let station = try await Raw.open(door.port)
                    // Of a frame of 900 kB only a half comes.
                    station.say(Array(Raw.frame([UInt8](repeating: 0x61, count: 900_000))[..<500_000]))
                    stations.append(station)
                }
                let end = try await door.events.next("closed") { if case .closed(_, let end) = $0 { end } else { nil } }
                #expect(end.code == .tryAgainLater)
            }
        }

        @Test("Half-open: cut the cable, and it ends by itself; a reset is told at once") func reset() async throws {
            try await withDoor { door in
                var station: RawStation? = try await Raw.open(door.port)
                let id = try await door.opened()
                var option = linger(l_onoff: 1, l_linger: 0)
                setsockopt(station?.descriptor ?? -1, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
                station = nil
                let end = try await door.closed(id)
                #expect(end.cause == .lost, "\(end)")
            }
        }

        @Test("A second connection of a station has a number of its own; the old one's end names the old one alone") func second() async throws {
            try await withDoor { door in
                let old = try await Raw.open(door.port)
                let oldID = try await door.opened()
                let new = try await Raw.open(door.port)
                let newID = try await door.opened()
                #expect(newID > oldID)
                door.take(.close(oldID, .policyViolation, "another connection of this station"))
                #expect(try await old.closeFrame()?.words == "another connection of this station")
                old.say(Raw.frame(first: 0x88, [3, 0xF0]))
                #expect(try await door.closed(oldID).cause == .ordered)
                new.say(Raw.frame("here"))
                #expect(try await door.text(newID) == "here")
                door.take(.send(newID, [0x61]))
                #expect(try await new.frame()?.payload == [0x61])
            }
        }

        @Test("500 that never finish their handshake: a station that talks goes on, and a new one gets in") func storm() async throws {
            try await withDoor(
                .test {
                    $0.handshakes = 64
                    $0.grace = .milliseconds(50)
                }
            ) { door in
                let honest = try await Raw.open(door.port)
                let id = try await door.opened()
                var storm: [RawStation] = []
                for number in 0..<500 {
                    let one = try Raw(door.port)
                    one.say(String(RawStation.request.prefix(number % 100)))
                    storm.append(one)
                    guard number % 50 == 0 else { continue }
                    honest.say(Raw.frame("\(number)"))
                    #expect(try await door.text(id) == "\(number)")
                }
                let late = try await Raw.open(door.port)
                _ = try await door.opened()
                let counts = await door.counts()
                #expect(counts.unfinished <= 64 && counts.dismissed > 0, "\(counts)")
                _ = (storm, late)
            }
        }

        @Test("Nobody keeps a place for longer than the handshake's time") func late() async throws {
            try await withDoor(.test { $0.handshakeTime = .milliseconds(50) }) { door in
                let station = try Raw(door.port)
                station.say("GET /ocpp/ST-1 HTTP/1.1\r\n")
                #expect(await station.isOver())
                #expect(await door.counts().late == 1)
            }
        }

        @Test("Stopped: everybody is told 1001, closed is told of each, and the port is free at once") func stop() async throws {
            let port = try await withDoor(.test { $0.farewell = .milliseconds(300) }) { door in
                let (station, silent) = (try await Raw.open(door.port), try await Raw.open(door.port))
                let unfinished = try Raw(door.port)
                unfinished.say("GET")
                let ids = [try await door.opened(), try await door.opened()]
                door.stop()
                #expect(try await station.closeFrame()?.code == 1001)
                station.say(Raw.frame(first: 0x88, [3, 0xE9]))
                for id in ids { #expect(try await door.closed(id).cause == .stopped) }
                #expect(await unfinished.isOver())
                _ = silent
                return door.port
            }
            try await withDoor(.test { $0.port = port }) { again in #expect(again.port == port) }
        }

        @Test("A port that is taken fails in words") func taken() async throws {
            try await withDoor { door in
                let port = door.port
                let events = Recorder<DoorEvent>()
                let other = await door.loop.run {
                    let other = StationDoor(loop: door.loop, settings: DoorSettings(port: port)) { events.add($0) }
                    other.open()
                    return Boxed(other)
                }
                let words = try await events.next("failed") { if case .failed(let words) = $0 { words } else { nil } }
                #expect(words == "127.0.0.1:\(port) can't be listened on: another program has this port")
                door.loop.execute { other.value.stop() }
                try await events.next("stopped") { if case .stopped = $0 { () } else { nil } }
                await door.loop.run { _ = other }
            }
        }
    }
}

/// Lets something of the loop's be handed around; it is used on the loop alone.
struct Boxed<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
