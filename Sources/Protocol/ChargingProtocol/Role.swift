internal import ChargingModel

/// A role on the bus: of somebody with a name.
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

    /// True when one name of the role may be several clients at once, with a word behind its client id.
    public var mayBeMany: Bool {
        switch self {
        case .driver, .recorder, .viewer, .admin: true
        case .central, .engine, .monitor, .point, .station, .gateway: false
        }
    }

    public static func < (a: Role, b: Role) -> Bool { a.rawValue < b.rawValue }
}

/// The rights of a role, as MQTT topic filters in which `%i` as a whole level stands for the own id.
public struct Rights: Hashable, Sendable {
    /// The client ids that they may have; one that ends in `*` stands for many at once.
    public var clients: [String]
    public var writes: [String]
    public var reads: [String]

    /// The topics that anybody may read: what points and Central say of points.
    private static let open = ["cp/#", "central/#"]
    /// The topics on which Central tells Home Assistant of the points, and hears that it was started anew.
    private static let homeAssistant = "homeassistant/#"

    /// - Parameter site: goes in front of every topic and client id (P2).
    public init(of role: Role, site: String?) {
        let own = PartyRights(id: "%i")
        switch role {
        case .central:
            clients = [own.client(.central)]
            // What a point said that is gone for good is emptied by Central (S8).
            writes = [
                "central/#", "cp/+/command", "cp/+/info", "cp/+/state", "cp/+/health", "driver/+/status", "driver/+/ticket",
                "station/+/command", Self.homeAssistant,
            ]
            reads =
                Self.open + [
                    "driver/+/request", "driver/+/ticket", "station/+/request", "station/+/about", "station/+/answer", "station/+/frame",
                    "gateway/+/about", Self.homeAssistant, "$SYS/broker/publish/messages/dropped",
                ]
        case .engine: (clients, writes, reads) = ([own.client(.engine(PartyRights.cp))], own.engineWrites, own.reads(.engine(PartyRights.cp)))
        case .monitor: (clients, writes, reads) = ([own.client(.monitor(PartyRights.cp))], own.monitorWrites, own.reads(.monitor(PartyRights.cp)))
        case .point:
            clients = [own.client(.engine(PartyRights.cp)), own.client(.monitor(PartyRights.cp))]
            (writes, reads) = (own.pointWrites, own.pointReads)
        case .driver:
            let client = own.client(.driver(PartyRights.driver))
            // With a word behind it for a person with tools of mosquitto.
            (clients, writes, reads) = ([client, client + ":*"], own.driverWrites, own.reads(.driver(PartyRights.driver)))
        case .station: (clients, writes, reads) = ([], [], [])
        case .gateway:
            let any = PartyRights(id: "+")
            clients = ["gateway:%i", "engine:*", "monitor:*"]
            // Of several gateways each is itself; which station is whose nobody but they knows.
            writes = any.pointWrites + [own.topic(.gateway(PartyRights.gateway)), "station/+/about", "station/+/answer", "station/+/frame"]
            let itself = own.reads(.gateway(PartyRights.gateway))
            reads = any.pointReads + itself.filter { !any.pointReads.contains($0) }
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
            reads = writes + ["$SYS/#"]
        }
        guard let site else { return }
        clients = clients.map { $0 == "*" ? $0 : "\(site):\($0)" }
        writes = writes.map { Rights.isOfBroker($0) ? $0 : "\(site)/\($0)" }
        reads = reads.map { Rights.isOfBroker($0) ? $0 : "\(site)/\($0)" }
    }

    /// True for a topic that has no site in front: the broker's own, Home Assistant's.
    private static func isOfBroker(_ filter: String) -> Bool { filter.hasPrefix("$") || filter == homeAssistant }
}

/// The rights of parties, from the topics that they listen to and publish on, with something else in place of their ids.
private struct PartyRights {
    /// The id in whose place `id` comes; no word of the protocol has capital letters.
    private static let place = "ID"
    static let cp = ChargePointID(known: place)
    static let driver = DriverID(known: place)
    static let gateway = GatewayID(known: place)

    /// `%i` for the own id, `+` for any.
    var id: String

    func client(_ party: Party) -> String { placed(Wire(site: nil).clientID(of: party)) }

    /// What a party subscribes to: besides what others say its own words, of which it minds when others say them (P9).
    func reads(_ party: Party) -> [String] {
        let wire = Wire(site: nil)
        return (wire.filters(of: party) + wire.keptFilters(of: party)).map(placed) + [party.ownTopic].compactMap(\.self).map(topic)
    }

    var engineWrites: [String] { [.info(Self.cp), .state(Self.cp), .telemetry(Self.cp), .event(Self.cp), .stationRequest(Self.cp)].map(topic) }
    var monitorWrites: [String] { [topic(.health(Self.cp))] }
    var driverWrites: [String] { [topic(.request(Self.driver))] }

    /// Engine and monitor at once.
    var pointWrites: [String] { engineWrites + monitorWrites }
    var pointReads: [String] {
        let engine = reads(.engine(Self.cp))
        return engine + reads(.monitor(Self.cp)).filter { !engine.contains($0) }
    }

    func topic(_ topic: Topic) -> String { placed(topic.text) }
    private func placed(_ text: String) -> String { text.replacing(Self.place, with: id) }
}
