/// A backend's call to a station, in either version, which the station answers with a `BackendAnswer`.
public enum BackendCall: Hashable, Sendable {
    /// RemoteStartTransaction of 1.6, RequestStartTransaction of 2.0.1.
    case remoteStart(RemoteStart)
    /// RemoteStopTransaction of 1.6, RequestStopTransaction of 2.0.1.
    case remoteStop(TransactionID)
    /// Takes a connector, or the whole station, out of service or back into it.
    case changeAvailability(ConnectorPlace, isOperative: Bool)
    case reset(ResetKind, evse: Int32?)
    case unlock(ConnectorPlace)
    /// Asks for a message; of one connector, where one is named.
    case trigger(TriggeredMessage, ConnectorPlace?)
    /// 1.6: the values of these keys, or of all.
    case getConfiguration([String])
    case changeConfiguration(key: String, value: String)
    /// 2.0.1.
    case getVariables([VariableName])
    case setVariables([VariableSetting])
    case getBaseReport(request: Int32, ReportBase)
    case clearCache
    case sendLocalList(LocalList)
    case getLocalListVersion
    case dataTransfer(vendor: String, message: String?, data: String?)
    /// An action that our stations do not support, see `BackendAnswer.usual`.
    case other(BackendAction, OCPPPayload)

    /// The action by which a version asks for it.
    public func action(in version: OCPPVersion) -> BackendAction {
        switch self {
        case .remoteStart: version == .v16 ? .remoteStart : .requestStart
        case .remoteStop: version == .v16 ? .remoteStop : .requestStop
        case .changeAvailability: .changeAvailability
        case .reset: .reset
        case .unlock: .unlock
        case .trigger: .trigger
        case .getConfiguration: .getConfiguration
        case .changeConfiguration: .changeConfiguration
        case .getVariables: .getVariables
        case .setVariables: .setVariables
        case .getBaseReport: .getBaseReport
        case .clearCache: .clearCache
        case .sendLocalList: .sendLocalList
        case .getLocalListVersion: .getLocalListVersion
        case .dataTransfer: .dataTransfer
        case .other(let action, _): action
        }
    }
}

/// The wish that a charge begins.
public struct RemoteStart: Hashable, Sendable {
    public var token: IDToken
    /// The connector of 1.6 or the EVSE of 2.0.1; `nil`: the station chooses.
    public var evse: Int32?
    /// A number by which the transaction's events refer to the wish (2.0.1); 0 in 1.6, which has none.
    public var id: Int32

    public init(token: IDToken, evse: Int32?, id: Int32 = 0) {
        self.token = token
        self.evse = evse
        self.id = id
    }
}

/// The ways to reset a station.
public enum ResetKind: Hashable, Sendable {
    /// `Hard` of 1.6, `Immediate` of 2.0.1: what runs is stopped at once.
    case immediate
    /// `Soft` of 1.6, which stops transactions in good order, and `OnIdle` of 2.0.1, which waits for their end.
    case graceful
}

/// A message that a backend can ask for (MessageTrigger of 1.6, MessageTriggerEnumType of 2.0.1).
public enum TriggeredMessage: String, Hashable, Sendable, OCPPWord {
    // In both.
    case boot = "BootNotification"
    case firmwareStatus = "FirmwareStatusNotification"
    case heartbeat = "Heartbeat"
    case meterValues = "MeterValues"
    case status = "StatusNotification"
    // In 1.6 alone.
    case diagnosticsStatus = "DiagnosticsStatusNotification"
    // In 2.0.1 alone.
    case logStatus = "LogStatusNotification"
    case publishFirmwareStatus = "PublishFirmwareStatusNotification"
    case signStationCertificate = "SignChargingStationCertificate"
    case signCombinedCertificate = "SignCombinedCertificate"
    case signV2GCertificate = "SignV2GCertificate"
    case transaction = "TransactionEvent"

    /// True when a version has the word.
    public func exists(in version: OCPPVersion) -> Bool {
        switch self {
        case .boot, .firmwareStatus, .heartbeat, .meterValues, .status: true
        case .diagnosticsStatus: version == .v16
        case .logStatus, .publishFirmwareStatus, .signStationCertificate, .signCombinedCertificate, .signV2GCertificate, .transaction:
            version == .v201
        }
    }
}

/// The extent of a report of a station's variables (2.0.1, ReportBaseEnumType).
public enum ReportBase: String, Hashable, Sendable, OCPPWord {
    case configuration = "ConfigurationInventory"
    case full = "FullInventory"
    case summary = "SummaryInventory"
}

/// The tokens that a station lets charge by itself, or changes of them (SendLocalList).
public struct LocalList: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var token: IDToken
        /// The token's worth; `nil` in changes: the token is taken off the list.
        public var info: TokenInfo?

        public init(_ token: IDToken, _ info: TokenInfo?) {
            self.token = token
            self.info = info
        }
    }

    public var version: Int32
    /// True when it takes the place of the list before, false for changes.
    public var isFull: Bool
    public var entries: [Entry]

    public init(version: Int32, isFull: Bool, _ entries: [Entry]) {
        self.version = version
        self.isFull = isFull
        self.entries = entries
    }
}
