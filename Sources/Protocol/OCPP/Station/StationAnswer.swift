public import ChargingModel

/// A backend's answer to a `StationCall`.
public enum StationAnswer: Hashable, Sendable {
    case boot(BootAnswer)
    /// The time by the backend's clock, which the station takes over.
    case heartbeat(OCPPTime?)
    /// The answer without content to a status and to meter values.
    case done
    case authorize(TokenInfo)
    /// The answer to a start of 1.6: the id of the transaction, and what the token is worth.
    case start(transaction: Int64, TokenInfo)
    /// The answer to a stop of 1.6, with the worth of the token that it named.
    case stop(TokenInfo?)
    /// The answer to a TransactionEvent: what it costs so far or at the end, and the worth of the token that it named.
    case transaction(TransactionAnswer)
    /// The answer to any other action, as it is written.
    case other(OCPPPayload)
}

/// The answer to a BootNotification.
public struct BootAnswer: Hashable, Sendable {
    public enum Status: String, Hashable, Sendable, OCPPWord {
        case accepted = "Accepted"
        case pending = "Pending"
        case rejected = "Rejected"
    }

    public var status: Status
    /// The time by the backend's clock, which the station takes over.
    public var time: OCPPTime?
    /// The seconds from heartbeat to heartbeat; unless it is accepted, those to the next BootNotification. 0: the station chooses.
    public var interval: Int64

    public init(_ status: Status, time: OCPPTime?, interval: Int64) {
        self.status = status
        self.time = time
        self.interval = interval
    }
}

/// The answer to a TransactionEvent of 2.0.1.
public struct TransactionAnswer: Hashable, Sendable {
    /// The cost of the transaction until now, taxes included.
    public var totalCost: Money?
    public var token: TokenInfo?

    public init(totalCost: Money? = nil, token: TokenInfo? = nil) {
        self.totalCost = totalCost
        self.token = token
    }
}
