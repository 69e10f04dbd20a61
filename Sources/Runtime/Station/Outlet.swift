public import ChargingModel
public import OCPP

/// A connector of a station, with its meter.
public struct Outlet: Hashable, Sendable {
    /// Somebody may charge, and the vehicle is not there yet.
    struct Promise: Hashable, Sendable {
        var token: IDToken
        /// The number of a remote start (2.0.1); `nil` for a card.
        var remoteStart: Int32?
        var isRemote: Bool
        var until: Instant
    }

    /// The register without what the charge that goes on has taken.
    var base: Energy
    /// The load of the vehicle that is plugged in.
    var vehicle: Load?
    /// True when the vehicle has been charged, and did not leave.
    var isSpent = false
    var promise: Promise?
    /// The charge that goes on, by its key.
    public internal(set) var charge: String?
    public internal(set) var fault: String?
    public internal(set) var isOperative = true

    init(register: Energy) { base = register }

    public var isPlugged: Bool { vehicle != nil }
    var isFree: Bool { charge == nil && promise == nil && isOperative && fault == nil }

    func status(isFull: Bool) -> ConnectorStatus {
        if fault != nil { return .faulted }
        if charge != nil { return isFull ? .suspendedVehicle : .charging }
        if !isOperative { return .unavailable }
        if isSpent { return .finishing }
        return vehicle != nil || promise != nil ? .preparing : .available
    }
}

/// A transaction as the station has it.
public struct Charge: Hashable, Sendable {
    /// The id of 2.0.1; in 1.6 the station's own name for it.
    public var key: String
    public var evse: Int32
    /// The number that the backend gave it (1.6).
    public var number: Int64?
    public var token: IDToken
    public var start: Energy
    public var end: Energy?
    var remoteStart: Int32?
    var load: Load
    var began: Instant
    var beganAt: WallTime
    var nextSample: Instant
    var seqNo: Int64 = 0
    var isFull = false
}

/// A word about a transaction, which is told until it is confirmed.
struct Telling: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case began
        case values([MeterSample], ChargingState, TriggerReason)
        case ended(Energy, StopReason, TriggerReason)
    }

    var kind: Kind
    var charge: String
    /// By the station's clock.
    var time: WallTime
    var seqNo: Int64
    var isOffline: Bool
    /// It was refused, and waits.
    var notBefore: Instant?
    var attempts = 0
    /// True for what was confirmed, and is said again.
    var isRepeat = false
}

/// A call that means nothing in the next connection.
enum Errand: Hashable, Sendable {
    case boot
    case heartbeat
    case status(Int32)
    case authorize(Int32, IDToken)
    case values(Int32)
    case other(StationAction, OCPPPayload)
}

/// The call whose answer is awaited.
struct Outstanding: Sendable {
    enum What: Sendable {
        case errand(Errand)
        case telling(Telling)
    }

    var id: String
    var what: What
    var action: StationAction
    var at: Instant
}

/// The tokens that a station knows by itself.
struct LocalTokens: Hashable, Sendable {
    static let most = 1000
    static let mostAtATime = 20

    var version: Int32 = 0
    var tokens: [String: TokenInfo] = [:]
    /// The backend's word on cards that were shown.
    var cache: [String: TokenInfo] = [:]

    func info(of token: IDToken) -> TokenInfo? { tokens[token.text.lowercased()] ?? cache[token.text.lowercased()] }

    mutating func remember(_ token: IDToken, _ info: TokenInfo) {
        if cache.count >= LocalTokens.most { cache.removeAll() }
        cache[token.text.lowercased()] = info
    }

    mutating func take(_ list: LocalList) -> AnswerStatus {
        if !list.isFull, list.version <= version { return .versionMismatch }
        if list.entries.count > LocalTokens.mostAtATime { return .failed }
        var changed = list.isFull ? [:] : tokens
        for entry in list.entries { changed[entry.token.text.lowercased()] = entry.info }
        if changed.count > LocalTokens.most { return .failed }
        tokens = changed
        version = list.version
        return .accepted
    }
}
