internal import ChargingModel
internal import ChargingProtocol
internal import HomeAssistant
internal import JSON
internal import MQTT
internal import Runtime

/// All that a party's runtime is made from: the first line of a party in a recording.
struct RecordedParty: Hashable, Sendable {
    /// The part that belongs to one kind of party.
    enum Role: Hashable, Sendable {
        case engine(EngineCore.Specification, EngineMemory)
        case monitor(ChargePointID, Monitor.Settings)
        case driver(Driver.Settings)
        /// With the software that it says it is.
        case gateway(GatewayID, String)
        /// The prefix and the version that Home Assistant is told, if it is; and whether a ledger was there at the start.
        case central(CentralCore.Settings, discovery: Discovery?, hasLedger: Bool)
    }

    /// The settings of what Home Assistant is told.
    struct Discovery: Hashable, Sendable {
        var prefix: String
        var version: String
    }

    /// The form of the lines; a later one may be another.
    static let version = 2

    var role: Role
    var settings: MQTTSettings
    var site: String?
    var lastEpoch: Epoch
    var journalRecords: Int
    var seed: UInt64
    var isWatched: Bool
    /// The time at which the runtime was made.
    var made: Now

    init(_ role: Role, _ context: PartyContext, at now: Now) {
        self.role = role
        settings = context.settings
        site = context.wire.site
        lastEpoch = context.lastEpoch
        journalRecords = context.journalRecords
        seed = context.seed
        isWatched = context.isWatched
        made = now
    }

    /// Central's.
    init(_ settings: CentralCore.Settings, _ discovery: DeviceDiscovery?, _ context: PartyContext, hasLedger: Bool, at now: Now) {
        let told = discovery.map { Discovery(prefix: $0.prefix, version: $0.version) }
        self.init(.central(settings, discovery: told, hasLedger: hasLedger), context, at: now)
    }

    var party: Party {
        switch role {
        case .engine(let specification, _): .engine(specification.cp)
        case .monitor(let cp, _): .monitor(cp)
        case .driver(let settings): .driver(settings.driver)
        case .gateway(let gateway, _): .gateway(gateway)
        case .central: .central
        }
    }

    var context: PartyContext {
        PartyContext(
            settings: settings, wire: Wire(site: site), lastEpoch: lastEpoch, journalRecords: journalRecords, seed: seed, isWatched: isWatched)
    }
}

extension Party {
    /// `engine:CP-001`, `central`: as a recording calls it.
    var recordedName: String { Wire(site: nil).clientID(of: self) }
}

extension RecordedParty {
    func write(to json: inout JSONWriter) {
        json.string("party", party.recordedName)
        json.integer("version", RecordedParty.version)
        json.string("software", NetworkContext.software)
        json.integer("t", made.monotonic.nanoseconds)
        json.integer("w", made.wall.milliseconds)
        if let site { json.string("site", site) }
        json.integer("seed", seed)
        json.integer("last_epoch", lastEpoch)
        json.integer("journal_records", journalRecords)
        json.bool("watched", isWatched)
        json.object("mqtt") { settings.write(to: &$0) }
        json.object("role") { role.write(to: &$0) }
    }

    init(_ fields: RecordedFields) throws(RecordingError) {
        role = try Role(try fields.object("role"), of: try fields.text("party"))
        settings = try MQTTSettings(recorded: try fields.object("mqtt"))
        site = try fields.textIfPresent("site")
        lastEpoch = try fields.number("last_epoch")
        journalRecords = try fields.number("journal_records")
        seed = try fields.number("seed")
        isWatched = try fields.bool("watched")
        made = try fields.now()
    }
}

extension RecordedFields {
    /// The time of a line.
    func now() throws(RecordingError) -> Now {
        Now(monotonic: Instant(nanoseconds: try number("t")), wall: WallTime(milliseconds: try number("w")))
    }
}

extension MQTTSettings {
    fileprivate func write(to json: inout JSONWriter) {
        json.string("host", address.host)
        json.integer("port", address.port)
        json.string("client_id", clientID)
        json.duration("keep_alive_ns", keepAlive)
        json.duration("connect_timeout_ns", connectTimeout)
        json.duration("backoff_floor_ns", backoff.floor)
        json.duration("backoff_initial_ns", backoff.initial)
        json.duration("backoff_ceiling_ns", backoff.ceiling)
        json.integer("max_outbound_messages", maxOutboundMessages)
        json.integer("max_outbound_bytes", maxOutboundBytes)
        json.integer("max_inbound_payload", maxInboundPayload)
    }

    fileprivate init(recorded fields: RecordedFields) throws(RecordingError) {
        self.init(
            address: MQTTAddress(host: try fields.text("host"), port: try fields.number("port")), clientID: try fields.text("client_id"))
        keepAlive = try fields.duration("keep_alive_ns")
        connectTimeout = try fields.duration("connect_timeout_ns")
        backoff.floor = try fields.duration("backoff_floor_ns")
        backoff.initial = try fields.duration("backoff_initial_ns")
        backoff.ceiling = try fields.duration("backoff_ceiling_ns")
        maxOutboundMessages = try fields.number("max_outbound_messages")
        maxOutboundBytes = try fields.number("max_outbound_bytes")
        maxInboundPayload = try fields.number("max_inbound_payload")
    }
}
