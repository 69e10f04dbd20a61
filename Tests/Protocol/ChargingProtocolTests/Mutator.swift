import ChargingModel

/// Spoils texts, or only spells them otherwise, by a seed: bytes flipped, cut and inserted, members moved, doubled and dropped, values replaced.
struct Mutator {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Values that are read in some fields and not in others, or nowhere.
    private static let values =
        [
            "null", "true", "false", "0", "-0", "1", "7.0", "0.5", "-1.5", "1e3", "1E-3", "1e400", "1e-400", "22.0000", "0.0005", "0.0015", "00",
            "01",
            "1.", ".5", "+1", "1e", "-", "9007199254740990", "9007199254740991", "9007199254740992", "999999999999999999", "9999999999999999999",
            "123456789012345678", "12345678.1234567890", "1234567890123456789", "0.123456789012345678", "100000.0", "31622400", "NaN", "Infinity",
            "nul", "tru", "truex", "nullnull", "\"\"", "\"a\"", "\"A-_9\"", "\"a/b\"", "\"-a\"", "\"aä\"", "\"\\u0061\"", "\"\\ud83d\\ude00\"",
            "\"\\ud83d\"", "\"\\x\"", "\"a\nb\"", "\"⚡\"", "\"\u{7F}\"", "\"123456789012345678901234567890123456\"",
            "\"1234567890123456789012345678901234567\"", "\"2026-11-24T02:00:00.123Z\"", "\"2026-11-24t02:00:00.1234567z\"",
            "\"2026-11-24T02:00:00Z\"",
            "\"2026-11-24T02:00:00.123+01:30\"", "\"2026-13-24T02:00:00.123Z\"", "\"2026-11-24T24:00:00.123Z\"", "\"2026-11-24T23:59:60.999Z\"",
            "\"0000-01-01T00:00:00.000Z\"", "\"SUPPLYING\"", "\"OK\"", "\"START\"", "\"never_started\"", "\"CP-001\"", "{}", "[]", "[{}]",
            "{\"a\":1}",
            "{\"a\":{\"b\":1}}", "{\"a\":[1,{\"b\":null}]}", "{\"session\":\"s\"}",
        ] + [String(repeating: "[", count: 33) + "1" + String(repeating: "]", count: 33)]
    private static let names = [
        "later", "epoch", "seq", "ts", "cp", "driver", "session", "state", "reason", "energy_kwh", "price_eur_per_kwh", "a_name_as_long_as_24_are",
        "a_name_that_is_longer_than_24", "", "\\u0065poch", "sess\\u0069on", "seq\u{7F}", "é", "meter_w", "meter_wh0", "price_eur_per_kwH",
    ]
    private static let bytes: [UInt8] =
        Array("\"\\{}[]:,0123456789.-+eE \n\t\r\u{0}\u{1F}\u{7F}azAZ_truefalsnl/".utf8) + [0x80, 0xC3, 0xA9, 0xE2, 0xFF]

    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
    private mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }

    /// One to three changes.
    mutating func mutate(_ members: [(name: String, text: String)]) -> [UInt8] {
        var members = members
        for _ in 0..<below(3) { mutate(&members) }
        let space = below(8) == 0 ? one(of: [" ", "\n", "\t\r", "\u{A0}"]) : ""
        let comma = "," + space
        let text = space + "{" + members.map { "\"\($0.name)\"" + space + ":" + space + $0.text }.joined(separator: comma) + space + "}" + space
        var bytes = Array(text.utf8)
        for _ in 0..<max(0, below(6) - 3) { mutate(&bytes) }
        return bytes
    }

    private mutating func mutate(_ members: inout [(name: String, text: String)]) {
        guard !members.isEmpty else { return members.append((one(of: Mutator.names), one(of: Mutator.values))) }
        let index = below(members.count)
        switch below(8) {
        case 0, 1, 2: members[index].text = one(of: Mutator.values)
        case 3: members.insert((one(of: Mutator.names), one(of: Mutator.values)), at: index)
        case 4: members.append(members[index])
        case 5: members.remove(at: index)
        case 6: members.shuffle(using: &random)
        default: members[index].name = one(of: Mutator.names)
        }
    }

    /// One change somewhere.
    mutating func mutate(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return bytes.append(one(of: Mutator.bytes)) }
        let index = below(bytes.count)
        switch below(6) {
        case 0: bytes[index] ^= 1 << UInt8(below(8))
        case 1: bytes[index] = one(of: Mutator.bytes)
        case 2: bytes.insert(one(of: Mutator.bytes), at: index)
        case 3: bytes.remove(at: index)
        case 4: bytes.removeLast(below(bytes.count))
        default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 1 + below(8))], at: below(bytes.count))
        }
    }
}
