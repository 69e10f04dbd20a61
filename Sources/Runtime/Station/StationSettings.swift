internal import ChargingModel
internal import OCPP

/// The configuration of a station that a backend can read and set: keys of 1.6, variables of 2.0.1.
public struct StationSettings: Hashable, Sendable {
    public var heartbeat: Duration = .seconds(300)
    /// From one meter value to the next.
    public var sampling: Duration
    /// The time that a vehicle has to be plugged in.
    public var connectTimeOut: Duration = .seconds(60)
    /// True when whoever is not known may charge while nobody can be asked.
    public var allowsUnknownOffline = true
    /// True when a charge ends whose card the backend does not let in.
    public var stopsOnInvalid = true

    public init(sampling: Duration) { self.sampling = sampling }

    enum Key: String, CaseIterable {
        case heartbeat = "HeartbeatInterval"
        case sampling = "MeterValueSampleInterval"
        case connectTimeOut = "ConnectionTimeOut"
        case allowsUnknownOffline = "AllowOfflineTxForUnknownId"
        case stopsOnInvalid = "StopTransactionOnInvalidId"
        case connectors = "NumberOfConnectors"
        case listLength = "LocalAuthListMaxLength"
        case listPage = "SendLocalListMaxLength"
        case profiles = "SupportedFeatureProfiles"

        var isReadOnly: Bool {
            switch self {
            case .heartbeat, .sampling, .connectTimeOut, .allowsUnknownOffline, .stopsOnInvalid: false
            case .connectors, .listLength, .listPage, .profiles: true
            }
        }

        /// The variable of 2.0.1 that is the same; `nil` for none.
        var variable: (component: String, variable: String)? {
            switch self {
            case .heartbeat: ("OCPPCommCtrlr", "HeartbeatInterval")
            case .sampling: ("SampledDataCtrlr", "TxUpdatedInterval")
            case .connectTimeOut: ("TxCtrlr", "EVConnectionTimeOut")
            case .allowsUnknownOffline: ("AuthCtrlr", "OfflineTxForUnknownIdEnabled")
            case .stopsOnInvalid: ("TxCtrlr", "StopTxOnInvalidId")
            case .listLength: ("LocalAuthListCtrlr", "Storage")
            case .listPage: ("LocalAuthListCtrlr", "ItemsPerMessage")
            case .connectors, .profiles: nil
            }
        }

        init?(_ name: VariableName) {
            let found = Key.allCases.first {
                $0.variable.map { $0.component.lowercased() == name.component.lowercased() && $0.variable.lowercased() == name.variable.lowercased() }
                    ?? false
            }
            guard let found else { return nil }
            self = found
        }
    }

    func value(of key: Key, connectors: Int) -> String {
        switch key {
        case .heartbeat: "\(heartbeat.milliseconds / 1000)"
        case .sampling: "\(sampling.milliseconds / 1000)"
        case .connectTimeOut: "\(connectTimeOut.milliseconds / 1000)"
        case .allowsUnknownOffline: "\(allowsUnknownOffline)"
        case .stopsOnInvalid: "\(stopsOnInvalid)"
        case .connectors: "\(connectors)"
        case .listLength: "\(LocalTokens.most)"
        case .listPage: "\(LocalTokens.mostAtATime)"
        case .profiles: "Core,LocalAuthListManagement,RemoteTrigger"
        }
    }

    /// Sets a value.
    /// - Returns: how that went.
    mutating func set(_ key: Key, to value: String) -> AnswerStatus {
        if key.isReadOnly { return .rejected }
        switch key {
        case .heartbeat: return set(\.heartbeat, value, 1...86_400)
        case .sampling: return set(\.sampling, value, 1...86_400)
        case .connectTimeOut: return set(\.connectTimeOut, value, 1...3600)
        case .allowsUnknownOffline: return set(\.allowsUnknownOffline, value)
        case .stopsOnInvalid: return set(\.stopsOnInvalid, value)
        case .connectors, .listLength, .listPage, .profiles: return .rejected
        }
    }

    private mutating func set(_ path: WritableKeyPath<StationSettings, Duration>, _ value: String, _ range: ClosedRange<Int64>) -> AnswerStatus {
        guard let seconds = Int64(value), range.contains(seconds) else { return .rejected }
        self[keyPath: path] = .seconds(seconds)
        return .accepted
    }

    private mutating func set(_ path: WritableKeyPath<StationSettings, Bool>, _ value: String) -> AnswerStatus {
        guard let flag = Bool(value.lowercased()) else { return .rejected }
        self[keyPath: path] = flag
        return .accepted
    }
}
