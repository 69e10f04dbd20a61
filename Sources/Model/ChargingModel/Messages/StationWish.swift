/// A wish of the operator's, or of Central's, that a station does something.
public enum StationWish: Hashable, Sendable {
    /// At once, or when what runs is over; the whole station, or a connector (2.0.1).
    case reset(isImmediate: Bool, connector: Int?)
    case unlock(connector: Int)
    /// Asks for a message.
    case trigger(StationTrigger, connector: Int?)
    /// 1.6: these keys, or all where there are none.
    case getConfiguration([String])
    case changeConfiguration(key: String, value: String)
    /// 2.0.1.
    case getVariables([StationVariable])
    /// 2.0.1: each has its value.
    case setVariables([StationVariable])
    /// 2.0.1: the answer is followed by the parts of the report.
    case getBaseReport(StationReportBase)
    case clearCache
    case sendLocalList(LocalListPage)
    case getLocalListVersion
    /// Tells of all frames for the time of a lease.
    case tail

    public static let mostKeys = 50
    public static let mostVariables = 50
    /// The longest key of 1.6, and the longest value, in bytes; stations tell longer ones than the specification has.
    public static let keyLimit = 64
    public static let valueLimit = 1024

    /// The names of wishes in commands, requests and on the command line.
    public enum Name: String, Hashable, Sendable, CaseIterable {
        case reset, unlock, trigger, tail
        case getConfiguration = "get-configuration"
        case changeConfiguration = "change-configuration"
        case getVariables = "get-variables"
        case setVariables = "set-variables"
        case getBaseReport = "get-base-report"
        case clearCache = "clear-cache"
        case sendLocalList = "send-local-list"
        case getLocalListVersion = "get-local-list-version"
    }

    public var name: Name {
        switch self {
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
        case .tail: .tail
        }
    }
}

/// A message that a station can be asked for, in OCPP's word.
public enum StationTrigger: String, Hashable, Sendable, CaseIterable {
    case boot = "BootNotification"
    case firmwareStatus = "FirmwareStatusNotification"
    case heartbeat = "Heartbeat"
    case meterValues = "MeterValues"
    case status = "StatusNotification"
    case diagnosticsStatus = "DiagnosticsStatusNotification"
    case logStatus = "LogStatusNotification"
    case transaction = "TransactionEvent"
}

/// The extent of a report of a station's variables.
public enum StationReportBase: String, Hashable, Sendable, CaseIterable {
    case configuration = "ConfigurationInventory"
    case full = "FullInventory"
    case summary = "SummaryInventory"
}

/// A variable of a station of 2.0.1, with a value where one is to be set.
public struct StationVariable: Hashable, Sendable {
    /// The kinds of value.
    public enum Attribute: String, Hashable, Sendable, CaseIterable {
        case actual = "Actual"
        case target = "Target"
        case least = "MinSet"
        case most = "MaxSet"
    }

    public static let nameLimit = 50

    public var component: String
    public var componentInstance: String?
    public var connector: Int?
    public var variable: String
    public var variableInstance: String?
    public var attribute: Attribute?
    public var value: String?

    public init(
        component: String, componentInstance: String? = nil, connector: Int? = nil, variable: String, variableInstance: String? = nil,
        attribute: Attribute? = nil, value: String? = nil
    ) {
        self.component = component
        self.componentInstance = componentInstance
        self.connector = connector
        self.variable = variable
        self.variableInstance = variableInstance
        self.attribute = attribute
        self.value = value
    }
}

/// A page of the list by which a station lets tokens charge while it is offline.
public struct LocalListPage: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var token: TokenID
        public var state: AccountToken.State
        public var expires: WallTime?

        public init(_ token: TokenID, _ state: AccountToken.State, expires: WallTime? = nil) {
            self.token = token
            self.state = state
            self.expires = expires
        }
    }

    /// The most entries of a page: so that it is no longer than P4 allows.
    public static let most = 100
    /// Their number where a station does not say how many it takes at once.
    public static let usual = 50

    public var version: Int32
    /// True when it takes the place of the list before; false when it adds to it.
    public var isFull: Bool
    public var entries: [Entry]

    public init(version: Int32, isFull: Bool, _ entries: [Entry]) {
        self.version = version
        self.isFull = isFull
        self.entries = entries
    }
}
