public import ChargingModel

/// StartTransaction of 1.6: somebody began to charge; perhaps long ago, while the station was offline.
public struct TransactionStart: Hashable, Sendable {
    /// The connector: 1 and above.
    public var place: ConnectorPlace
    public var token: IDToken
    /// The register at the beginning; `nil` when it can't be: negative, or larger than any.
    public var register: Energy?
    /// The beginning by the station's clock.
    public var time: OCPPTime?
    public var reservation: Int64?

    public init(_ place: ConnectorPlace, token: IDToken, register: Energy?, time: OCPPTime?, reservation: Int64? = nil) {
        self.place = place
        self.token = token
        self.register = register
        self.time = time
        self.reservation = reservation
    }
}

/// StopTransaction of 1.6: a transaction is over.
public struct TransactionStop: Hashable, Sendable {
    /// The id that the station was given, or what it has in its place: 0, −1, anything.
    public var transaction: Int64
    /// The token that ended it, if one did.
    public var token: IDToken?
    /// The register at the end; `nil` when it can't be: negative, or larger than any.
    public var register: Energy?
    /// The end by the station's clock.
    public var time: OCPPTime?
    /// The reason; `nil`: `local`.
    public var reason: StopReason?
    /// Samples of the transaction (transactionData).
    public var samples: [MeterSample]

    public init(
        transaction: Int64, token: IDToken? = nil, register: Energy?, time: OCPPTime?, reason: StopReason? = nil, samples: [MeterSample] = []
    ) {
        self.transaction = transaction
        self.token = token
        self.register = register
        self.time = time
        self.reason = reason
        self.samples = samples
    }
}

/// TransactionEvent of 2.0.1: a transaction began, went on or is over.
public struct TransactionEvent: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, OCPPWord {
        case started = "Started"
        case updated = "Updated"
        case ended = "Ended"
    }

    public var kind: Kind
    /// The id that the station gave it.
    public var transaction: String
    /// The event's number in its transaction, from 0 on, one after the other.
    public var seqNo: Int64
    /// True when it happened while the station was offline.
    public var isOffline: Bool
    /// The cause; `nil` when it is not said or not known.
    public var trigger: TriggerReason?
    public var state: ChargingState?
    public var stopReason: StopReason?
    /// The number that a RequestStartTransaction gave.
    public var remoteStart: Int64?
    public var place: ConnectorPlace?
    public var token: IDToken?
    public var reservation: Int64?
    public var samples: [MeterSample]
    /// The time of the event by the station's clock.
    public var time: OCPPTime?

    public init(
        _ kind: Kind, transaction: String, seqNo: Int64, isOffline: Bool = false, trigger: TriggerReason?, state: ChargingState? = nil,
        stopReason: StopReason? = nil, remoteStart: Int64? = nil, place: ConnectorPlace? = nil, token: IDToken? = nil, reservation: Int64? = nil,
        samples: [MeterSample] = [], time: OCPPTime?
    ) {
        self.kind = kind
        self.transaction = transaction
        self.seqNo = seqNo
        self.isOffline = isOffline
        self.trigger = trigger
        self.state = state
        self.stopReason = stopReason
        self.remoteStart = remoteStart
        self.place = place
        self.token = token
        self.reservation = reservation
        self.samples = samples
        self.time = time
    }
}
