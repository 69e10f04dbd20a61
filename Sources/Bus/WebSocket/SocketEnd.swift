/// The end of a connection.
public struct SocketEnd: Hashable, Sendable, CustomStringConvertible {
    public enum Cause: String, Hashable, Sendable, CaseIterable {
        /// The other end said goodbye.
        case farewell
        /// We did, by an order.
        case ordered
        /// TCP or TLS broke, or the other end hung up without a word.
        case lost
        /// Nothing came for as long as pings were waited for.
        case silent
        /// It takes what it is sent too slowly.
        case slow
        /// It broke the WebSocket protocol, or a limit.
        case fault
        /// Our side stops.
        case stopped
    }

    public var cause: Cause
    /// The code of whoever said goodbye; `nil` when nobody did.
    public var code: CloseCode?
    /// The reason for people: one sentence's part, without a full stop.
    public var words: String

    public init(_ cause: Cause, code: CloseCode? = nil, words: String) {
        self.cause = cause
        self.code = code
        self.words = words
    }

    public var description: String { code.map { "\(words) (\($0))" } ?? words }
}
