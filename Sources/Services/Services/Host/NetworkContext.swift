internal import ChargingModel
public import ChargingProtocol
internal import Glibc
internal import Journal
public import MQTT
public import Platform
internal import Runtime
public import Settings
internal import Terminal

/// What every process of a network knows from its settings.
public struct NetworkContext: Sendable {
    /// As it is told in `info` and `central/status`.
    public static let software = "wattline " + version
    public static let version = "0.1.0"

    public var wire: Wire
    public var broker: MQTTAddress
    /// The numeric address of this machine from which to connect; `nil` for the one that the system chooses.
    public var sourceAddress: String?
    public var keepAlive: Duration
    public var data: DataDirectory
    /// The place of the names with which its clients log in; `nil` for a broker that asks for none.
    public var credentials: CredentialSource?
    public var log: Log
    let connections = ConnectionReporter()
    /// The recorder of all that the parties are told, if there is one.
    public var recorder: PartyRecorder?

    public init(wire: Wire, broker: MQTTAddress, keepAlive: Duration = .seconds(5), data: DataDirectory, log: Log) {
        self.wire = wire
        self.broker = broker
        self.keepAlive = keepAlive
        self.data = data
        self.log = log
    }

    /// The parts of a journalled party that do not depend on its kind.
    /// - Parameter settings: of its connection.
    func making(_ settings: MQTTSettings, _ journal: Journal, lastEpoch: Epoch, seed: UInt64, isWatched: Bool = false) -> PartyContext {
        PartyContext(
            settings: settings, wire: wire, lastEpoch: lastEpoch, journalRecords: journal.records, seed: seed, isWatched: isWatched)
    }

    /// The settings of a party's connection.
    func connection(of party: Party) -> MQTTSettings {
        var settings = MQTTSettings(address: broker, clientID: wire.clientID(of: party))
        settings.keepAlive = keepAlive
        settings.sourceAddress = sourceAddress
        settings.login = credentials?.login(of: party)
        return settings
    }

    /// The settings of a connection of somebody who only looks on.
    /// - Parameter role: the beginning of its client id.
    public func lookingOn(as role: String) -> MQTTSettings {
        let name = "\(role):\(getpid())-\(String(UInt32.random(in: 0 ... .max), radix: 36))"
        let own = credentials?.onlooker
        let clientID = own.map { "\($0.clientID):\(name)" } ?? wire.site.map { "\($0):\(name)" } ?? name
        var settings = MQTTSettings(address: broker, clientID: clientID)
        settings.keepAlive = keepAlive
        settings.login = own?.login
        return settings
    }
}
