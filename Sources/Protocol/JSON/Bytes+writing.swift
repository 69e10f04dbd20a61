extension UInt64 {
    /// The number of decimal digits with which it is written.
    @inline(__always) var decimalDigits: Int {
        var digits = 1
        var rest = self
        while rest >= 10_000 {
            rest /= 10_000
            digits += 4
        }
        return digits + (rest >= 1000 ? 3 : rest >= 100 ? 2 : rest >= 10 ? 1 : 0)
    }
}

/// Writers of parts of an object. The place must have room for them; in debug builds each access is checked.
extension UnsafeMutableRawBufferPointer {
    /// Writes a comma, if there must be one, and the name with its colon; takes up to 33 bytes and returns the number that count.
    @inline(__always) func write(_ name: JSONName, comma: Bool) -> Int {
        self[0] = UInt8(ascii: ",")
        let start = comma ? 1 : 0
        storeBytes(of: name.words.0.littleEndian, toByteOffset: start, as: UInt64.self)
        storeBytes(of: name.words.1.littleEndian, toByteOffset: start + 8, as: UInt64.self)
        storeBytes(of: name.words.2.littleEndian, toByteOffset: start + 16, as: UInt64.self)
        storeBytes(of: name.words.3.littleEndian, toByteOffset: start + 24, as: UInt64.self)
        return start + name.length
    }

    @inline(__always) func write(_ bytes: RawSpan, at start: Int) {
        bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: self[start...]).copyMemory(from: $0) }
    }

    /// Writes the minus sign of a negative number; returns the place of the digits.
    @inline(__always) func write(signOf value: Int64, at start: Int) -> Int {
        guard value < 0 else { return start }
        self[start] = UInt8(ascii: "-")
        return start + 1
    }

    /// Writes so many digits of a number, with zeros in front; returns their number.
    @inline(__always) func write(_ value: UInt64, at start: Int, digits: Int) -> Int {
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
