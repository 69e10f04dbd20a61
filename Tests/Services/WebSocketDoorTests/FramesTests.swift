import Testing
import WebSocket

@testable import WebSocketDoor

extension DoorTests {
    @Suite("Frames", .timeLimit(.minutes(1))) struct FramesTests {
        private typealias Raw = RawStation

        @Test("Fragments are put together, with control frames between them; pings are answered") func fragments() async throws {
            try await withDoor { door in
                let station = try await Raw.open(door.port)
                let id = try await door.opened()
                station.say(Raw.frame(first: 0x01, Array("[2,\"ä".utf8.dropLast())))
                station.say(Raw.frame(first: 0x89, Array("alive?".utf8)))
                #expect(try await station.frame() == Raw.Frame(first: 0x8A, payload: Array("alive?".utf8)))
                station.say(Raw.frame(first: 0x8A, []))
                station.say(Raw.frame(first: 0x00, [Array("ä".utf8)[1]]))
                station.say(Raw.frame(first: 0x00, []))
                station.say(Raw.frame(first: 0x80, Array("\"]\0".utf8)))
                #expect(try await door.text(id) == "[2,\"ä\"]\0")
                door.take(.send(id, Array("[3]".utf8)))
                #expect(try await station.frame() == Raw.Frame(first: 0x81, payload: Array("[3]".utf8)))
                door.take(.ping(id))
                #expect(try await station.frame()?.first == 0x89)
            }
        }

        @Test("A message may have 1 MiB, in one frame or in many; it comes back as it was") func large() async throws {
            try await withDoor { door in
                let station = try await Raw.open(door.port)
                let id = try await door.opened()
                let text = [UInt8](repeating: 0x61, count: 1 << 20)
                for bytes in [Raw.frame(text), Raw.frame(first: 1, Array(text[..<1000])) + Raw.frame(first: 0x80, Array(text[1000...]))] {
                    async let isSent = blocking { station.say(bytes) }
                    #expect(try await door.bytes(id) == text)
                    #expect(try await isSent)
                }
                door.take(.send(id, text))
                #expect(try await station.frame() == Raw.Frame(first: 0x81, payload: text))
            }
        }

        private static let mebibyte = [UInt8](repeating: 0x61, count: 1 << 20)

        @Test(
            "What breaks the protocol or a limit ends with its code, and with words",
            arguments: [
                (Raw.frame(mebibyte + [0x61]), 1009, "more than 1048576 bytes"),
                (Raw.frame(first: 0x01, mebibyte) + Raw.frame(first: 0x80, [0x61]), 1009, "more than 1048576 bytes"),
                ([0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], 1009, "more than 1048576 bytes"),
                (Raw.frame(Array("x".utf8), isMasked: false), 1002, "not masked"), (Raw.frame(first: 0x82, [1]), 1003, "binary"),
                (Raw.frame([0x61, 0xFF]), 1007, "not UTF-8"), (Raw.frame([0xED, 0xA0, 0x80]), 1007, "not UTF-8"),
                (Raw.frame([0xC3]), 1007, "not UTF-8"),
                (Raw.frame(first: 0xC1, [0x61]), 1002, "reserved bit"), (Raw.frame(first: 0x83, []), 1002, "opcode"),
                (Raw.frame(first: 0x80, []), 1002, "has not begun"),
                (Raw.frame(first: 0x01, []) + Raw.frame(first: 0x81, []), 1002, "before the last one"),
                (Raw.frame(first: 0x09, []), 1002, "in pieces"), (Raw.frame(first: 0x89, [UInt8](repeating: 0, count: 126)), 1002, "125"),
                (Raw.frame(first: 0x88, [3]), 1002, "half a code"), (Raw.frame(first: 0x88, [3, 0xED]), 1002, "nobody may send"),
                (Raw.frame(first: 0x88, [3, 0xE8, 0xFF]), 1007, "not UTF-8"),
            ] as [([UInt8], Int, String)])
        func faults(_ bytes: [UInt8], _ code: Int, _ words: String) async throws {
            try await withDoor(.test { $0.farewell = .milliseconds(200) }) { door in
                let station = try await Raw.open(door.port)
                let id = try await door.opened()
                async let isSent = blocking { station.say(bytes + Raw.frame("after it")) }
                let frame = try await station.closeFrame()
                #expect(frame?.code == code && frame?.words.contains(words) == true, "\(frame?.words ?? "no close frame")")
                let end = try await door.closed(id)
                #expect(end.cause == .fault && end.code?.rawValue == UInt16(code) && end.words == frame?.words)
                #expect(!door.events.waiting.contains { if case .text = $0 { true } else { false } })
                _ = try await isSent
            }
        }

        @Test("A goodbye is answered with its own code, and its words are told") func goodbye() async throws {
            try await withDoor { door in
                let station = try await Raw.open(door.port)
                let id = try await door.opened()
                station.say(Raw.frame(first: 0x88, [0x0B, 0xB8] + Array("reboot\n".utf8)))
                #expect(try await station.frame()?.code == 3000)
                #expect(await station.isOver())
                let end = try await door.closed(id)
                #expect(end.cause == .farewell && end.code?.rawValue == 3000 && end.words == "the station said goodbye: reboot")
            }
        }

        @Test("An ordered goodbye waits for the station's; what it says meanwhile is not told") func ordered() async throws {
            try await withDoor { door in
                let station = try await Raw.open(door.port)
                let id = try await door.opened()
                door.take(.close(id, .policyViolation, String(repeating: "ä", count: 100)))
                door.take(.send(id, [0x61]))
                let frame = try await station.frame()
                #expect(frame?.code == 1008 && frame?.words == String(repeating: "ä", count: 61))
                station.say(Raw.frame("late") + Raw.frame(first: 0x88, [3, 0xF0]))
                let end = try await door.closed(id)
                #expect(end.cause == .ordered && end.code == .policyViolation)
                #expect(await station.isOver())
                #expect(!door.events.waiting.contains { if case .text = $0 { true } else { false } })
            }
        }

        @Test("Who hangs up without a word is told as lost") func lost() async throws {
            try await withDoor { door in
                var station: RawStation? = try await Raw.open(door.port)
                let id = try await door.opened()
                _ = station
                station = nil
                let end = try await door.closed(id)
                #expect(end.cause == .lost && end.code == nil)
            }
        }
    }
}
