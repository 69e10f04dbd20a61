public import ChargingModel

/// Central, as its status on the bus shows it.
public struct CentralView: Hashable, Sendable {
    public enum Presence: Hashable, Sendable {
        /// Nothing was heard of it yet.
        case unknown
        case online
        case offline(reason: String)
    }

    public var presence = Presence.unknown
    var freshness = Freshness()
    public var software: String?
    public var since: WallTime?

    public var epoch: Epoch { freshness.epoch }
    public var isOnline: Bool { presence == .online }

    public init() {}
}

/// The viewer's own connection.
public struct BusView: Hashable, Sendable {
    public var isConnected = false
    /// The reason why there is no connection, for people.
    public var reason: String?
    public var since: WallTime?

    public init(isConnected: Bool = false, reason: String? = nil, since: WallTime? = nil) {
        self.isConnected = isConnected
        self.reason = reason
        self.since = since
    }
}

extension NetworkView {
    mutating func hear(_ status: CentralStatus, retained: Bool, at now: Now) {
        guard central.freshness.claim(status.epoch, status.sign(retained: retained), at: now.monotonic).isCurrent else {
            counts.stale += 1
            return
        }
        let presence: CentralView.Presence = status.online ? .online : .offline(reason: status.reason ?? "unknown")
        let before = central.presence
        if let software = status.software { central.software = software }
        guard presence != before else { return }
        central.presence = presence
        central.since = now.wall
        changes.central = true
        // Every point is shown by what it says itself, or by the verdict again.
        for cp in points.keys { changes.add(cp, .whole) }
        guard !retained else { return }
        switch presence {
        case .online: tell(.central, .good, "Central is online", at: now)
        case .offline(let reason): tell(.central, .bad, "Central is offline: \(reason)", at: now)
        case .unknown: break
        }
    }
}
