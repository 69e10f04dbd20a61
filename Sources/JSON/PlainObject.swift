/// An object of plain JSON (`PlainScanner`), read in one pass into a table of the known names in it, without a string and without an allocation.
///
/// It is the short way for texts as our own programs write them. Whatever is unusual — an escape, a name twice, an exponent — makes it `nil`, and
/// `JSONObject` must be asked, which reads every text and says what is wrong with it. Where this one answers, that one answers the same.
public struct PlainObject: ~Copyable {
    /// How many members with known names there may be.
    public static let limit = 16
    /// The longest text, in bytes.
    public static let longest = 65_535

    private struct Member {
        var kind = JSONKind.null
        /// Of a number.
        var decimals: UInt8 = 0
        /// Where the value is; of a string, what is between its quotes.
        var start: UInt16 = 0
        var end: UInt16 = 0
        /// Of a number; of a bool, 1 for true.
        var digits: Int64 = 0
    }

    public let source: [UInt8]
    private let names: JSONNames
    private var members = InlineArray<16, Member>(repeating: Member())
    private var count = 0
    /// For each name, which member it has plus one; 0 for none.
    private var places = InlineArray<64, UInt8>(repeating: 0)

    /// Reads a whole text that must be one object; `nil` when it is not plain, or not JSON.
    public init?(_ bytes: [UInt8], _ names: JSONNames) {
        self.init(source: bytes, names: names)
        guard let end = read(from: 0), bytes.span.bytes.isSpace(from: end) else { return nil }
    }

    private init(source: [UInt8], names: JSONNames) {
        self.source = source
        self.names = names
    }

    /// Reads the object that begins there and says where it ends.
    private mutating func read(from start: Int) -> Int? {
        // A reference of its own, since the table is written while the text is read.
        let source = source
        let text = source.span.bytes
        guard text.byteCount <= PlainObject.longest else { return nil }
        var scanner = PlainScanner(position: start)
        scanner.skipSpace(text)
        guard scanner.eat(text, "{") else { return nil }
        scanner.skipSpace(text)
        if scanner.eat(text, "}") { return scanner.position }
        repeat {
            scanner.skipSpace(text)
            guard scanner.eat(text, "\"") else { return nil }
            let nameStart = scanner.position
            guard let nameEnd = scanner.string(text) else { return nil }
            scanner.skipSpace(text)
            guard scanner.eat(text, ":") else { return nil }
            scanner.skipSpace(text)
            guard let member = PlainObject.value(text, &scanner) else { return nil }
            if let name = names.find(text, from: nameStart, to: nameEnd) {
                guard count < PlainObject.limit, places[name] == 0 else { return nil }
                members[count] = member
                count += 1
                places[name] = UInt8(count)
            }
            scanner.skipSpace(text)
        } while scanner.eat(text, ",")
        return scanner.eat(text, "}") ? scanner.position : nil
    }

    @inline(__always) private static func value(_ text: RawSpan, _ scanner: inout PlainScanner) -> Member? {
        var member = Member(start: UInt16(truncatingIfNeeded: scanner.position))
        switch text.byte(at: scanner.position) {
        case UInt8(ascii: "\""):
            scanner.position += 1
            member.kind = .string
            member.start += 1
            guard let end = scanner.string(text) else { return nil }
            member.end = UInt16(truncatingIfNeeded: end)
        case UInt8(ascii: "{"):
            member.kind = .object
            guard scanner.object(text, levels: 1) else { return nil }
        case UInt8(ascii: "t"):
            member.kind = .bool
            member.digits = 1
            guard scanner.word(text, PlainScanner.trueBytes, 4) else { return nil }
        case UInt8(ascii: "f"):
            member.kind = .bool
            guard scanner.word(text, PlainScanner.falseBytes, 5) else { return nil }
        case UInt8(ascii: "n"):
            guard scanner.word(text, PlainScanner.nullBytes, 4) else { return nil }
        default:
            guard let number = scanner.number(text) else { return nil }
            member.kind = .number
            member.digits = number.digits
            member.decimals = UInt8(truncatingIfNeeded: number.decimals)
        }
        return member
    }

    @inline(__always) private func member(_ name: Int) -> Member? {
        let place = places[name]
        return place == 0 ? nil : members[Int(place) - 1]
    }

    // MARK: What is in it, by the index of a name

    /// What a member is; `nil` when it is not there.
    public func kind(_ name: Int) -> JSONKind? { member(name)?.kind }

    /// Where in `source` a string is, without its quotes; `nil` unless it is one.
    public func string(_ name: Int) -> Range<Int>? {
        guard let member = member(name), member.kind == .string else { return nil }
        return Int(member.start)..<max(Int(member.start), Int(member.end))
    }

    /// `nil` unless it is a bool.
    public func bool(_ name: Int) -> Bool? {
        guard let member = member(name), member.kind == .bool else { return nil }
        return member.digits == 1
    }

    /// A number as a count of 10^−`decimals` units, at most 18 of them; `nil` when it is no number, has more decimals than that, or is too large for one.
    public func count(_ name: Int, decimals: Int) -> Int64? {
        guard let member = member(name), member.kind == .number else { return nil }
        let missing = decimals - Int(member.decimals)
        guard missing >= 0 else { return nil }
        let (count, overflow) = member.digits.multipliedReportingOverflow(by: JSONNumber.power(missing))
        return overflow ? nil : count
    }

    /// An object in this one; `nil` when it is none, or not plain.
    public func object(_ name: Int) -> PlainObject? {
        guard let member = member(name), member.kind == .object else { return nil }
        var object = PlainObject(source: source, names: names)
        guard object.read(from: Int(member.start)) != nil else { return nil }
        return object
    }
}

extension RawSpan {
    /// Whether there is nothing but white space from there on.
    fileprivate func isSpace(from start: Int) -> Bool {
        var scanner = PlainScanner(position: start)
        scanner.skipSpace(self)
        return scanner.position == byteCount
    }
}
