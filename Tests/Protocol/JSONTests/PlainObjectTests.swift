import JSON
import Testing

@Suite("Plain JSON in one pass") struct PlainObjectTests {
    private static let spelled = ["a", "bc", "exactly8", "nine_char", "sixteen_letters_", "seventeen_letters", "twenty-four_letters_long", "o"]
    private static let names = JSONNames(spelled)

    /// What was found under each name, in words that compare with what `JSONObject` finds.
    private static func found(_ text: String, inner: String? = nil) -> [String]? {
        let bytes = Array(text.utf8)
        return PlainObject.read(bytes, names) { object in
            guard let inner, let index = spelled.firstIndex(of: inner) else { return words(object) }
            return PlainObject.read(bytes, names, inner: object[index]) { words($0) }
        }
    }

    private static func words(_ object: borrowing PlainObject) -> [String] {
        var words: [String] = []
        for index in spelled.indices {
            guard let member = object[index] else { continue }
            let value =
                if let place = member.string {
                    "\"" + String(decoding: object.source[place], as: UTF8.self) + "\""
                } else if let bool = member.bool {
                    "\(bool)"
                } else if member.kind == .number {
                    "\(member.count(decimals: 0) ?? -1) \(member.count(decimals: 3) ?? -1)"
                } else {
                    "\(member.kind)"
                }
            words.append("\(spelled[index])=\(value)")
        }
        return words
    }

