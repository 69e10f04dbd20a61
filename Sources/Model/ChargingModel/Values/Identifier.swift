/// An id as it appears in topics and payloads: `[A-Za-z0-9][A-Za-z0-9_-]{0,35}` (P1).
///
/// The phantom `Kind` keeps a driver's id from being used where a charge point's is meant. Ids are in every message and every table: the 36 bytes
/// stand in the value itself, so that nothing is allocated, counted or followed for them.
public struct Identifier<Kind>: Sendable {
    // The text, eight bytes to a word, the first byte highest, zeros behind it: so words compare as texts do.
    @usableFromInline let first: UInt64
    @usableFromInline let second: UInt64
    @usableFromInline let third: UInt64
    @usableFromInline let fourth: UInt64
    @usableFromInline let last: UInt32

    /// The id, or `nil` when the text is not one by P1.
    @inlinable public init?(_ text: String) { self.init(utf8: text.utf8.span) }

    /// The id that these bytes are, or `nil` when they are none by P1.
    @inlinable public init?(utf8 bytes: Span<UInt8>) {
        guard bytes.isIdentifier else { return nil }
        self.init(checked: bytes)
    }

    /// An id of our own making, for literals and generators.
    public init(known text: String) {
        precondition(Identifier.isValid(text), "not an id by P1: \(text)")
        self.init(checked: text.utf8.span)
    }

    @usableFromInline init(checked text: Span<UInt8>) {
        first = text.identifierWord(at: 0)
        second = text.identifierWord(at: 8)
        third = text.identifierWord(at: 16)
        fourth = text.identifierWord(at: 24)
        last = UInt32(truncatingIfNeeded: text.identifierWord(at: 32) >> 32)
    }

    /// True when P1 admits the text as an id.
    public static func isValid(_ text: String) -> Bool { text.utf8.span.isIdentifier }

    /// The length of the text in bytes: 1…36.
    public var count: Int {
        if last != 0 { return 36 - last.trailingZeroBitCount / 8 }
        if fourth != 0 { return 32 - fourth.trailingZeroBitCount / 8 }
        if third != 0 { return 24 - third.trailingZeroBitCount / 8 }
        if second != 0 { return 16 - second.trailingZeroBitCount / 8 }
        return 8 - first.trailingZeroBitCount / 8
    }

    /// The text's bytes in the order of memory, zeros behind them.
    public var bytes: InlineArray<5, UInt64> {
        [first.bigEndian, second.bigEndian, third.bigEndian, fourth.bigEndian, (UInt64(last) << 32).bigEndian]
    }

    /// The id's text.
    public var text: String {
        let count = count
        let bytes = bytes
        return String(unsafeUninitializedCapacity: count) { text in
            var output = OutputSpan(buffer: text, initializedCount: 0)
            let source = bytes.span.bytes
            for index in 0..<count { output.append(source.unsafeLoad(fromByteOffset: index, as: UInt8.self)) }
            return output.finalize(for: text)
        }
    }
}

extension Identifier: Hashable, Comparable, CustomStringConvertible {
    @inlinable public static func == (a: Self, b: Self) -> Bool {
        (a.first ^ b.first) | (a.second ^ b.second) | (a.third ^ b.third) | (a.fourth ^ b.fourth) | UInt64(a.last ^ b.last) == 0
    }

    @inlinable public static func < (a: Self, b: Self) -> Bool {
        (a.first, a.second, a.third, a.fourth, a.last) < (b.first, b.second, b.third, b.fourth, b.last)
    }

    /// Hashes the words that are not zero: most ids are short.
    @inlinable public func hash(into hasher: inout Hasher) {
        hasher.combine(first)
        guard second != 0 else { return }
        hasher.combine(second)
        guard third != 0 else { return }
        hasher.combine(third)
        guard fourth != 0 else { return }
        hasher.combine(fourth)
        if last != 0 { hasher.combine(last) }
    }

    public var description: String { text }
}

