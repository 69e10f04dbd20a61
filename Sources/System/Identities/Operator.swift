public import ChargingModel

/// The rights of somebody who comes to Central's HTTP side; each may what those before it may.
public enum OperatorRole: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Sees what is told to nobody without a sign-in, and changes nothing.
    case viewer
    /// Steers: points, sessions, records that were put aside.
    case `operator`
    /// Sees who else has a name here.
    case admin

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .operator: 1
        case .admin: 2
        }
    }

    public static func < (a: OperatorRole, b: OperatorRole) -> Bool { a.rank < b.rank }

    /// With its article, for sentences: `a viewer`.
    public var noun: String { self == .viewer ? "a viewer" : "an \(rawValue)" }
}

/// Somebody who may sign in to Central's HTTP side, as Central knows them: by a hash of their secret.
public struct Operator: Hashable, Sendable {
    public enum NameKind {}
    /// A name, which is an id by P1.
    public typealias Name = Identifier<NameKind>

    public var name: Name
    public var role: OperatorRole
    /// The time at which the secret was made.
    public var since: WallTime
    public var secret: AccessFile.Secret

    public init(name: Name, role: OperatorRole, since: WallTime, secret: AccessFile.Secret) {
        self.name = name
        self.role = role
        self.since = since
        self.secret = secret
    }

    /// The name of the shared token, which no operator has.
    public static let shared = "shared"
    /// The bytes of a secret that anybody may come with.
    public static let secretLengths = 16...256

    /// True when the text can stand in a header as it is.
    public static func isSecret(_ text: some StringProtocol) -> Bool {
        secretLengths.contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
