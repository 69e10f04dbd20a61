extension CentralCore {
    /// The worth of a token now: as an operator has it, or by `network.json`.
    public func standing(of token: TokenID, now time: WallTime) -> AccountToken.Standing {
        standing(of: token) { $0.standing(now: time) }
    }

    /// The worth that a token had at a time that is over.
    public func standing(of token: TokenID, at time: WallTime) -> AccountToken.Standing {
        standing(of: token) { $0.standing(at: time) }
    }

    private func standing(of token: TokenID, _ worth: (AccountToken) -> AccountToken.Standing) -> AccountToken.Standing {
        let listed = settings.tokens[token]
        guard let known = tokens[token] else { return listed.map { .valid($0) } ?? .unknown }
        // Two that claim it: nobody is billed until it is clear whose it is.
        return listed.map { $0 == known.driver } ?? true ? worth(known) : .unknown
    }

    /// The tokens that a station may let charge by itself, and those that it must not, by their names, now; those that two accounts claim are nobody's.
    public func localList(now time: WallTime) -> [LocalListPage.Entry] {
        Set(tokens.keys).union(settings.tokens.keys).sorted().compactMap { token in
            let expires = tokens[token]?.expires
            return switch standing(of: token, now: time) {
            case .valid: LocalListPage.Entry(token, .valid, expires: expires)
            case .blocked: LocalListPage.Entry(token, .blocked)
            case .expired: LocalListPage.Entry(token, .expired, expires: expires)
            case .unknown: nil
            }
        }
    }

    /// Starts an operator's change of the tokens: it holds when the ledger has it.
    mutating func change(_ change: TokenChange, by operatorName: String, _ question: UInt64) {
        if case .add(let token, let driver, let expires) = change {
            if let owner = settings.tokens[token], owner != driver {
                return answer(question, .refused("token \(token) is \(owner)'s, by network.json"))
            }
            guard access.list.drivers.admits(driver) else {
                return answer(question, .refused("\(driver) is not known: wattline credentials add driver \(driver), or a line in network.json"))
            }
            if let expires, expires <= now.wall { return answer(question, .refused("\(expires.text) is over: block the token to end it now")) }
        }
        var change = change
        if case .block(let token, nil) = change { change = .block(token, of: settings.tokens[token]) }
        write(.token(change, by: operatorName, at: now.wall), then: .token(change, by: operatorName, question))
    }

    /// Takes the tokens of the ledger, and says which are somebody else's by `network.json`.
    mutating func take(_ found: [AccountToken]) {
        tokens = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
        for token in found {
            if let owner = settings.tokens[token.id], owner != token.driver { actions.append(.notice(.tokenDisputed(token, owner))) }
        }
    }

    mutating func carryOut(_ change: TokenChange, by operatorName: String, _ result: TokenChangeResult, _ question: UInt64) {
        switch result {
        case .done(let token):
            tokens[token.id] = token
            actions.append(.notice(.tokenChanged(change, by: operatorName)))
            answer(question, .done)
        case .unknown: answer(question, .unknown)
        case .refused(let why): answer(question, .refused(why))
        }
    }
}
