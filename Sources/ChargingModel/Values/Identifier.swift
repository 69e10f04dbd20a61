/// An id as it appears in topics and payloads: `[A-Za-z0-9][A-Za-z0-9_-]{0,35}` (P1).
///
/// The phantom `Kind` keeps a driver's id from being used where a charge point's is meant.
public struct Identifier<Kind>: Sendable {
    /// The id's text, already checked against P1.
    public let text: String

    /// The id, or `nil` when the text is not one by P1.
    public init?(_ text: String) {
        guard Identifier.isValid(text) else { return nil }
        self.text = text
    }

    /// An id of our own making, for literals and generators.
    public init(known text: String) {
        precondition(Identifier.isValid(text), "not an id by P1: \(text)")
        self.text = text
    }

    /// Whether P1 admits the text as an id.
    public static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...36).contains(bytes.count), let first = bytes.first, first.isLetterOrDigit else { return false }
        return bytes.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }
}

extension Identifier: Hashable, Comparable, CustomStringConvertible {
    public static func == (a: Self, b: Self) -> Bool { a.text == b.text }
    public static func < (a: Self, b: Self) -> Bool { a.text < b.text }
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
    public var description: String { text }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
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