extension Span<UInt8> {
    /// The eight bytes from `offset` on, the first highest, zeros behind the end.
    @inline(__always) fileprivate func identifierWord(at offset: Int) -> UInt64 {
        let text = bytes
        if offset + 8 <= count { return UInt64(bigEndian: text.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
        guard offset < count else { return 0 }
        if count >= 8 {
            // The last eight, without those that came before.
            return UInt64(bigEndian: text.unsafeLoadUnaligned(fromByteOffset: count - 8, as: UInt64.self)) << UInt64(8 * (8 - (count - offset)))
        }
        var word: UInt64 = 0
        for index in 0..<count { word |= UInt64(self[index]) << UInt64(56 - 8 * index) }
        return word
    }

    /// True when these bytes are an id by P1.
    public var isIdentifier: Bool {
        guard (1...36).contains(count), self[0] != UInt8(ascii: "_"), self[0] != UInt8(ascii: "-") else { return false }
        let text = bytes
        var offset = 0
        while offset + 8 <= count {
            guard UInt64(littleEndian: text.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)).isOfIdentifier else { return false }
            offset += 8
        }
        guard offset < count else { return true }
        if count >= 8 {
            // The last eight, some of them a second time.
            return UInt64(littleEndian: text.unsafeLoadUnaligned(fromByteOffset: count - 8, as: UInt64.self)).isOfIdentifier
        }
        var word = UInt64(each: UInt8(ascii: "0"))
        for index in 0..<count { word = word << 8 | UInt64(self[index]) }
        return word.isOfIdentifier
    }
}

extension UInt64 {
    @inline(__always) fileprivate init(each byte: UInt8) { self = 0x0101_0101_0101_0101 &* UInt64(byte) }

    /// True when each of its eight bytes may be in an id.
    @inline(__always) fileprivate var isOfIdentifier: Bool {
        let top = UInt64(each: 0x80)
        // Bytes below 0x80 and what is added to them stay within a byte; the top bit says that the sum is 0x80 or more.
        func isAtLeast(_ word: UInt64, _ byte: UInt8) -> UInt64 { word &+ UInt64(each: 0x80 - byte) }
        func differs(_ byte: UInt8) -> UInt64 { (self ^ UInt64(each: byte)) &+ UInt64(each: 0x7F) }
        guard self & top == 0 else { return false }
        let small = self | UInt64(each: 0x20)
        // 0x20 makes a capital letter small, and of no other byte a letter.
        let letters = isAtLeast(small, UInt8(ascii: "a")) & ~isAtLeast(small, UInt8(ascii: "z") + 1)
        let digits = isAtLeast(self, UInt8(ascii: "0")) & ~isAtLeast(self, UInt8(ascii: "9") + 1)
        let others = ~differs(UInt8(ascii: "_")) | ~differs(UInt8(ascii: "-"))
        return (letters | digits | others) & top == top
    }
}

/// Marks ids of charge points.
public enum ChargePointKind: Sendable {}
/// Marks ids of drivers.
public enum DriverKind: Sendable {}
/// Marks ids of requests, unique per driver.
public enum RequestKind: Sendable {}
/// Marks ids of sessions, made by Central.
public enum SessionKind: Sendable {}
/// Marks ids of commands.
public enum CommandIDKind: Sendable {}
/// Marks ids of meters: registers compare only within one meter.
public enum MeterKind: Sendable {}
/// Marks ids of gateways.
public enum GatewayKind: Sendable {}
/// Marks the names of tokens, the cards with which sessions are begun at a station.
public enum TokenKind: Sendable {}

public typealias ChargePointID = Identifier<ChargePointKind>
public typealias DriverID = Identifier<DriverKind>
public typealias RequestID = Identifier<RequestKind>
public typealias SessionID = Identifier<SessionKind>
public typealias CommandID = Identifier<CommandIDKind>
public typealias MeterID = Identifier<MeterKind>
public typealias GatewayID = Identifier<GatewayKind>
public typealias TokenID = Identifier<TokenKind>
