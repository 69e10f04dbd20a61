internal import ChargingModel
internal import JSON

/// An object or a field that only `ObjectFields` reads, or rejects.
struct Unusual: Error {}

/// Reads fields of plain JSON straight from the payload's bytes: what a program of ours writes, and nothing that is wrong.
extension PlainObject: Fields {
    /// Reads a payload, or with `inner` an object in it; `nil` for what is unusual or wrong.
    static func fields<Value>(
        of payload: [UInt8], inner: Member? = nil, _ body: (borrowing PlainObject) throws(Unusual) -> Value
    ) -> Value? {
        read(payload, FieldName.all, inner: inner) { object in
            do throws(Unusual) { return try body(object) } catch { return nil }
        }
    }

    func has(_ name: FieldName) -> Bool { self[name.rawValue] != nil }

    @inline(__always) private func string(_ member: Member) throws(Unusual) -> Range<Int> {
        guard let place = member.string else { throw Unusual() }
        return place
    }

    func missing(_ name: FieldName, _ expected: @autoclosure () -> String) -> Unusual { Unusual() }
    func contradiction(_ rejection: @autoclosure () -> Rejection) -> Unusual { Unusual() }

    func idIfPresent<Kind>(_ name: FieldName) throws(Unusual) -> Identifier<Kind>? {
        guard let member = self[name.rawValue] else { return nil }
        guard let id = Identifier<Kind>(utf8: source.span.extracting(try string(member))) else { throw Unusual() }
        return id
    }

    /// Reads it here only when it is usual: the other reader reads the rest, or leaves it out.
    func shown<Value>(_ read: () throws(Unusual) -> Value?) throws(Unusual) -> Value? { try read() }

    func allowOnly(_ names: [FieldName]) throws(Unusual) {
        guard hasOnly(names.lazy.map(\.rawValue)) else { throw Unusual() }
    }

    func require<Kind>(_ name: FieldName, _ id: Identifier<Kind>) throws(Unusual) {
        guard let member = self[name.rawValue] else { throw Unusual() }
        guard Identifier<Kind>(utf8: source.span.extracting(try string(member))) == id else { throw Unusual() }
    }

    func textIfPresent(_ name: FieldName) throws(Unusual) -> String? {
        try plainText(name)?.bounded()
    }

    /// The text of a field, as it stands there.
    private func plainText(_ name: FieldName) throws(Unusual) -> String? {
        guard let member = self[name.rawValue] else { return nil }
        return source.span.extracting(try string(member)).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    func wordIfPresent<Word: RawRepresentable<String> & CaseIterable>(_ name: FieldName) throws(Unusual) -> Word? {
        guard let text = try plainText(name) else { return nil }
        guard let word = Word(rawValue: text) else { throw Unusual() }
        return word
    }

    func timeIfPresent(_ name: FieldName) throws(Unusual) -> WallTime? {
        guard let member = self[name.rawValue] else { return nil }
        guard let time = WallTime(utf8: source.span.extracting(try string(member))) else { throw Unusual() }
        return time
    }

    func boolIfPresent(_ name: FieldName) throws(Unusual) -> Bool? {
        guard let member = self[name.rawValue] else { return nil }
        guard let bool = member.bool else { throw Unusual() }
        return bool
    }

    func integerIfPresent(_ name: FieldName, _ range: ClosedRange<Int64>, _ expected: @autoclosure () -> String) throws(Unusual) -> Int64? {
        guard let member = self[name.rawValue] else { return nil }
        guard let integer = member.count(decimals: 0), range.contains(integer) else { throw Unusual() }
        return integer
    }

    func quantityIfPresent(
        _ name: FieldName, decimals: Int, to limit: Int64, _ expected: @autoclosure () -> String
    ) throws(Unusual) -> Int64? {
        guard let member = self[name.rawValue] else { return nil }
        guard let count = member.count(decimals: decimals), count <= limit else { throw Unusual() }
        return count
    }

    func object<Value>(_ name: FieldName, _ read: (borrowing PlainObject) throws(Unusual) -> Value) throws(Unusual) -> Value {
        guard let member = self[name.rawValue] else { throw Unusual() }
        guard let value = PlainObject.fields(of: source, inner: member, read) else { throw Unusual() }
        return value
    }

    /// The objects of an array. If one is not plain the whole array is given up: `ObjectFields` may be able to read it.
    func readableObjects<Value>(
        _ name: FieldName, most: Int, _ read: (borrowing PlainObject) throws(Unusual) -> Value
    ) throws(Unusual) -> [Value] {
        guard let member = self[name.rawValue] else { throw Unusual() }
        let values = PlainObject.readEach(source, FieldName.all, in: member, most: most) { object in
            do throws(Unusual) { return try read(object) } catch { return nil }
        }
        guard let values else { throw Unusual() }
        return values
    }
}
