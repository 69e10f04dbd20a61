/// An id as it appears in topics and payloads: `[A-Za-z0-9][A-Za-z0-9_-]{0,35}` (P1).
///
/// The phantom `Kind` keeps a driver's id from being used where a charge point's is meant.
public struct Identifier<Kind>: Sendable {
    /// The id's text, already checked against P1.
    public let text: String

    /// The id, or `nil` when the text is not one by P1.
    @inlinable public init?(_ text: String) {
        guard text.utf8.span.isIdentifier else { return nil }
        self.text = text
    }

    /// The id that these bytes are, or `nil` when they are none by P1.
    @inlinable public init?(utf8 bytes: Span<UInt8>) {
        guard bytes.isIdentifier else { return nil }
        text = bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// An id of our own making, for literals and generators.
    public init(known text: String) {
        precondition(Identifier.isValid(text), "not an id by P1: \(text)")
        self.text = text
    }

    /// Whether P1 admits the text as an id.
    public static func isValid(_ text: String) -> Bool { text.utf8.span.isIdentifier }
}

extension Identifier: Hashable, Comparable, CustomStringConvertible {
    @inlinable public static func == (a: Self, b: Self) -> Bool { a.text == b.text }
    @inlinable public static func < (a: Self, b: Self) -> Bool { a.text < b.text }
    @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(text) }
    public var description: String { text }
}

extension Span<UInt8> {
    /// Whether these bytes are an id by P1.
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

    /// Whether each of its eight bytes may be in an id.
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

public typealias ChargePointID = Identifier<ChargePointKind>
public typealias DriverID = Identifier<DriverKind>
public typealias RequestID = Identifier<RequestKind>
public typealias SessionID = Identifier<SessionKind>
public typealias CommandID = Identifier<CommandIDKind>
public typealias MeterID = Identifier<MeterKind>
