/// Reads eight bytes at a time, the first lowest. Places past the end of the text may be read: they hold zeros, which are nowhere in JSON.
extension RawSpan {
    @inline(__always) func byte(at offset: Int) -> UInt8 {
        UInt(bitPattern: offset) < UInt(bitPattern: byteCount) ? unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self) : 0
    }

    @inline(__always) func word(at offset: Int) -> UInt64 {
        if UInt(bitPattern: offset) &+ 8 <= UInt(bitPattern: byteCount), offset >= 0 {
            return UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
        }
        return lastWord(at: offset)
    }

    @inline(never) private func lastWord(at offset: Int) -> UInt64 {
        var word: UInt64 = 0
        for place in 0..<8 { word |= UInt64(byte(at: offset + place)) << UInt64(8 * place) }
        return word
    }
}

extension UInt64 {
    /// Repeats the byte eight times.
    @inline(__always) init(each byte: UInt8) { self = 0x0101_0101_0101_0101 &* UInt64(byte) }

    /// The first `count` of its bytes, the others zero.
    @inline(__always) func first(_ count: Int) -> UInt64 { count >= 8 ? self : self & ~(UInt64.max &<< UInt64(truncatingIfNeeded: 8 &* count)) }

    /// The top bit of each byte that is `byte`. A borrow only spoils bytes after the first one found, and whoever asks looks at the first or at none.
    @inline(__always) private func bits(of byte: UInt8) -> UInt64 {
        let difference = self ^ UInt64(each: byte)
        return (difference &- UInt64(each: 1)) & ~difference
    }

    /// The number of its bytes, from the first on, that are plain: printable ASCII or DEL, no quote, no backslash.
    @inline(__always) var plainBytes: Int {
        let control = (self &- UInt64(each: 0x20)) & ~self
        let found = bits(of: UInt8(ascii: "\"")) | bits(of: UInt8(ascii: "\\")) | control | self
        return (found & UInt64(each: 0x80)).trailingZeroBitCount / 8
    }

    /// True when one of its bytes is DEL.
    @inline(__always) var hasDelete: Bool { bits(of: 0x7F) & UInt64(each: 0x80) != 0 }

    /// The number that eight digits write; `nil` unless all are digits.
    @inline(__always) var eightDigits: UInt64? {
        let nibbles = UInt64(each: 0xF0)
        guard self & nibbles == UInt64(each: 0x30), (self &+ UInt64(each: 6)) & nibbles == UInt64(each: 0x30) else { return nil }
        var pairs = self & UInt64(each: 0x0F)
        pairs = (pairs &* 10 &+ (pairs >> 8)) & 0x00FF_00FF_00FF_00FF
        pairs = (pairs &* 100 &+ (pairs >> 16)) & 0x0000_FFFF_0000_FFFF
        return (pairs &* 10_000 &+ (pairs >> 32)) & 0xFFFF_FFFF
    }
}

extension UInt8 {
    /// True for printable ASCII that needs no escape in a string.
    @inline(__always) var isPlain: Bool { self >= 0x20 && self < 0x7F && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\") }

    @inline(__always) var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}

extension RawSpan {
    /// True when a string of these bytes needs no escapes: printable ASCII, no quote, no backslash.
    var isPlain: Bool {
        var offset = 0
        while offset + 8 < byteCount {
            let word = word(at: offset)
            guard word.plainBytes == 8, !word.hasDelete else { return false }
            offset += 8
        }
        // The last eight, some of them perhaps a second time; or fewer, and zeros.
        let word = word(at: max(0, byteCount - 8))
        return word.plainBytes >= min(8, byteCount) && !word.hasDelete
    }
}
