internal import ChargingModel

extension LedgerRules {
    /// Carries out an operator's change of the tokens. One that is in force already is no news.
    static func apply<Rows: LedgerRows>(
        _ change: TokenChange, by operatorName: String, at: WallTime, _ rows: inout Rows
    ) throws(Rows.Failure) -> TokenChangeResult {
        let former = try rows.token(change.token)
        var token: AccountToken
        let what: AuditEntry.What
        switch change {
        case .add(let id, let driver, let expires):
            if let former, former.driver != driver, !former.isBlocked {
                return .refused("token \(id) is \(former.driver)'s: block it before it goes to another account")
            }
            // What was begun with it before is nobody's of its new account.
            token = former.flatMap { $0.driver == driver ? $0 : nil } ?? AccountToken(id, of: driver, since: former == nil ? nil : at)
            token.expires = expires
            what = .tokenAdded
        case .block(let id, let owner):
            guard let known = former ?? owner.map({ AccountToken(id, of: $0) }) else { return .unknown }
            token = known
            if !token.isBlocked { (token.blocked, token.unblocked) = (at, nil) }
            what = .tokenBlocked
        case .unblock:
            guard let former else { return .unknown }
            token = former
            if token.isBlocked { token.unblocked = at }
            what = .tokenUnblocked
        }
        guard token != former else { return .done(token) }
        try rows.set(token)
        try rows.log(AuditEntry(at: at, what, driver: token.driver, why: "token \(token.id), by \(operatorName)"))
        return .done(token)
    }
}
