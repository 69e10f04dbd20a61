/// A value that a database stores.
public enum Value: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)

    public static func optional(_ number: Int64?) -> Value { number.map { .integer($0) } ?? .null }
    public static func optional(_ text: String?) -> Value { text.map { .text($0) } ?? .null }
    /// 1 or 0: the tables have no column of truth values.
    public static func bool(_ value: Bool) -> Value { .integer(value ? 1 : 0) }
}
