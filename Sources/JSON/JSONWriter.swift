/// Writes JSON without spaces, member by member, in the order of the calls.
public struct JSONWriter: Sendable {
    /// What is written stands in its first `count` bytes.
    private var storage: [UInt8]
    private var count = 0
    private var needsComma = false

    public init(capacity: Int = 256) { storage = [UInt8](repeating: 0, count: max(64, capacity)) }

    /// What is written so far.
    public var bytes: [UInt8] { Array(storage[..<count]) }

    /// What was written, without a copy; the writer is used up.
    public consuming func finish() -> [UInt8] {
        var bytes: [UInt8] = []
        swap(&bytes, &storage)
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// The text so far.
    public var text: String { String(decoding: storage[..<count], as: UTF8.self) }

    /// Writes an object, as the next element or member.
    public mutating func object(_ name: String? = nil, _ body: (inout JSONWriter) -> Void) {
        begin(name)
        nest(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    public mutating func object(_ name: JSONName, _ body: (inout JSONWriter) -> Void) {
        begin(name)
        nest(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    /// Writes an array, as the next element or member.
    public mutating func array(_ name: String? = nil, _ body: (inout JSONWriter) -> Void) {
        begin(name)
        nest(UInt8(ascii: "["), UInt8(ascii: "]"), body)
    }

    public mutating func array(_ name: JSONName, _ body: (inout JSONWriter) -> Void) {
        begin(name)
        nest(UInt8(ascii: "["), UInt8(ascii: "]"), body)
    }

    private mutating func nest(_ first: UInt8, _ last: UInt8, _ body: (inout JSONWriter) -> Void) {
        append(first)
        needsComma = false
        body(&self)
        append(last)
        needsComma = true
    }

    public mutating func string(_ name: String? = nil, _ text: String) {
        begin(name)
        quote(text)
    }

    public mutating func string(_ name: JSONName, _ text: String) {
        begin(name)
        quote(text)
    }

    public mutating func integer(_ name: String? = nil, _ value: some BinaryInteger) {
        begin(name)
        append(String(value))
    }

    public mutating func integer(_ name: JSONName, _ value: Int64) {
        begin(name)
        appendDecimal(value.magnitude, isNegative: value < 0, decimals: 0, minimum: 0)
    }

    public mutating func integer(_ name: JSONName, _ value: UInt64) {
        begin(name)
        appendDecimal(value, isNegative: false, decimals: 0, minimum: 0)
    }

    public mutating func bool(_ name: String? = nil, _ value: Bool) {
        begin(name)
        append(value ? "true" : "false")
    }

    public mutating func bool(_ name: JSONName, _ value: Bool) {
        begin(name)
        append(value ? "true" : "false")
    }

    public mutating func null(_ name: String? = nil) {
        begin(name)
        append("null")
    }

    public mutating func null(_ name: JSONName) {
        begin(name)
        append("null")
    }

    /// Writes a number that is text already: `22.0`.
    public mutating func decimal(_ name: String? = nil, _ text: String) {
        begin(name)
        append(text)
    }

    /// Writes a count of 10^−`decimals` units, at most 18 of them: 22000 with 3 decimals is `22.0`.
    ///
    /// At least `minimum` decimals are written, and no more than are needed.
    public mutating func decimal(_ name: JSONName, _ count: Int64, decimals: Int, minimum: Int = 0) {
        begin(name)
        appendDecimal(count.magnitude, isNegative: count < 0, decimals: decimals, minimum: minimum)
    }

    /// Writes a string of 24 characters: printable ASCII without quotes and backslashes, which a time by RFC 3339 is.
    public mutating func string(_ name: JSONName, plain text: InlineArray<24, UInt8>) {
        begin(name)
        add(atMost: 26) { place in
            place[0] = UInt8(ascii: "\"")
            withUnsafeBytes(of: text) { UnsafeMutableRawBufferPointer(rebasing: place[1...]).copyMemory(from: $0) }
            place[25] = UInt8(ascii: "\"")
            return 26
        }
    }

    /// Ends a line, outside of any value.
    public mutating func lineBreak() {
        append(UInt8(ascii: "\n"))
        needsComma = false
    }

    private mutating func begin(_ name: String?) {
        comma()
        guard let name else { return }
        quote(name)
        append(UInt8(ascii: ":"))
    }

    @inline(__always) private mutating func begin(_ name: JSONName) {
        let comma = needsComma ? 1 : 0
        needsComma = true
        add(atMost: 40) { place in
            place[0] = UInt8(ascii: ",")
            let words = name.words
            place.storeBytes(of: words.0.littleEndian, toByteOffset: comma, as: UInt64.self)
            place.storeBytes(of: words.1.littleEndian, toByteOffset: comma + 8, as: UInt64.self)
            place.storeBytes(of: words.2.littleEndian, toByteOffset: comma + 16, as: UInt64.self)
            place.storeBytes(of: words.3.littleEndian, toByteOffset: comma + 24, as: UInt64.self)
            return comma + name.length
        }
    }

    private mutating func comma() {
        if needsComma { append(UInt8(ascii: ",")) }
        needsComma = true
    }
}

// MARK: Bytes

extension JSONWriter {
    /// Makes room for so many bytes, lets them be written and takes as many as the closure says.
    @inline(__always) private mutating func add(atMost most: Int, _ write: (UnsafeMutableRawBufferPointer) -> Int) {
        if storage.count - count < most { grow(most) }
        let start = count
        count += storage.withUnsafeMutableBytes { write(UnsafeMutableRawBufferPointer(rebasing: $0[start..<start + most])) }
    }

    @inline(never) private mutating func grow(_ most: Int) {
        storage.append(contentsOf: repeatElement(0, count: max(storage.count, most)))
    }

    private mutating func append(_ byte: UInt8) {
        add(atMost: 1) { place in
            place[0] = byte
            return 1
        }
    }

    private mutating func append(_ text: String) {
        let bytes = text.utf8.span
        guard bytes.count > 0 else { return }
        add(atMost: bytes.count) { place in
            bytes.withUnsafeBytes { place.copyMemory(from: $0) }
            return bytes.count
        }
    }

    /// DEL and the C1 controls are escaped, too: a line that a person prints must not move the cursor.
    private mutating func quote(_ text: String) {
        let bytes = text.utf8.span
        guard bytes.bytes.isPlain else { return quoteEscaped(text) }
        add(atMost: bytes.count + 2) { place in
            place[0] = UInt8(ascii: "\"")
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: place[1...]).copyMemory(from: $0) }
            place[bytes.count + 1] = UInt8(ascii: "\"")
            return bytes.count + 2
        }
    }

    private mutating func quoteEscaped(_ text: String) {
        append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars { append(scalar) }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": append("\\\"")
        case "\\": append("\\\\")
        case "\n": append("\\n")
        case "\t": append("\\t")
        case "\r": append("\\r")
        case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
            let digits = String(scalar.value, radix: 16)
            append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        default: append(String(scalar))
        }
    }

    private mutating func appendDecimal(_ magnitude: UInt64, isNegative: Bool, decimals: Int, minimum: Int) {
        var whole = magnitude
        var fraction: UInt64 = 0
        var width = decimals
        if decimals > 0 {
            (whole, fraction) = magnitude.quotientAndRemainder(dividingBy: UInt64(JSONNumber.power(decimals)))
            while width > minimum, fraction % 10 == 0 {
                guard width > 0 else { break }
                fraction /= 10
                width -= 1
            }
        }
        // A sign, 20 digits, a point and 18 more.
        add(atMost: 40) { place in
            var end = 0
            if isNegative {
                place[0] = UInt8(ascii: "-")
                end = 1
            }
            end += place.write(whole, at: end, digits: whole.decimalDigits)
            guard width > 0 else { return end }
            place[end] = UInt8(ascii: ".")
            return end + 1 + place.write(fraction, at: end + 1, digits: width)
        }
    }
}

extension RawSpan {
    /// Whether a string of these bytes needs no escapes: printable ASCII, no quote, no backslash.
    fileprivate var isPlain: Bool {
        var offset = 0
        while offset + 8 <= byteCount {
            let word = word(at: offset)
            guard word.plainBytes == 8, !word.hasDelete else { return false }
            offset += 8
        }
        while offset < byteCount {
            guard byte(at: offset).isPlain else { return false }
            offset += 1
        }
        return true
    }
}

extension UInt64 {
    /// How many digits it is written with.
    fileprivate var decimalDigits: Int {
        var digits = 1
        var limit: UInt64 = 10
        while self >= limit {
            digits += 1
            let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
            if overflow { break }
            limit = next
        }
        return digits
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Writes so many digits of a number, with zeros in front, and says how many.
    @inline(__always) fileprivate func write(_ value: UInt64, at start: Int, digits: Int) -> Int {
        var rest = value
        var place = start + digits
        while place > start + 1 {
            place -= 2
            let pair = UInt16(truncatingIfNeeded: rest % 100)
            rest /= 100
            // The tens in the lower byte, so that they come first.
            storeBytes(of: (0x3030 | (pair / 10) | ((pair % 10) << 8)).littleEndian, toByteOffset: place, as: UInt16.self)
        }
        if place > start { self[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10) }
        return digits
    }
}
