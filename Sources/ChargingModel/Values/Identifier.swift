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
        guard (1...36).contains(count), self[0].isLetterOrDigit else { return false }
        for index in 1..<count where !(self[index].isLetterOrDigit || self[index] == UInt8(ascii: "_") || self[index] == UInt8(ascii: "-")) {
            return false
        }
        return true
    }
}

extension UInt8 {
    @inline(__always) fileprivate var isLetterOrDigit: Bool {
        // 0x20 makes a capital letter small, and of no other byte a letter.
        (self | 0x20) &- UInt8(ascii: "a") < 26 || self &- UInt8(ascii: "0") < 10
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
