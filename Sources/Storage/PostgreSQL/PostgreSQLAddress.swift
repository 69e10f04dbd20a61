/// The address of a database on a server, as libpq reads it: `postgres://user@host:5432/name?sslmode=verify-full`, with several hosts too.
public struct PostgreSQLAddress: Hashable, Sendable {
    /// With all that it may hold, a password too: not to be shown.
    public let text: String
    /// True when a password is in it, where whoever lists processes or reads a log would see it.
    public let hasPassword: Bool
    /// The address as it may be shown: hosts and database.
    public let shown: String
    /// The address as it may be written down: with its user, and without what is secret.
    public let withoutPassword: String

    /// True for what begins as an address of a server, whatever follows.
    public static func isMeant(_ text: String) -> Bool { ["postgres://", "postgresql://"].contains(where: text.hasPrefix) }

    /// `nil` for what libpq would not read, or not as it is meant: a `/`, `@` or `%` in a name or a password is written `%2F`, `%40`, `%25`.
    public init?(_ text: String) {
        guard Self.isMeant(text), let start = text.firstRange(of: "://")?.upperBound, Self.isEncoded(text) else { return nil }
        var rest = text[start...]
        // As libpq does: a name and a password end at the first @ that no / comes before.
        let head = rest.prefix { $0 != "@" && $0 != "/" }
        var hasPassword = false
        var user = ""
        if head.endIndex < rest.endIndex, rest[head.endIndex] == "@" {
            hasPassword = head.contains(":")
            user = "\(head.prefix { $0 != ":" })@"
            rest = rest[rest.index(after: head.endIndex)...]
        }
        let query = rest.firstIndex(of: "?").map { rest[rest.index(after: $0)...] } ?? ""
        let place = rest.prefix { $0 != "?" }
        guard !place.contains("@") else { return nil }
        let secrets = ["password", "sslpassword"]
        let settings = query.split(separator: "&")
        let harmless = settings.filter { !secrets.contains(Self.decoded($0.prefix { $0 != "=" })) }
        self.text = text
        self.hasPassword = hasPassword || harmless.count < settings.count
        withoutPassword = "postgres://\(user)\(place)\(harmless.isEmpty ? "" : "?" + harmless.joined(separator: "&"))"
        shown = "postgres://\(place.hasSuffix("/") ? place.dropLast() : place)"
    }

    /// True when each % begins a byte in hexadecimal.
    private static func isEncoded(_ text: String) -> Bool {
        text.split(separator: "%", omittingEmptySubsequences: false).dropFirst().allSatisfy {
            $0.prefix(2).count == 2 && $0.prefix(2).allSatisfy(\.isHexDigit)
        }
    }

    private static func decoded(_ text: Substring) -> String {
        let parts = text.split(separator: "%", omittingEmptySubsequences: false)
        let bytes = parts.enumerated().flatMap { number, part -> [UInt8] in
            number == 0 ? Array(part.utf8) : [UInt8(part.prefix(2), radix: 16) ?? 0] + Array(part.dropFirst(2).utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
