/// The place at which a text is not JSON, and what was expected there.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The byte at which it went wrong.
    public let offset: Int
    /// The expectation, in words that complete "expected …".
    public let expected: String

    public var description: String { "byte \(offset): expected \(expected)" }
}
