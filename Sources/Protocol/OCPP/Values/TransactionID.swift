/// The id of a transaction: a number of the backend's making in 1.6, a text of the station's in 2.0.1.
public enum TransactionID: Hashable, Sendable, CustomStringConvertible {
    case number(Int64)
    case text(String)

    /// The most characters of a text.
    static let limit = 36

    public var description: String {
        switch self {
        case .number(let number): String(number)
        case .text(let text): text
        }
    }
}
