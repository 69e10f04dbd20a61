/// A station's call to its backend, in either version, which the backend answers with a `StationAnswer`.
public enum StationCall: Hashable, Sendable {
    case boot(BootReport)
    case heartbeat
    case status(StatusReport)
    /// Asks whether a token may charge.
    case authorize(IDToken)
    /// StartTransaction of 1.6.
    case start(TransactionStart)
    /// StopTransaction of 1.6.
    case stop(TransactionStop)
    case meterValues(MeterReport)
    /// TransactionEvent of 2.0.1.
    case transaction(TransactionEvent)
    /// An action that is answered as specified, and from which nothing follows: see `StationAnswer.usual`.
    case other(StationAction, OCPPPayload)

    public var action: StationAction {
        switch self {
        case .boot: .boot
        case .heartbeat: .heartbeat
        case .status: .status
        case .authorize: .authorize
        case .start: .start
        case .stop: .stop
        case .meterValues: .meterValues
        case .transaction: .transaction
        case .other(let action, _): action
        }
    }
}

/// BootNotification: what the station is.
public struct BootReport: Hashable, Sendable {
    public var vendor: String
    public var model: String
    public var serial: String?
    public var firmware: String?
    /// The meter's type and serial number; 2.0.1 says neither.
    public var meterType: String?
    public var meterSerial: String?
    /// The modem's card and subscriber.
    public var iccid: String?
    public var imsi: String?
    /// The reason for which it booted; 1.6 does not say it.
    public var reason: BootReason?

    public init(
        vendor: String, model: String, serial: String? = nil, firmware: String? = nil, meterType: String? = nil, meterSerial: String? = nil,
        iccid: String? = nil, imsi: String? = nil, reason: BootReason? = nil
    ) {
        self.vendor = vendor
        self.model = model
        self.serial = serial
        self.firmware = firmware
        self.meterType = meterType
        self.meterSerial = meterSerial
        self.iccid = iccid
        self.imsi = imsi
        self.reason = reason
    }
}

/// StatusNotification: the state of a connector, or in 1.6 of the whole station.
public struct StatusReport: Hashable, Sendable {
    public var place: ConnectorPlace
    public var status: ConnectorStatus
    /// The error (1.6, ChargePointErrorCode), as it was written; `nil` for `NoError`, and in 2.0.1.
    public var error: String?
    /// More about it (1.6), for people.
    public var info: String?
    /// The vendor and its own code of the error (1.6).
    public var vendor: String?
    public var vendorError: String?
    /// The time since which it is so.
    public var time: OCPPTime?

    public init(
        _ place: ConnectorPlace, _ status: ConnectorStatus, error: String? = nil, info: String? = nil, vendor: String? = nil,
        vendorError: String? = nil, time: OCPPTime? = nil
    ) {
        self.place = place
        self.status = status
        self.error = error
        self.info = info
        self.vendor = vendor
        self.vendorError = vendorError
        self.time = time
    }
}

/// MeterValues: samples of a connector, within a transaction or not.
public struct MeterReport: Hashable, Sendable {
    public var place: ConnectorPlace
    /// The transaction they belong to, as the station believes (1.6).
    public var transaction: Int64?
    public var samples: [MeterSample]

    public init(_ place: ConnectorPlace, transaction: Int64? = nil, _ samples: [MeterSample]) {
        self.place = place
        self.transaction = transaction
        self.samples = samples
    }
}
