/// An object of plain JSON (`PlainScanner`), read in one pass into a table of the known names in it, without a string and without an allocation.
///
/// It is the short way for texts as our own programs write them. Whatever is unusual — an escape, a name twice, an exponent — makes it `nil`, and
/// `JSONObject` must be asked, which reads every text and says what is wrong with it. Where this one answers, that one answers the same.
public struct PlainObject: ~Copyable {
    /// The largest number of members with known names.
    public static let limit = 20
    /// The longest text, in bytes.
    public static let longest = 65_535

    /// A member with a known name.
    public struct Member: Sendable {
        public internal(set) var kind = JSONKind.null
        /// The decimals of a number: it is `digits` × 10^−`decimals`.
        public internal(set) var decimals: UInt8 = 0
        /// The place in `source` at which the value begins; of a string, the place after the opening quote.
        public internal(set) var start: UInt16 = 0
        /// The place at which a string ends, before the closing quote.
        public internal(set) var end: UInt16 = 0
        /// The digits of a number; of a bool, 1 for true.
        public internal(set) var digits: Int64 = 0
    }

    public let source: [UInt8]
    private let names: JSONNames
    // On the stack of `read`, which is where this object lives: in it they would be copied with every question.
    @usableFromInline let members: UnsafeMutableBufferPointer<Member>
    private var count = 0
    /// The number of members with unknown names.
    private var others = 0
    /// The index of each name's member plus one; 0 for none.
    @usableFromInline let places: UnsafeMutableBufferPointer<UInt8>

    @usableFromInline init(
        _ bytes: [UInt8], _ names: JSONNames, _ members: UnsafeMutableBufferPointer<Member>, _ places: UnsafeMutableBufferPointer<UInt8>
    ) {
        precondition(members.count >= PlainObject.limit && places.count >= JSONNames.limit)
        places.initialize(repeating: 0)
        source = bytes
        self.names = names
        self.members = members
        self.places = places
    }

