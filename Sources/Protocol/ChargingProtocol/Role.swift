/// What somebody with a name may be on the bus.
public enum Role: String, Hashable, Sendable, CaseIterable, Comparable {
    case central
    case engine
    case monitor
    /// Engine and monitor of a point at once.
    case point
    case driver
    /// A station that speaks OCPP to a gateway, and is never on the bus itself.
    case station
    /// Brings stations in: engine and monitor of any point.
    case gateway
    /// Reads everything, and writes nothing.
    case recorder
    /// Reads what is public, and writes nothing. So does who gives no name, where that is allowed.
    case viewer
    /// Everything.
    case admin

    /// Whether one name of the role may be several clients at once, with a word behind its client id.
    public var mayBeMany: Bool {
        switch self {
        case .driver, .recorder, .viewer, .admin: true
        case .central, .engine, .monitor, .point, .station, .gateway: false
        }
    }

    public static func < (a: Role, b: Role) -> Bool { a.rawValue < b.rawValue }
}

/// What those of a role may do, as MQTT topic filters in which `%i` as a whole level stands for the own id.
public struct Rights: Hashable, Sendable {
    /// The client ids that they may have; one that ends in `*` stands for many at once.
    public var clients: [String]
    public var writes: [String]
    public var reads: [String]

    /// The topics that anybody may read: what points and Central say of points.
    private static let open = ["cp/#", "central/#"]
    /// Where Central tells Home Assistant of the points, and hears that it was started anew.
    private static let homeAssistant = "homeassistant/#"

    /// - Parameter site: goes in front of every topic and client id (P2).
    public init(of role: Role, site: String?) {
        let ids = Topic.RightsOfOne(id: "%i")
        switch role {
        case .central:
            clients = ["central"]
            // What a point said that is gone for good is emptied by Central (S8).
            writes = [
                "central/#", "cp/+/command", "cp/+/info", "cp/+/state", "cp/+/health", "driver/+/status", "driver/+/ticket", Self.homeAssistant,
            ]
            reads = Self.open + ["driver/+/request", "driver/+/ticket", Self.homeAssistant, "$SYS/broker/publish/messages/dropped"]
        case .engine:
            clients = ["engine:%i"]
            writes = ids.engineWrites
            reads = ids.engineReads
        case .monitor:
            clients = ["monitor:%i"]
            writes = ids.monitorWrites
            reads = ids.monitorReads
        case .point:
            clients = ["engine:%i", "monitor:%i"]
            writes = ids.engineWrites + ids.monitorWrites
            reads = ids.engineReads + ids.monitorReads.filter { !ids.engineReads.contains($0) }
        case .driver:
            // With a word behind it for a person with tools of mosquitto.
            clients = ["driver:%i", "driver:%i:*"]
            writes = ["driver/%i/request"]
            reads = ["driver/%i/status", "driver/%i/ticket", "central/status", "central/cp/+"]
        case .station: (clients, writes, reads) = ([], [], [])
        case .gateway:
            let any = Topic.RightsOfOne(id: "+")
            clients = ["gateway:%i", "engine:*", "monitor:*"]
            writes = any.engineWrites + any.monitorWrites
            reads = any.engineReads + any.monitorReads.filter { !any.engineReads.contains($0) }
        case .recorder:
            clients = ["recorder:%i", "recorder:%i:*"]
            writes = []
            reads = ["#", Self.homeAssistant, "$SYS/#"]
        case .viewer:
            clients = ["viewer:%i", "viewer:%i:*"]
            writes = []
            reads = Self.open + ["$SYS/#"]
        case .admin:
            // Any; but those that begin with its name are nobody else's.
            clients = ["admin:%i", "admin:%i:*", "*"]
            writes = ["#", Self.homeAssistant, "$CONTROL/#"]
            reads = ["#", Self.homeAssistant, "$SYS/#", "$CONTROL/#"]
        }
        guard let site else { return }
        clients = clients.map { $0 == "*" ? $0 : "\(site):\($0)" }
        writes = writes.map { Rights.isOfBroker($0) ? $0 : "\(site)/\($0)" }
        reads = reads.map { Rights.isOfBroker($0) ? $0 : "\(site)/\($0)" }
    }

    /// True for a topic that has no site in front: the broker's own, Home Assistant's.
    private static func isOfBroker(_ filter: String) -> Bool { filter.hasPrefix("$") || filter == homeAssistant }
}

extension Topic {
    /// The topics of one point's engine and monitor, or with `+` for an id of all.
    fileprivate struct RightsOfOne {
        var id: String

        var engineWrites: [String] { ["info", "state", "telemetry", "event"].map { "cp/\(id)/\($0)" } }
        /// Besides commands what the broker keeps of itself, and what Central believes of it (P9).
        var engineReads: [String] { ["cp/\(id)/command", "central/status", "cp/\(id)/state", "cp/\(id)/info", "central/cp/\(id)"] }
        var monitorWrites: [String] { ["cp/\(id)/health"] }
        var monitorReads: [String] { ["cp/\(id)/command", "central/status", "cp/\(id)/health", "central/cp/\(id)"] }
    }
}
