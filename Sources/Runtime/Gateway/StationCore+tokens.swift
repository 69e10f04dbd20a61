internal import ChargingModel
internal import OCPP

/// Tokens that somebody shows at the station.
extension StationCore {
    /// A question to Central that is not answered yet.
    struct Ask: Sendable {
        var evse: Int32
        var token: String
        var until: Instant
        /// The transaction that was begun with it, if one was.
        var transaction: String?
        /// The time to ask, where something must be over before it; `nil` when it was asked.
        var askAt: Instant?
        /// True where Central may still believe that the token charges elsewhere.
        var mayAskAgain = false
    }

    /// A call of the station's that waits for Central.
    struct Reply: Sendable {
        enum Form: Sendable {
            case authorize
            case start(Int64)
            case event
        }

        var request: RequestID
        var form: Form
    }

    /// The most questions at a time, and the most calls that wait for them: a station has one call on its way.
    static let mostAsks = 16
    static let mostReplies = 64

    mutating func authorize(_ token: IDToken, _ call: String) -> StationAnswer? {
        // What a session was promised to, and whoever ends what he began.
        if connectors.values.contains(where: { $0.wanted.map { token.isSame(as: IDToken($0.token)) } ?? false }) {
            return .authorize(TokenInfo(.accepted))
        }
        if connectors.keys.contains(where: { agreedTransaction(at: $0).map { token.isSame(as: IDToken($0.token)) } ?? false }) {
            return .authorize(TokenInfo(.accepted))
        }
        guard let evse = likelyConnector else { return .authorize(turnAway(token.text, .invalid)) }
        if let status = ask(token, at: evse, call, .authorize, transaction: nil) { return .authorize(turnAway(token.text, status)) }
        return nil
    }

    /// The connector at which somebody most likely means to charge: where a vehicle is plugged in, else the first that is free.
    private var likelyConnector: Int32? {
        let order = connectors.keys.sorted()
        func rank(_ evse: Int32) -> Int {
            guard let connector = connectors[evse] else { return 4 }
            let isTaken = connector.wanted != nil || agreedTransaction(at: evse) != nil || asks.values.contains { $0.evse == evse }
            if isTaken || !connector.isServing || connector.status == .unavailable || connector.error != nil { return 3 }
            switch connector.status {
            case .preparing, .occupied: return connector.isSpent ? 2 : 0
            case .available, nil: return 1
            default: return 2
            }
        }
        return order.min { (rank($0), $0) < (rank($1), $1) }
    }

    /// Asks Central; or says what the token is worth without.
    mutating func ask(_ token: IDToken, at evse: Int32, _ call: String, _ form: Reply.Form, transaction: String?, after: Duration? = nil)
        -> TokenStatus?
    {
        guard let name = TokenID(token.text) else { return .unknown }
        guard replies.count < StationCore.mostReplies else { return .invalid }
        // The same again, under another call: it is one question.
        if let pending = asks.first(where: { isSame($0.value, token, evse, transaction) })?.key {
            if let transaction { asks[pending]?.transaction = transaction }
            replies[call] = Reply(request: pending, form: form)
            return nil
        }
        guard asks.count < StationCore.mostAsks else { return .invalid }
        let request = RequestID(known: ULID.make(at: now.wall, using: &random))
        asks[request] = Ask(
            evse: evse, token: token.text, until: now.monotonic + settings.tokenPatience, transaction: transaction,
            askAt: after.map { now.monotonic + $0 }, mayAskAgain: after != nil)
        replies[call] = Reply(request: request, form: form)
        if after == nil { actions.append(.ask(evse, request, name)) }
        return nil
    }

    private func isSame(_ ask: Ask, _ token: IDToken, _ evse: Int32, _ transaction: String?) -> Bool {
        guard token.isSame(as: IDToken(ask.token)) else { return false }
        guard let transaction else { return ask.transaction == nil }
        return ask.transaction == transaction || ask.transaction == nil && ask.evse == evse
    }