    /// Reads an object and lets `body` ask for its members; `nil` when it is not plain, or not JSON, or when `body` returns `nil`.
    ///
    /// The object is the whole text, or with `inner` a member of another object of the same text.
    @inlinable public static func read<Result>(
        _ bytes: [UInt8], _ names: JSONNames, inner: Member? = nil, _ body: (borrowing PlainObject) -> Result?
    ) -> Result? {
        withUnsafeTemporaryAllocation(of: Member.self, capacity: limit) { members in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: JSONNames.limit) { places in
                var object = PlainObject(bytes, names, members, places)
                guard object.read(inner) else { return nil }
                return body(object)
            }
        }
    }

    /// Reads the objects in an array, which is a member of another object of the same text, one after the other; `nil` when one of them is not plain,
    /// when there are more than `most`, or when `body` returns `nil`.
    @inlinable public static func readEach<Result>(
        _ bytes: [UInt8], _ names: JSONNames, in array: Member, most: Int, _ body: (borrowing PlainObject) -> Result?
    ) -> [Result]? {
        guard array.kind == .array else { return nil }
        return withUnsafeTemporaryAllocation(of: Member.self, capacity: limit) { members in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: JSONNames.limit) { places in
                var results: [Result] = []
                var position = Int(array.start)
                while let start = element(bytes, after: position) {
                    var object = PlainObject(bytes, names, members, places)
                    guard results.count < most, let end = object.read(at: start), let result = body(object) else { return nil }
                    results.append(result)
                    position = end
                }
                return results
            }
        }
    }

    /// The place at which an element begins after the bracket or the comma at `position`; `nil` when none does.
    @usableFromInline static func element(_ bytes: [UInt8], after position: Int) -> Int? {
        let text = bytes.span.bytes
        guard text.byte(at: position) != UInt8(ascii: "]"), text.byte(at: position + 1) == UInt8(ascii: "{") else { return nil }
        return position + 1
    }

    @usableFromInline mutating func read(at start: Int) -> Int? { read(from: start) }

    @usableFromInline mutating func read(_ inner: Member?) -> Bool {
        if let inner { return inner.kind == .object && read(from: Int(inner.start)) != nil }
        return read(from: 0) == source.count
    }

    /// Reads the object that begins at `start`; returns the place of its end, `nil` when it is not plain.
    private mutating func read(from start: Int) -> Int? {
        let source = source
        let text = source.span.bytes
        guard text.byteCount <= PlainObject.longest else { return nil }
        var scanner = PlainScanner(position: start)
        guard scanner.eat(text, "{") else { return nil }
        if scanner.eat(text, "}") { return scanner.position }
        repeat {
            guard scanner.eat(text, "\"") else { return nil }
            let name = scanner.position
            guard let nameEnd = scanner.string(text), scanner.eat(text, ":") else { return nil }
            guard let member = PlainObject.value(text, &scanner) else { return nil }
            guard let index = names.find(text, from: name, to: nameEnd) else {
                others += 1
                continue
            }
            guard count < PlainObject.limit, places[index] == 0 else { return nil }
            (members.baseAddress! + count).initialize(to: member)
            count += 1
            places[index] = UInt8(truncatingIfNeeded: count)
        } while scanner.eat(text, ",")
        return scanner.eat(text, "}") ? scanner.position : nil
    }

    @inline(__always) private static func value(_ text: RawSpan, _ scanner: inout PlainScanner) -> Member? {
        let start = UInt16(truncatingIfNeeded: scanner.position)
        switch text.byte(at: scanner.position) {
        case UInt8(ascii: "\""):
            scanner.position += 1
            guard let end = scanner.string(text) else { return nil }
            return Member(kind: .string, start: start + 1, end: UInt16(truncatingIfNeeded: end))
        case UInt8(ascii: "{"): return scanner.object(text, levels: 1) ? Member(kind: .object, start: start) : nil
        case UInt8(ascii: "["): return scanner.objects(text) ? Member(kind: .array, start: start) : nil
        case UInt8(ascii: "t"): return scanner.word(text, PlainScanner.trueBytes, 4) ? Member(kind: .bool, digits: 1) : nil
        case UInt8(ascii: "f"): return scanner.word(text, PlainScanner.falseBytes, 5) ? Member(kind: .bool) : nil
        case UInt8(ascii: "n"): return scanner.word(text, PlainScanner.nullBytes, 4) ? Member(kind: .null) : nil
        default:
            guard let number = scanner.number(text) else { return nil }
            return Member(kind: .number, decimals: UInt8(truncatingIfNeeded: number.decimals), start: start, digits: number.digits)
        }
    }

    /// True when it has no member but some of these, by the indices of their names; each is given once.
    public func hasOnly(_ names: some Sequence<Int>) -> Bool {
        var found = 0
        for name in names where places[name] != 0 { found += 1 }
        return others == 0 && found == count
    }

    /// The member with the name of this index; `nil` when it is not there or null.
    @inlinable public subscript(name: Int) -> Member? {
        precondition(name >= 0 && name < JSONNames.limit)
        let place = places[name]
        guard place != 0 else { return nil }
        let member = members[Int(place) - 1]
        return member.kind == .null ? nil : member
    }
}

extension PlainObject.Member {
    /// The range in the source of a string, without its quotes; `nil` unless it is one.
    @inlinable public var string: Range<Int>? { kind == .string && start <= end ? Int(start)..<Int(end) : nil }

    /// The bool; `nil` unless it is one.
    @inlinable public var bool: Bool? { kind == .bool ? digits == 1 : nil }

    /// A number as a count of 10^−`decimals` units, at most 18 of them; `nil` when it is no number, has more decimals than that, or is too large for
    /// one.
    @inlinable public func count(decimals: Int) -> Int64? {
        guard kind == .number, decimals >= Int(self.decimals) else { return nil }
        var count = digits
        for _ in Int(self.decimals)..<decimals {
            let (product, overflow) = count.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            count = product
        }
        return count
    }
}
