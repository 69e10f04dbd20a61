import JSON
import Testing

@Suite("JSON") struct JSONTests {
    @Test(
        "values and what is no JSON (RFC 8259)",
        arguments: [
            ("null", true), ("true", true), ("[]", true), ("{}", true), (" [1, 2.5e-3 ,\"a\"] ", true), ("{\"a\":{\"b\":[null]}}", true),
            ("-0", true),
            ("\"\\ud83d\\ude00\"", true), ("", false), ("nul", false), ("[1,]", false), ("{\"a\"}", false), ("{a:1}", false), ("{\"a\":1,}", false),
            ("01", false), ("1.", false), (".5", false), ("+1", false), ("1e", false), ("\"\\x\"", false), ("\"a\nb\"", false), ("[1] 2", false),
            ("'a'", false), ("NaN", false), ("\u{FEFF}1", false), (String(repeating: "[", count: 100), false),
        ]) func validity(_ text: String, _ isValid: Bool)
    {
        #expect(((try? JSONValue(Array(text.utf8))) != nil) == isValid)
    }

    @Test("bytes that are no UTF-8 are refused") func notUTF8() {
        for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22]] {
            #expect(throws: JSONError.self) { try JSONValue(bytes) }
        }
    }

    @Test("32 levels and no more") func depth() {
        func nested(_ levels: Int) -> [UInt8] { Array((String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8) }
        #expect((try? JSONValue(nested(32))) != nil)
        #expect((try? JSONValue(nested(33))) == nil)
    }

    @Test(
        "numbers are exact and rounded half-even",
        arguments: [
            ("22", 3, 22_000), ("0.0005", 3, 0), ("0.0015", 3, 2), ("0.0025", 3, 2), ("0.00250000000000000000000001", 3, 3), ("-1.5", 0, -2),
            ("1e3", 0, 1000), ("1E-3", 3, 1), ("9007199254740991", 0, 9_007_199_254_740_991), ("0.1", 6, 100_000), ("1e-400", 3, 0),
            ("999999999999999999", 0, 999_999_999_999_999_999), ("0e999999", 3, 0),
        ]) func numbers(_ text: String, _ decimals: Int, _ count: Int64) throws
    {
        #expect(try JSONValue(Array(text.utf8)).number?.rounded(decimals: decimals) == count)
    }

    @Test("numbers too large, and whole ones", arguments: ["1e400", "1e19", "99999999999999999999", "1e99999999999999999999"])
    func tooLarge(_ text: String) throws {
        #expect(try JSONValue(Array(text.utf8)).number?.rounded(decimals: 3) == nil)
        #expect(try JSONValue(Array(text.utf8)).number?.integer == nil)
    }

    @Test("whole numbers are whole") func integers() throws {
        for (text, integer) in [("1.0", 1), ("1e3", 1000), ("-7", -7), ("0", 0)] as [(String, Int64)] {
            #expect(try JSONValue(Array(text.utf8)).number?.integer == integer)
        }
        for text in ["1.5", "1e-1", "0.1"] { #expect(try JSONValue(Array(text.utf8)).number?.integer == nil) }
    }

    @Test("what was written is read again, whatever is in it") func writing() throws {
        let texts = ["", "plain", "\"\\/\u{08}\u{0C}\n\r\t", "\u{0}\u{1F}\u{7F}", "é⚡😀\u{2028}", "\u{FFFD}"]
        for text in texts {
            var writer = JSONWriter()
            writer.object { $0.string(text, text) }
            let object = try JSONObject(writer.bytes)
            #expect(object[text]?.string == text)
            #expect(object.all.map(\.name) == [text])
        }
    }

    @Test("names may be written with escapes, and the last of two counts") func names() throws {
        let object = try JSONObject(Array(#"{"\u0061":1,"b":2,"b":3}"#.utf8))
        #expect(object["a"]?.number?.integer == 1)
        #expect(object["b"]?.number?.integer == 3)
        #expect(object["c"] == nil)
        // Half of a surrogate pair is no character.
        #expect(throws: JSONError.self) { try JSONObject(Array(#"{"\ud83d":4}"#.utf8)) }
    }

    @Test("errors say where") func errors() {
        do throws(JSONError) {
            _ = try JSONValue(Array("{\"a\":1 \"b\"".utf8))
            #expect(Bool(false))
        } catch {
            #expect(error.offset == 7)
            #expect(error.description.hasPrefix("byte 7: expected "))
        }
    }
}
