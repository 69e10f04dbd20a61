import JSON
import Testing

@Suite("Objects written without strings") struct JSONOutputTests {
    private static let names = JSONNames(["a", "seventeen_letters", "twenty-four_letters_long"])

    /// As `JSONWriter` has always been given its decimals.
    private static func decimalText(_ count: Int64, decimals: Int, minimum: Int) -> String {
        var digits = String(count.magnitude)
        if digits.count <= decimals { digits = String(repeating: "0", count: decimals - digits.count + 1) + digits }
        var fraction = digits.suffix(decimals)
        while fraction.count > minimum, fraction.last == "0" { fraction = fraction.dropLast() }
        return (count < 0 ? "-" : "") + digits.dropLast(decimals) + (fraction.isEmpty ? "" : "." + fraction)
    }

    private static let numbers: [Int64] = {
        var numbers: [Int64] = [0, 1, .max, .min, .min + 1]
        // Any number will do, the same in every run.
        var random: UInt64 = 42
        var power: Int64 = 1
        for _ in 0..<18 {
            power *= 10
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            numbers += [power - 1, power, power + 1, -power, power / 2 * 3, Int64(random >> 1) % power]
        }
        return numbers
    }()

    @Test("numbers are those of JSONWriter") func numbers() {
        for number in JSONOutputTests.numbers {
            for decimals in [1, 3, 6, 18] {
                for minimum in [0, 1, min(2, decimals), decimals] {
                    var writer = JSONWriter()
                    writer.object { json in
                        json.integer("a", number)
                        json.integer("seventeen_letters", number.magnitude)
                        json.decimal(
                            "twenty-four_letters_long", JSONOutputTests.decimalText(number, decimals: decimals, minimum: minimum))
                    }
                    let bytes = JSONOutput.object(JSONOutputTests.names, capacity: 200) { json in
                        json.integer(0, number)
                        json.integer(1, number.magnitude)
                        json.decimal(2, number, decimals: decimals, minimum: minimum)
                    }
                    #expect(bytes == writer.bytes, "\(number) \(decimals) \(minimum)")
                }
            }
        }
    }

    @Test("texts, bools, null, objects and arrays are those of JSONWriter, whatever the capacity") func all() {
        let texts =
            ["", "x", "plain text", "1234567", "12345678", "123456789", "\"", "\\", "1234567\"", "12345678\u{7F}", "\n", "é⚡😀", "a\u{0}b", "\u{9F}"]
            + [String(repeating: "long ", count: 100)]
        let time: InlineArray<24, UInt8> = .init { UInt8(ascii: "a") + UInt8($0) }
        for text in texts {
            var writer = JSONWriter()
            writer.object { json in
                json.string("a", text)
                json.object("seventeen_letters") { inner in
                    inner.bool("a", true)
                    inner.bool("a", false)
                }
                json.array("twenty-four_letters_long") { array in
                    for number in [1, 2] { array.object { $0.integer("a", number) } }
                }
                json.array("a") { _ in }
                json.object("a") { $0.null("a") }
                json.string("a", "abcdefghijklmnopqrstuvwx")
                json.null("seventeen_letters")
            }
            for capacity in [0, 1, 2, 10, 50, 100, 150, 200, 300, 512, 1000] {
                let bytes = JSONOutput.object(JSONOutputTests.names, capacity: capacity) { json in
                    json.string(0, text)
                    json.object(1) { inner in
                        inner.bool(0, true)
                        inner.bool(0, false)
                    }
                    json.objects(2, [1, 2] as [Int64]) { $1.integer(0, $0) }
                    json.objects(0, [] as [Int64]) { $1.integer(0, $0) }
                    json.object(0) { $0.null(0) }
                    json.string(0, plain: time)
                    json.null(1)
                }
                #expect(bytes == writer.bytes, "\(text) in \(capacity)")
            }
        }
        #expect(JSONOutput.object(JSONOutputTests.names, capacity: 0) { _ in } == Array("{}".utf8))
    }
}
