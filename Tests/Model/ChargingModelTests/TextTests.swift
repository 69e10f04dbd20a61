import ChargingModel
import Testing

@Suite("Ids and times as bytes") struct TextTests {
    private static func isID(_ bytes: [UInt8]) -> Bool {
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: false
            }
        }
        guard let first = bytes.first, isLetterOrDigit(first), bytes.count <= 36 else { return false }
        return bytes.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }

    @Test("P1: an id is checked byte by byte, whatever its length", arguments: 0...38) func ids(_ length: Int) {
        let good = Array("aZ09-_Az19bY-_x8aZ09-_Az19bY-_x8abcdefgh".utf8.prefix(length))
        #expect((SessionID(utf8: good.span) != nil) == TextTests.isID(good))
        for place in good.indices {
            var bytes = good
            for byte in UInt8.min...UInt8.max {
                bytes[place] = byte
                guard (SessionID(utf8: bytes.span) != nil) != TextTests.isID(bytes) else { continue }
                #expect(Bool(false), "\(byte) at \(place) of \(length)")
            }
            let text = String(decoding: good, as: UTF8.self)
            #expect(SessionID(utf8: good.span) == SessionID(text))
        }
    }

    @Test("P5: a time's bytes are those of its text, in every year that has four digits") func written() {
        var random = SplitMix64(seed: 5)
        let edges: [Int64] = [0, -1, 951_782_399_999, 951_782_400_000, -62_167_219_200_000, 253_402_300_799_999, 1_795_485_600_123]
        for turn in 0..<20_000 {
            let milliseconds = turn < edges.count ? edges[turn] : Int64.random(in: -62_167_219_200_000..<253_402_300_800_000, using: &random)
            let time = WallTime(milliseconds: milliseconds)
            let bytes = time.bytes
            #expect(String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) == time.text)
            #expect(WallTime(utf8: bytes.span) == time)
        }
        for milliseconds in [-62_167_219_200_001, 253_402_300_800_000, .min, .max] as [Int64] {
            let time = WallTime(milliseconds: milliseconds)
            #expect(time.text == (milliseconds < 0 ? "0000-01-01T00:00:00.000Z" : "9999-12-31T23:59:59.999Z"))
            #expect(String(decoding: time.bytes.indices.map { time.bytes[$0] }, as: UTF8.self) == time.text)
        }
    }

    @Test("P5: a time is read from bytes as from its text, well spelled or not") func read() {
        let seeds = ["2026-11-24T02:00:00.123Z", "2026-02-31t23:59:60.9z", "0000-01-01 00:00:00Z", "2026-11-24T02:00:00.123456+01:30"]
        var random = SplitMix64(seed: 6)
        let characters = Array("0123456789-:TtZz. +é/".utf8)
        var read = 0
        for turn in 0..<40_000 {
            var bytes = Array(seeds[turn % seeds.count].utf8)
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                let byte = characters[Int.random(in: 0..<characters.count, using: &random)]
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(byte, at: place)
                default: bytes[place] = byte
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let expected = WallTime(text: text)
            #expect(WallTime(utf8: bytes.span) == expected, "\(text)")
            read += expected == nil ? 0 : 1
        }
        #expect(read > 5000 && read < 39_000, "\(read)")
    }
}
