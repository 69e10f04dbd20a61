extension CentralCore {
    /// The worth of a token at a time: as an operator has it, or by `network.json`.
    public func standing(of token: TokenID, at time: WallTime) -> AccountToken.Standing {
        if let known = tokens[token] { return known.standing(at: time) }
        return settings.tokens[token].map { .valid($0) } ?? .unknown
    }

    /// Starts an operator's change of the tokens: it holds when the ledger has it.
    mutating func change(_ change: TokenChange, by operatorName: String, _ question: UInt64) {
        if case .add(let token, let driver, _) = change, let owner = settings.tokens[token], owner != driver {
            return answer(question, .refused("token \(token) is \(owner)'s, by network.json"))
        }
        var change = change
        if case .block(let token, nil) = change { change = .block(token, of: settings.tokens[token]) }
        write(.token(change, by: operatorName, at: now.wall), then: .token(change, by: operatorName, question))
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
