public import ChargingModel
public import ChargingProtocol
internal import JSON

/// Home Assistant's documented discovery of a whole device: one retained message makes a device with all that can be seen of it.
///
/// Source: https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload. Its topics are no topics of the protocol.
public struct DeviceDiscovery: Hashable, Sendable {
    /// The topic prefix on which Home Assistant listens: `homeassistant`, unless its user has changed it. Without a site, which is no concern of Home
    /// Assistant's.
    public var prefix: String
    /// The site whose topics the device is read from.
    public var wire: Wire
    /// The version of the program that sends this: `0.1.0`.
    public var version: String

    public init(prefix: String, wire: Wire, version: String) {
        self.prefix = prefix
        self.wire = wire
        self.version = version
    }

    /// The topic on which Home Assistant says `online` when it has started: its usual birth message.
    public var birthTopic: String { prefix + "/status" }
    /// The payload of Home Assistant's birth message.
    public static let birth = Array("online".utf8)

    /// The topic on which the point's message is retained.
    ///
    /// The level before the point is free by the documentation; it keeps sites apart whatever they are called: `wattline`, `wattline-madrid`.
    public func topic(of cp: ChargePointID) -> String { "\(prefix)/device/wattline\(wire.site.map { "-" + $0 } ?? "")/\(cp)/config" }

    /// The identity of a point, unique over all sites: `wattline:CP-001`, `wattline:madrid:CP-001`. No id has a colon in it (P1).
    func identity(of cp: ChargePointID) -> String { wire.site.map { "wattline:\($0):\(cp)" } ?? "wattline:\(cp)" }

    /// The message for a point.
    public func message(for info: ChargePointInfo) -> DiscoveryMessage {
        let cp = info.cp
        var json = JSONWriter(capacity: 4096)
        json.object { json in
            json.object("dev") { json in
                json.array("ids") { $0.string(nil, identity(of: cp)) }
                json.string("name", wire.site.map { "\($0) \(cp)" } ?? cp.text)
                json.string("mf", "Wattline")
                json.string("mdl", info.kind.isEmpty ? "\(info.power)" : "\(short(info.kind)) \(info.power)")
                json.string("sn", info.meter.text)
                json.string("sw", short(info.software))
            }
            json.object("o") { json in
                json.string("name", "Wattline")
                json.string("sw", version)
            }
            // What Central says is worth as much as Central is alive; an entity that hears the engine says so itself.
            Availability.central.write(&json, wire, cp)
            json.object("cmps") { json in
                for entity in Entity.all { json.object(entity.key) { entity.write(&$0, self, cp) } }
            }
        }
        return DiscoveryMessage(topic: topic(of: cp), payload: json.bytes)
    }

    /// The first 64 Unicode scalars of the text: whatever an engine calls itself, the message stays far below what a broker takes (escaped, a byte
    /// becomes six).
    private func short(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        result.append(contentsOf: text.unicodeScalars.prefix(64))
        return String(result)
    }

    /// The message that removes a point from Home Assistant.
    public func removal(of cp: ChargePointID) -> DiscoveryMessage { DiscoveryMessage(topic: topic(of: cp), payload: []) }
}

/// A message that is retained for Home Assistant; an empty payload deletes it.
public struct DiscoveryMessage: Hashable, Sendable {
    public var topic: String
    public var payload: [UInt8]
}
