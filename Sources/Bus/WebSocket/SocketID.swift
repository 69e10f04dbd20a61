/// The number of a WebSocket connection. A door numbers those that knock, each greater than those before it; whoever dials numbers its own. None comes twice
/// in a process.
public struct SocketID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let number: UInt64

    public init(number: UInt64) { self.number = number }

    public static func < (a: SocketID, b: SocketID) -> Bool { a.number < b.number }

    public var description: String { "#\(number)" }
}
