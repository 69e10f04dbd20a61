import ChargingModel
import Testing

@testable import OCPP

@Suite("OCPP: times as stations write them") struct TimeTests {
    static let written: [(String, Bool, [Quirk])] = [
        ("2026-11-24T08:29:23Z", true, []),
        ("2026-11-24t08:29:23z", true, []),
        ("2026-11-24T10:29:23+02:00", true, []),
        ("2026-11-24T08:29:23.0Z", true, []),
        ("2026-11-24T08:29:23.000000000Z", true, []),
        ("2026-11-24T10:29:23+02", true, [.timeSpelling]),
        ("2026-11-24T10:29:23+2", true, [.timeSpelling]),
        ("2026-11-24T10:29:23+0200", true, [.timeSpelling]),
        ("2026-11-24T03:29:23.000-0500", true, [.timeSpelling]),
        ("2026-11-24T08:29:23 Z", true, [.timeSpelling]),
        (" 2026-11-24T08:29:23Z ", true, [.timeSpelling]),
        ("2026-11-24T08:29:23,000Z", true, [.timeSpelling]),
        ("2026-11-24T08:29:23", false, [.timeWithoutZone]),
        ("2026-11-24 08:29:23.000", false, [.timeWithoutZone]),
        ("2026-11-24T08:29:23,0", false, [.timeSpelling, .timeWithoutZone]),
    ]

    @Test("what is plain is read", arguments: written)
    func plain(_ text: String, _ hasZone: Bool, _ quirks: [Quirk]) throws {
        let remarks = RemarkList()
        #expect(OCPPTime.read(text, remarks, "x") == (try time("2026-11-24T08:29:23Z", hasZone: hasZone)))
        #expect(remarks.all.map(\.quirk) == quirks)
    }

    @Test("0 to 9 decimals", arguments: 0...9)
    func decimals(_ count: Int) throws {
        let fraction = String("987654321".prefix(count))
        let remarks = RemarkList()
        let read = OCPPTime.read("2026-11-24T08:29:23\(count == 0 ? "" : ".")\(fraction)Z", remarks, "x")
        let kept = fraction.prefix(3)
        #expect(read == (try time("2026-11-24T08:29:23.\(kept)\(String(repeating: "0", count: 3 - kept.count))Z")))
        #expect(remarks.all.isEmpty)
    }

    @Test("seconds may be missing")
    func minutes() throws {
        let remarks = RemarkList()
        #expect(OCPPTime.read("2026-11-24T08:29Z", remarks, "x") == (try time("2026-11-24T08:29:00Z")))
        #expect(remarks.all.map(\.quirk) == [.timeSpelling])
    }

    @Test("a clock that was never set is remarked on")
    func longPast() throws {
        let remarks = RemarkList()
        #expect(OCPPTime.read("1970-01-01T00:00:07Z", remarks, "x") == (try time("1970-01-01T00:00:07Z")))
        #expect(remarks.all.map(\.quirk) == [.timeLongPast])
    }

    @Test(
        "what is no time is none",
        arguments: [
            "", " ", "yesterday", "2026", "2026-11-24", "2026-13-24T08:29:23Z", "2026-11-24T25:29:23Z", "2026-11-24T08:29:23+", "+++++++++++++++",
            "2026-11-24T08:29:23+99", "2026-11-24T08:29:23+020", "24.11.2026 08:29", "\0\0\0\0", String(repeating: "9", count: 100_000),
        ])
    func none(_ text: String) {
        let remarks = RemarkList()
        #expect(OCPPTime.read(text, remarks, "x") == nil)
        #expect(remarks.all.map(\.quirk) == [.timeUnreadable])
    }
}
