/// A card or another token with which somebody is known at a station: idTag of 1.6, IdTokenType of 2.0.1.
public struct IDToken: Hashable, Sendable, CustomStringConvertible {
    /// The kind of token (2.0.1 part 2, IdTokenEnumType).
    public enum Kind: String, Hashable, Sendable, OCPPWord {
        case central = "Central"
        case contract = "eMAID"
        case iso14443 = "ISO14443"
        case iso15693 = "ISO15693"
        case keyCode = "KeyCode"
        case local = "Local"
        case macAddress = "MacAddress"
        /// Nobody was asked, as with a start button; the text is empty then.
        case none = "NoAuthorization"
    }

    /// The most characters by 1.6 and by 2.0.1. From a station of 1.6 as many are kept as 2.0.1 has.
    static let limit16 = 20
    public static let limit = 36

    /// The text, in the letters that came; the specification calls for comparing it without regard to capitals.
    public var text: String
    /// The kind; `nil` in 1.6, which has none, and where it was not said.
    public var kind: Kind?

    public init(_ text: String, kind: Kind? = nil) {
        self.text = text
        self.kind = kind
    }

    public var description: String { text }

    /// True for the same token, whatever its letters.
    public func isSame(as other: IDToken) -> Bool { text.lowercased() == other.text.lowercased() }
}

/// The worth of a token: AuthorizationStatus of 1.6, AuthorizationStatusEnumType of 2.0.1.
public enum TokenStatus: String, Hashable, Sendable, OCPPWord {
    case accepted = "Accepted"
    case blocked = "Blocked"
    case expired = "Expired"
    case invalid = "Invalid"
    case concurrentTransaction = "ConcurrentTx"
    // Only in 2.0.1; in 1.6 each is `invalid`.
    case unknown = "Unknown"
    case noCredit = "NoCredit"
    case notAllowedTypeEVSE = "NotAllowedTypeEVSE"
    case notAtThisLocation = "NotAtThisLocation"
    case notAtThisTime = "NotAtThisTime"

    /// The nearest one that a version has.
    public func nearest(in version: OCPPVersion) -> TokenStatus {
        guard version == .v16 else { return self }
        switch self {
        case .accepted, .blocked, .expired, .invalid, .concurrentTransaction: return self
        case .unknown, .noCredit, .notAllowedTypeEVSE, .notAtThisLocation, .notAtThisTime: return .invalid
        }
    }
}

/// A backend's word on a token: IdTagInfo of 1.6, IdTokenInfoType of 2.0.1.
public struct TokenInfo: Hashable, Sendable {
    public var status: TokenStatus
    /// The time until which a station may keep it in its cache; `nil`: as long as it likes.
    public var expires: OCPPTime?
    /// The token of the group that may stop what this one begins.
    public var group: IDToken?

    public init(_ status: TokenStatus, expires: OCPPTime? = nil, group: IDToken? = nil) {
        self.status = status
        self.expires = expires
        self.group = group
    }
}
