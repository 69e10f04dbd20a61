/// Writes one JSON object with known names straight into the bytes of an array: byte for byte what `JSONWriter` writes, without a string.
///
/// Names are given by their index in a `JSONNames`.
public struct JSONOutput: ~Copyable {
    private let names: JSONNames
    private let space: UnsafeMutableRawBufferPointer
    /// The number of bytes written. When the space is too little it is more than that, and nothing is written any more.
    private var count = 0
    private var needsComma = false

    private init(_ names: JSONNames, _ space: UnsafeMutableRawBufferPointer) {
        self.names = names
        self.space = space
    }

    /// The bytes of an object with these members.
    /// - Parameter capacity: a number of bytes that it will hardly exceed. If it does, `members` is called again.
    public static func object(_ names: JSONNames, capacity: Int, _ members: (inout JSONOutput) -> Void) -> [UInt8] {
        var needed = max(2, capacity)
        while true {
            let space = needed
            let bytes = [UInt8](unsafeUninitializedCapacity: space) { buffer, count in
                var output = JSONOutput(names, UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: space))
                output.nest(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
                needed = output.count
                count = needed <= space ? needed : 0
            }
            if needed <= space { return bytes }
        }
    }

    /// Makes room for so many bytes, lets the closure write them, and takes as many as it returns.
    @inline(__always) private mutating func add(atMost most: Int, _ write: (UnsafeMutableRawBufferPointer) -> Int) {
        guard most <= space.count - count else {
            count += most
            // Whatever comes later finds no space either: what is written must not have a gap.
            count = max(count, space.count + 1)
            return
        }
        count += write(UnsafeMutableRawBufferPointer(start: space.baseAddress.map { $0 + count }, count: most))
    }

    // MARK: Objects and arrays

    public mutating func object(_ name: Int, _ body: (inout JSONOutput) -> Void) {
        member(name, atMost: 0) { $1 }
        nest(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    /// Writes an array of objects.
    public mutating func objects<Element>(_ name: Int, _ elements: [Element], _ body: (Element, inout JSONOutput) -> Void) {
        member(name, atMost: 0) { $1 }
        nest(UInt8(ascii: "["), UInt8(ascii: "]")) { array in
            for element in elements {
                if array.needsComma { array.append(UInt8(ascii: ",")) }
                array.nest(UInt8(ascii: "{"), UInt8(ascii: "}")) { body(element, &$0) }
            }
        }
    }

    private mutating func nest(_ first: UInt8, _ last: UInt8, _ body: (inout JSONOutput) -> Void) {
        append(first)
        needsComma = false
        body(&self)
        append(last)
        needsComma = true
    }

    private mutating func append(_ byte: UInt8) {
        add(atMost: 1) { place in
            place[0] = byte
            return 1
        }
    }

    // MARK: Values

    /// The most bytes that a name takes: the words it is kept in, and a comma.
    private static let longestName = 33

    @inline(__always) private mutating func member(_ name: Int, atMost most: Int, _ write: (UnsafeMutableRawBufferPointer, Int) -> Int) {
        let name = names[name]
        let comma = needsComma
        needsComma = true
        add(atMost: JSONOutput.longestName + most) { place in
            let start = place.write(name, comma: comma)
            return write(place, start)
        }
    }

    public mutating func string(_ name: Int, _ text: String) {
        let bytes = text.utf8.span.bytes
        guard bytes.isPlain else { return escaped(name, text) }
        member(name, atMost: bytes.byteCount + 2) { place, start in
            place[start] = UInt8(ascii: "\"")
            place.write(bytes, at: start + 1)
            place[start + 1 + bytes.byteCount] = UInt8(ascii: "\"")
            return start + bytes.byteCount + 2
        }
    }

    private mutating func escaped(_ name: Int, _ text: String) {
        var writer = JSONWriter()
        writer.string(nil, text)
        let quoted = writer.bytes
        member(name, atMost: quoted.count) { place, start in
            place.write(quoted.span.bytes, at: start)
            return start + quoted.count
        }
    }

    /// Writes a string of 24 characters: printable ASCII without quotes and backslashes, which a time by RFC 3339 is.
    public mutating func string(_ name: Int, plain text: InlineArray<24, UInt8>) {
        member(name, atMost: 26) { place, start in
            place[start] = UInt8(ascii: "\"")
            place.write(text.span.bytes, at: start + 1)
            place[start + 25] = UInt8(ascii: "\"")
            return start + 26
        }
    }

    /// Writes a string of at most 40 characters, the first `count` bytes in these words: printable ASCII without quotes and backslashes, which an id
    /// by P1 is.
    public mutating func string(_ name: Int, plain text: InlineArray<5, UInt64>, count: Int) {
        precondition(count >= 0 && count <= 40)
        member(name, atMost: 42) { place, start in
            place[start] = UInt8(ascii: "\"")
            for index in text.indices { place.storeBytes(of: text[index], toByteOffset: start + 1 + 8 * index, as: UInt64.self) }
            place[start + 1 + count] = UInt8(ascii: "\"")
            return start + count + 2
        }
    }

    public mutating func bool(_ name: Int, _ value: Bool) {
        member(name, atMost: 8) { place, start in
            let word = value ? PlainScanner.trueBytes : PlainScanner.falseBytes
            place.storeBytes(of: word.littleEndian, toByteOffset: start, as: UInt64.self)
            return start + (value ? 4 : 5)
        }
    }

    public mutating func null(_ name: Int) {
        member(name, atMost: 8) { place, start in
            place.storeBytes(of: PlainScanner.nullBytes.littleEndian, toByteOffset: start, as: UInt64.self)
            return start + 4
        }
    }

    public mutating func integer(_ name: Int, _ value: UInt64) {
        member(name, atMost: 20) { place, start in start + place.write(value, at: start, digits: value.decimalDigits) }
    }

    public mutating func integer(_ name: Int, _ value: Int64) {
        member(name, atMost: 21) { place, start in
            let magnitude = value.magnitude
            let digits = place.write(signOf: value, at: start)
            return digits + place.write(magnitude, at: digits, digits: magnitude.decimalDigits)
        }
    }

    /// Writes a count of 10^−`decimals` units, 1 to 18 of them: 22000 with 3 decimals is `22.0`.
    ///
    /// At least `minimum` decimals are written, and no more than are needed.
    public mutating func decimal(_ name: Int, _ count: Int64, decimals: Int, minimum: Int = 0) {
        let whole: UInt64
        var fraction: UInt64
        (whole, fraction) = count.magnitude.quotientAndRemainder(dividingBy: JSONNumber.power(decimals).magnitude)
        var width = decimals
        while width > minimum, width > 0, fraction % 10 == 0 {
            fraction /= 10
            width -= 1
        }
        // A sign, 20 digits, a point and 18 more.
        member(name, atMost: 40) { place, start in
            var end = place.write(signOf: count, at: start)
            end += place.write(whole, at: end, digits: whole.decimalDigits)
            guard width > 0 else { return end }
            place[end] = UInt8(ascii: ".")
            return end + 1 + place.write(fraction, at: end + 1, digits: width)
        }
    }
}
