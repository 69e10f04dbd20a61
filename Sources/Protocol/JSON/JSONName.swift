/// A member's name, known in advance and ready to be written: quoted, with its colon.
public struct JSONName: Sendable {
    /// The longest name, in bytes.
    public static let limit = 24

    /// Its index in its `JSONNames`.
    public let index: Int
    /// `"name":` in four words, the first byte lowest, and its length.
    let words: (UInt64, UInt64, UInt64, UInt64)
    let length: Int

    init(index: Int, _ name: [UInt8]) {
        let quoted = [UInt8(ascii: "\"")] + name + [UInt8(ascii: "\""), UInt8(ascii: ":")]
        let text = quoted.span.bytes
        self.index = index
        words = (text.word(at: 0), text.word(at: 8), text.word(at: 16), text.word(at: 24))
        length = quoted.count
    }
}

/// The names that a reader looks for, found from their bytes with one look-up and without a string.
public struct JSONNames: Sendable {
    /// The largest number of names.
    public static let limit = 64

    private struct Entry: Sendable {
        /// The name's bytes, padded with zeros, which no name contains.
        var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
        var index = -1
    }

    @usableFromInline let names: [JSONName]
    private var entries = [Entry](repeating: Entry(), count: JSONNames.size)
    /// The size of the table: four times the largest number of names, so that nearly every name stands where it is looked for first.
    private static let size = 256

    /// Makes the table of at most 64 different names, each of 1 to 24 printable ASCII characters without quotes and backslashes.
    public init(_ texts: [String]) {
        precondition(texts.count <= JSONNames.limit, "more than \(JSONNames.limit) names")
        names = texts.enumerated().map { JSONName(index: $0, Array($1.utf8)) }
        for (index, text) in texts.enumerated() {
            let bytes = Array(text.utf8)
            precondition((1...JSONName.limit).contains(bytes.count) && bytes.allSatisfy(\.isPlain), "no name to look for: \(text)")
            let words = JSONNames.words(bytes.span.bytes, 0, bytes.count)
            precondition(find(bytes.span.bytes, from: 0, to: bytes.count) == nil, "twice: \(text)")
            var place = JSONNames.place(words)
            while entries[place].index >= 0 { place = (place + 1) & (JSONNames.size - 1) }
            entries[place] = Entry(words: words, index: index)
        }
    }

    @inlinable public subscript(index: Int) -> JSONName { names[index] }

    /// The index of the name in these bytes; `nil` when it is none of the names.
    func find(_ text: RawSpan, from start: Int, to end: Int) -> Int? {
        let length = end - start
        if length <= 8 { return find(short: text.word(at: start).first(length)) }
        guard length <= JSONName.limit else { return nil }
        let words = JSONNames.words(text, start, end)
        var place = JSONNames.place(words)
        while entries[place].index >= 0 {
            if entries[place].words == words { return entries[place].index }
            place = (place + 1) & (JSONNames.size - 1)
        }
        return nil
    }

    /// The index of a name of at most eight bytes, padded with zeros.
    @inline(__always) func find(short word: UInt64) -> Int? {
        var place = JSONNames.place((word, 0, 0))
        while true {
            let entry = entries[place]
            guard entry.index >= 0 else { return nil }
            if entry.words.0 == word, entry.words.1 == 0 { return entry.index }
            place = (place + 1) & (JSONNames.size - 1)
        }
    }

    @inline(__always) private static func words(_ text: RawSpan, _ start: Int, _ end: Int) -> (UInt64, UInt64, UInt64) {
        let length = end - start
        let first = text.word(at: start).first(length)
        guard length > 8 else { return (first, 0, 0) }
        return (first, text.word(at: start + 8).first(length - 8), length > 16 ? text.word(at: start + 16).first(length - 16) : 0)
    }

    @inline(__always) private static func place(_ words: (UInt64, UInt64, UInt64)) -> Int {
        let mixed = (words.0 ^ (words.1 &* 0x9E37_79B9_7F4A_7C15) ^ words.2) &* 0xD6E8_FEB8_6659_FD93
        return Int(mixed >> 56)
    }
}
