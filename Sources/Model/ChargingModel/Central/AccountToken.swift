/// A token of an account: the name of a card by which somebody is known at a station (S11).
public struct AccountToken: Hashable, Sendable {
    public var id: TokenID
    /// The account that pays for what is charged with it.
    public var driver: DriverID
    /// The time from which it counts no more; `nil`: never.
    public var expires: WallTime?
    /// The time since which it is the account's; `nil`: as far back as anybody asks.
    public var since: WallTime?
    /// The last time from which it was blocked, and that up to which; without the latter it is blocked.
    public var blocked: WallTime?
    public var unblocked: WallTime?
    public var isBlocked: Bool { blocked != nil && unblocked == nil }

    public init(
        _ id: TokenID, of driver: DriverID, expires: WallTime? = nil, since: WallTime? = nil, blocked: WallTime? = nil, unblocked: WallTime? = nil
    ) {
        self.id = id
        self.driver = driver
        self.expires = expires
        self.since = since
        self.blocked = blocked
        self.unblocked = unblocked
    }

    /// The worth of a token at some time.
    public enum Standing: Hashable, Sendable {
        case valid(DriverID)
        case blocked
        case expired
        case unknown
    }

    /// The state of a token, in a word.
    public enum State: String, Hashable, Sendable, CaseIterable {
        case valid
        case blocked
        case expired
    }

    public func state(at time: WallTime) -> State {
        if isBlocked { return .blocked }
        return expires.map { $0 <= time } ?? false ? .expired : .valid
    }

    /// Its worth now, which no time of a change decides: the clock may have been set back since. Blocked tells more than expired: somebody wanted it.
    public func standing(now time: WallTime) -> Standing {
        switch state(at: time) {
        case .blocked: .blocked
        case .expired: .expired
        case .valid: .valid(driver)
        }
    }

    /// Its worth at a time that is over.
    public func standing(at time: WallTime) -> Standing {
        if let since, time < since { return .unknown }
        if let blocked, blocked <= time, unblocked.map({ time < $0 }) ?? true { return .blocked }
        if let expires, expires <= time { return .expired }
        return .valid(driver)
    }
}

/// An operator's change of the tokens.
public enum TokenChange: Hashable, Sendable {
    /// Gives an account a token, or one that it has another end; one that is blocked may go to another account.
    case add(TokenID, DriverID, expires: WallTime?)
    /// - of: whose it is by `network.json`, for one that the ledger does not know yet.
    case block(TokenID, of: DriverID?)
    case unblock(TokenID)

    public var token: TokenID {
        switch self {
        case .add(let token, _, _), .block(let token, _), .unblock(let token): token
        }
    }
}

/// The ledger's answer to a change of the tokens.
public enum TokenChangeResult: Hashable, Sendable {
    /// The token as it is now.
    case done(AccountToken)
    /// There is no such token.
    case unknown
    /// It can't be done, with the reason in words.
    case refused(String)
}
