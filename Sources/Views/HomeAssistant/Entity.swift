internal import ChargingModel
internal import ChargingProtocol
internal import JSON

/// The program whose life an entity depends on.
enum Availability {
    case central
    case engine

    // Both are Jinja. What is undefined is never rendered nor compared: Home Assistant would log a warning for each message.
    // Nobody there, an empty message (deleted) and nonsense are all "offline".
    private var template: String {
        switch self {
        case .central: "{{ 'online' if value_json is mapping and value_json.online | default(false) else 'offline' }}"
        case .engine: "{{ 'online' if value_json is mapping and value_json.state | default('DISCONNECTED') != 'DISCONNECTED' else 'offline' }}"
        }
    }

    func write(_ json: inout JSONWriter, _ wire: Wire, _ cp: ChargePointID) {
        let topic: Topic =
            switch self {
            case .central: .centralStatus
            case .engine: .state(cp)
            }
        json.array("availability") { json in
            json.object(nil) { json in
                json.string("topic", wire.text(of: topic))
                json.string("value_template", template)
            }
        }
    }
}

/// An entity: one thing that Home Assistant shows of a point.
struct Entity {
    enum Platform: String {
        case sensor
        case binarySensor = "binary_sensor"
    }

    enum Source {
        /// The verdict: Central's belief about the point.
        case verdict
        /// The engine's state.
        case state
        /// All messages about the point: the template takes what it wants and lets the rest pass without a trace.
        case everything
    }

    /// The key, which never changes: Home Assistant remembers it for ever.
    let key: String
    let platform: Platform
    /// The name; short, since the device's name goes in front of it.
    let name: String
    let source: Source
    let template: String
    var deviceClass: String?
    var unit: String?
    var stateClass: String?
    var precision: Int?
    var options: [String] = []
    var icon: String?
    /// The template of the values told beside the state.
    var attributes: String?

    func write(_ json: inout JSONWriter, _ discovery: DeviceDiscovery, _ cp: ChargePointID) {
        let topic =
            switch source {
            case .verdict: discovery.wire.text(of: Topic.verdict(cp))
            case .state: discovery.wire.text(of: Topic.state(cp))
            case .everything: discovery.wire.filterOfAll(on: cp)
            }
        json.string("p", platform.rawValue)
        json.string("name", name)
        json.string("unique_id", "\(discovery.identity(of: cp)):\(key)")
        json.string("state_topic", topic)
        json.string("value_template", template)
        if let deviceClass { json.string("device_class", deviceClass) }
        if let unit { json.string("unit_of_measurement", unit) }
        if let stateClass { json.string("state_class", stateClass) }
        if let precision { json.integer("suggested_display_precision", precision) }
        if !options.isEmpty { json.array("options") { json in for option in options { json.string(nil, option) } } }
        if let icon { json.string("icon", icon) }
        if let attributes {
            json.string("json_attributes_topic", topic)
            json.string("json_attributes_template", attributes)
        }
        if source != .verdict { Availability.engine.write(&json, discovery.wire, cp) }
    }
}