    @Test(
        "what is plain",
        arguments: [
            ("{}", []), (#"{"a":1}"#, ["a=1 1000"]), (#"{"bc":"x","a":true,"x":{"a":2},"o":null}"#, ["a=true", "bc=\"x\""]),
            (#"{"a":0.125,"bc":0}"#, ["a=-1 125", "bc=0 0"]),
            (
                #"{"exactly8":false,"nine_char":"","sixteen_letters_":"0123456789"}"#,
                ["exactly8=false", "nine_char=\"\"", "sixteen_letters_=\"0123456789\""]
            ),
            (
                #"{"seventeen_letters":12345678,"twenty-four_letters_long":123456789012345678}"#,
                ["seventeen_letters=12345678 12345678000", "twenty-four_letters_long=123456789012345678 -1"]
            ),
            (#"{"o":{"a":1},"nine_chars":1,"twenty-four_letters_longer":2,"":3}"#, ["o=object"]),
            (#"{"a":12345678.12345678}"#, ["a=-1 -1"]), (#"{"a":"\#u{7F}"}"#, ["a=\"\u{7F}\""]),
        ] as [(String, [String])]) func plain(_ text: String, _ expected: [String])
    {
        #expect(PlainObjectTests.found(text) == expected)
        #expect((try? JSONObject(Array(text.utf8))) != nil)
    }

    @Test(
        "what must go the long way, though it is JSON",
        arguments: [
            " {}", "{} ", #"{ "a":1}"#, #"{"a": 1}"#, #"{"a":-1}"#, #"{"a":1e3}"#, #"{"a":1E3}"#, #"{"a":1,"a":2}"#, #"{"a":"\n"}"#, #"{"\u0061":1}"#,
            #"{"a":"é"}"#, #"{"é":1}"#, #"{"x":[1]}"#, #"{"x":[{},1]}"#, #"{"x":[{} ]}"#, #"{"x":[ {}]}"#, #"{"x":[[]]}"#, #"{"x":[{"x":[]}]}"#,
            #"{"x":{"x":[]}}"#, #"{"x":[{"x":{}}]}"#,
            #"{"a":1234567890123456789}"#, #"{"a":0.1234567890123456789}"#, #"{"x":{"x":{}}}"#,
        ]) func unusual(_ text: String)
    {
        #expect(PlainObjectTests.found(text) == nil)
        #expect((try? JSONObject(Array(text.utf8))) != nil)
    }

    @Test("no beginning of an object is one, and nothing may follow it") func truncated() {
        let text = #"{"a":12345678.5,"bc":"x","exactly8":true,"nine_char":false,"sixteen_letters_":null,"o":{"a":0},"x":[{"a":0},{}]}"#
        #expect(PlainObjectTests.found(text) != nil)
        for length in 0..<text.utf8.count { #expect(PlainObjectTests.found(String(text.prefix(length))) == nil) }
        for character in "{}[]\",:0a \u{0}" { #expect(PlainObjectTests.found(text + String(character)) == nil) }
    }

    @Test(
        "what is no JSON",
        arguments: [
            "", "[]", "1", "{", "}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a":01}"#, #"{"a":00000000}"#, #"{"a":012345678}"#,
            #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":+1}"#, #"{"a":12345678.}"#, #"{"a":truE}"#, #"{"a":nul}"#, #"{"a":nullx}"#, #"{"a":"x}"#, #"{a:1}"#,
            "{\"a\":\"\n\"}", "{\"a\":1\u{0}}", #"{"o":{"a":1}"#, #"{"o":[{]}"#, #"{"o":[{},]}"#, #"{"o":[{}"#, #"{"o":[,{}]}"#, #"{"o":[{}{}]}"#,
            #"{"o":{"a":01}}"#, #"{"o":{"a":1,}}"#, #"{"a":1.2.3}"#, #"{"a":1-2}"#,
        ]) func wrong(_ text: String)
    {
        #expect(PlainObjectTests.found(text) == nil)
        #expect((try? JSONObject(Array(text.utf8))) == nil)
    }

    @Test("an object in an object") func inner() {
        #expect(PlainObjectTests.found(#"{"a":1,"o":{"a":2,"bc":"x"}}"#, inner: "o") == ["a=2 2000", "bc=\"x\""])
        #expect(PlainObjectTests.found(#"{"a":1,"o":{"a":2,"a":3}}"#, inner: "o") == nil)
        #expect(PlainObjectTests.found(#"{"a":1,"o":3}"#, inner: "o") == nil)
    }

    @Test(
        "objects in an array",
        arguments: [
            (#"{"a":1,"o":[]}"#, []), (#"{"o":[{"a":2,"bc":"x"}],"a":1}"#, [["a=2 2000", "bc=\"x\""]]),
            (#"{"o":[{},{"a":1},{"x":3}],"a":1}"#, [[], ["a=1 1000"], []]), (#"{"o":[{"a":1,"a":2}]}"#, nil), (#"{"o":[{},{},{},{}]}"#, nil),
            (#"{"o":{"a":1}}"#, nil),
        ] as [(String, [[String]]?)]) func array(_ text: String, _ expected: [[String]]?) throws
    {
        let bytes = Array(text.utf8)
        let name = try #require(PlainObjectTests.spelled.firstIndex(of: "o"))
        let found = PlainObject.read(bytes, PlainObjectTests.names) { object in
            object[name].flatMap { PlainObject.readEach(bytes, PlainObjectTests.names, in: $0, most: 3) { PlainObjectTests.words($0) } }
        }
        #expect(found == expected)
    }

    @Test("no more than 20 known names, and any number of others") func many() {
        let spelled = (0..<24).map { "n\($0)" }
        let names = JSONNames(spelled)
        func count(_ most: Int, _ prefix: String) -> Int? {
            let text = "{" + spelled.prefix(most).map { "\"\(prefix)\($0)\":1" }.joined(separator: ",") + "}"
            return PlainObject.read(Array(text.utf8), names) { object in spelled.indices.count { object[$0] != nil } }
        }
        #expect(count(20, "") == 20)
        #expect(count(21, "") == nil)
        #expect(count(24, "x") == 0)
    }

    @Test(
        "whether it has other members than some",
        arguments: [
            ("{}", true), (#"{"a":1}"#, true), (#"{"bc":null,"a":1}"#, true), (#"{"a":1,"o":1}"#, false), (#"{"a":1,"x":1}"#, false),
            (#"{"x":null}"#, false), (#"{"a":{"x":1}}"#, true),
        ]) func others(_ text: String, _ expected: Bool)
    {
        let names = ["a", "bc"].compactMap { PlainObjectTests.spelled.firstIndex(of: $0) }
        #expect(PlainObject.read(Array(text.utf8), PlainObjectTests.names) { $0.hasOnly(names) } == expected)
    }

    @Test("texts of more than 65535 bytes go the long way") func long() {
        func text(_ length: Int) -> String { #"{"a":""# + String(repeating: "x", count: length - 8) + #""}"# }
        #expect(PlainObjectTests.found(text(65_535)) != nil)
        #expect(PlainObjectTests.found(text(65_536)) == nil)
    }

    @Test("eight digits at once, at every length") func digits() {
        for length in 1...18 {
            let whole = String("987654321098765432".prefix(length))
            #expect(PlainObjectTests.found("{\"a\":\(whole)}")?.first?.hasPrefix("a=\(whole) ") == true)
            for place in 0..<length {
                for wrong in ["/", ":", "-", " ", "a", "\u{0}"] {
                    let spoilt = whole.prefix(place) + wrong + whole.dropFirst(place + 1)
                    #expect(PlainObjectTests.found("{\"a\":\(spoilt)}") == nil, "\(spoilt)")
                }
            }
        }
    }
}