    /// Central lets in whoever showed the token: the session begins, or has begun.
    mutating func accept(_ ask: Ask, _ request: RequestID, _ session: SessionID) {
        if let id = ask.transaction {
            guard let transaction = memory.openTransaction(id), transaction.end == nil, connectors[transaction.evse]?.transaction == id else {
                actions.append(.engine(ask.evse, .refused(session, "what was begun with the card is over")))
                return answer(request, TokenInfo(.accepted))
            }
            agree(transaction, to: session)
        } else {
            connectors[ask.evse]?.wanted = Connector.Wanted(session, token: ask.token, since: now.wall, remoteStart: 0)
        }
        answer(request, TokenInfo(.accepted))
    }

    /// Makes a transaction the one of a session of Central's.
    mutating func agree(_ known: StationTransaction, to session: SessionID) {
        var transaction = known
        transaction.session = session
        transaction.isAgreed = true
        connectors[transaction.evse]?.wanted = nil
        fitRegister(&transaction)
        replace(transaction)
        sayOccupied(transaction.evse)
    }

    mutating func deny(_ request: RequestID, _ code: DenialCode) {
        guard let ask = asks.removeValue(forKey: request) else { return }
        if let id = ask.transaction, code == .driverBusy || code == .busy, ask.mayAskAgain || makeWay(for: IDToken(ask.token), at: ask.evse),
            ask.until > now.monotonic, memory.openTransaction(id)?.end == nil
        {
            return askLater(ask, request)
        }
        answer(request, turnAway(ask.token, StationCore.status(of: code)))
        sayOccupied(ask.evse)
    }

    /// Gives up a session that a token was let in for at another connector than where it is used; false when there is none.
    mutating func makeWay(for token: IDToken, at evse: Int32) -> Bool {
        for other in connectors.keys.sorted() where other != evse {
            guard let wanted = connectors[other]?.wanted, wanted.isShown, token.isSame(as: IDToken(wanted.token)) else { continue }
            connectors[other]?.wanted = nil
            actions.append(.engine(other, .refused(wanted.session, "the vehicle is at connector \(evse)")))
            sayOccupied(other)
            return true
        }
        return false
    }

    /// The time between two questions, where what was before must be over at Central.
    static let askingAgain = Duration.seconds(1)

    private mutating func askLater(_ ask: Ask, _ request: RequestID) {
        var ask = ask
        ask.askAt = now.monotonic + StationCore.askingAgain
        ask.mayAskAgain = true
        let next = RequestID(known: ULID.make(at: now.wall, using: &random))
        asks[next] = ask
        for (call, reply) in replies where reply.request == request { replies[call]?.request = next }
    }

    /// Asks what waited for its time, and answers for a Central that is silent.
    mutating func askWhatIsDue() {
        for (request, ask) in asks.sorted(by: { $0.key < $1.key }) {
            if ask.until <= now.monotonic {
                deny(request, .centralStarting)
            } else if let at = ask.askAt, at <= now.monotonic, let name = TokenID(ask.token) {
                asks[request]?.askAt = nil
                actions.append(.ask(ask.evse, request, name))
            }
        }
    }

    /// AuthorizationStatus for a denial of Central's.
    static func status(of code: DenialCode) -> TokenStatus {
        switch code {
        case .driverBusy, .busy: .concurrentTransaction
        case .tokenBlocked: .blocked
        case .tokenExpired: .expired
        case .tokenUnknown, .unknownDriver: .unknown
        case .faulty, .stopped, .disconnected, .breakerOpen, .noneAvailable: .notAtThisTime
        case .unknownChargePoint, .badRequest, .centralStarting, .centralStopping, .ledgerUnavailable, .tooManyRequests: .invalid
        }
    }

    mutating func turnAway(_ token: String, _ status: TokenStatus) -> TokenInfo {
        actions.append(.notice(.turnedAway(token, status)))
        return TokenInfo(status)
    }

    /// Answers the calls that wait for it.
    private mutating func answer(_ request: RequestID, _ info: TokenInfo) {
        for (call, reply) in replies.sorted(by: { $0.key < $1.key }) where reply.request == request {
            replies[call] = nil
            switch reply.form {
            case .authorize: self.reply(.authorize(info), to: call)
            case .start(let number): self.reply(.start(transaction: number, info), to: call)
            case .event: self.reply(.transaction(TransactionAnswer(token: info)), to: call)
            }
        }
    }
}
