internal import ChargingModel
internal import OCPP

/// Tokens that somebody shows at the station.
extension StationCore {
    /// A question to Central that is not answered yet.
    struct Ask: Sendable {
        var evse: Int32
        var token: String
        var until: Instant
        /// The call of the station that waits for it, and the transaction that it began, if one did.
        var call: String
        var transaction: String?
    }

    mutating func authorize(_ token: IDToken, _ call: String) -> StationAnswer? {
        // What a session was promised to, and whoever ends what he began.
        if connectors.values.contains(where: { $0.wanted.map { token.isSame(as: IDToken($0.token)) } ?? false }) {
            return .authorize(TokenInfo(.accepted))
        }
        if memory.open.contains(where: { token.isSame(as: IDToken($0.token)) }) { return .authorize(TokenInfo(.accepted)) }
        guard let evse = likelyConnector else { return .authorize(TokenInfo(.invalid)) }
        return ask(token, at: evse, call, transaction: nil) ? nil : .authorize(turnAway(token.text, .unknown))
    }

    /// The connector at which somebody most likely means to charge: where a vehicle is plugged in, else the first that is free.
    private var likelyConnector: Int32? {
        let free = connectors.filter { evse, connector in
            connector.wanted == nil && connector.transaction == nil && connector.isServing && !asks.values.contains { $0.evse == evse }
        }
        let order = free.keys.sorted()
        return order.first { free[$0]?.status == .preparing || free[$0]?.status == .occupied } ?? order.first ?? connectors.keys.min()
    }

    /// Asks Central; false for a token that no account can have.
    mutating func ask(_ token: IDToken, at evse: Int32, _ call: String, transaction: String?) -> Bool {
        guard let name = TokenID(token.text) else { return false }
        let request = RequestID(known: ULID.make(at: now.wall, using: &random))
        asks[request] = Ask(evse: evse, token: token.text, until: now.monotonic + settings.tokenPatience, call: call, transaction: transaction)
        replies[call] = .token(request)
        actions.append(.ask(evse, request, name))
        return true
    }

    /// Central lets in whoever showed the token: the session begins, or has begun.
    mutating func accept(_ ask: Ask, _ session: SessionID) {
        if let id = ask.transaction, var transaction = memory.transaction(id) {
            transaction.session = session
            transaction.isAgreed = true
            connectors[transaction.evse]?.wanted = nil
            journal(.began(transaction))
            sayBegan(transaction)
            sayOccupied(transaction.evse)
        }
        answer(ask, TokenInfo(.accepted))
    }

    mutating func deny(_ request: RequestID, _ code: DenialCode) {
        guard let ask = asks.removeValue(forKey: request) else { return }
        answer(ask, turnAway(ask.token, status(of: code)))
        sayOccupied(ask.evse)
    }

    /// AuthorizationStatus for a denial of Central's.
    private func status(of code: DenialCode) -> TokenStatus {
        switch code {
        case .driverBusy, .busy: .concurrentTransaction
        case .tokenBlocked: .blocked
        case .tokenExpired: .expired
        case .tokenUnknown: .unknown
        default: .invalid
        }
    }

    private mutating func turnAway(_ token: String, _ status: TokenStatus) -> TokenInfo {
        actions.append(.notice(.turnedAway(token, status)))
        return TokenInfo(status)
    }

    /// Answers the call that waits for it: an Authorize, or what began a transaction.
    private mutating func answer(_ ask: Ask, _ info: TokenInfo) {
        guard replies.removeValue(forKey: ask.call) != nil, let version = link?.version else { return }
        guard let transaction = ask.transaction else { return reply(.authorize(info), to: ask.call) }
        switch version {
        case .v16: reply(.start(transaction: Int64(transaction) ?? 0, info), to: ask.call)
        case .v201: reply(.transaction(TransactionAnswer(token: info)), to: ask.call)
        }
    }
}
