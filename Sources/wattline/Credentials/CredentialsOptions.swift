import ArgumentParser
import Certificates
import ChargingModel
import ChargingProtocol
import Encodings
import Identities
import JSON
import Platform
import Settings
import Supervisor

/// The flags of all commands for credentials.
struct CredentialsOptions: ParsableArguments {
    @OptionGroup var places: PlaceOptions

    private func data(in environment: Environment) throws -> DataDirectory {
        try places.dataDirectory(places.readNetwork(in: environment)?.network, in: environment)
    }

    func store(in environment: Environment) throws -> IdentityStore {
        let data = try data(in: environment)
        return IdentityStore(directory: data.credentials, site: data.site)
    }

    func certificates(in environment: Environment) throws -> CertificateStore { CertificateStore(directory: try data(in: environment).certificates) }

    /// The file of the authorities that goes into new credentials, beside a broker with TLS: as it was set, or the data directory's own.
    func authority(_ broker: BrokerURL, in environment: Environment) throws -> String? {
        guard broker.isSecure else { return nil }
        return try TrustOptions.authority(data(in: environment), in: environment)
    }

    /// The broker that goes into new credentials: the one that was set, or that `wattline up` runs, or that Central has, or of this machine.
    func broker(_ chosen: String?, in environment: Environment) throws -> BrokerURL {
        if let broker = try AllSettings.mqtt.resolve(flag: chosen, in: environment) { return broker }
        if let running = try? ProcessTable.broker(data: data(in: environment)) { return running }
        let central = try Identity(.central, Identity.centralID)
        return (try? store(in: environment).credentials(of: central))?.broker ?? BrokerURL(host: "127.0.0.1")
    }
}

/// A name, and the flags of all commands for one: a role and an id.
struct IdentityOptions: ParsableArguments {
    @Argument(help: "central, engine, monitor, point, driver, station, gateway, recorder, viewer or admin.")
    var role: String
    @Argument(help: "The id: CP-001, driver-alice; of Central nothing.")
    var id: String?
    @Flag(help: "Prints one JSON object.")
    var json = false
    @OptionGroup var options: CredentialsOptions

    func identity() throws -> Identity { try Identity(parsing: role, try oneID()) }

    /// The names of many: `CP-001..CP-100` and `CP-001,CP-005` are ids of points.
    func identities() throws -> [Identity] {
        let id = try oneID()
        guard let found = Role(rawValue: role), [.point, .engine, .monitor].contains(found), id.contains(".") || id.contains(",") else {
            return [try identity()]
        }
        guard let points = ValueParser.chargePoints(id) else { throw SettingError("ID", value: id, expected: ValueParser.chargePoints.expected) }
        return try points.map { try Identity(found, $0.text) }
    }

    private func oneID() throws -> String {
        guard let id = id ?? (role == Role.central.rawValue ? Identity.centralID : nil) else {
            throw SettingError("ID", value: nil, expected: "an id behind the role: wattline credentials … \(role) ID")
        }
        return id
    }

    /// Tells how somebody connects under the name. The password is told to programs alone: it stays in its file; but for a station's, which somebody
    /// has to type there.
    /// - Parameter broker: one of somebody else, which may know it by another name.
    func tell(_ identity: Identity, of store: IdentityStore, for broker: ForeignBroker? = nil, saying what: String) throws {
        let credentials = try broker.map { try store.credentials(of: identity, for: $0) } ?? store.credentials(of: identity)
        guard !json else {
            Output.write(credentials.json)
            return
        }
        Output.writeLine("✔ \(identity) \(what)")
        if identity.role == .station { return tellTechnician(of: identity, credentials, file: store.file(of: identity)) }
        Output.writeLine("  broker     \(credentials.broker)")
        Output.writeLine("  user       \(credentials.username)")
        Output.writeLine("  client id  \(credentials.clientID)")
        Output.writeLine("  password   in \(store.file(of: identity)), which --credentials takes")
    }

    private func tellTechnician(of identity: Identity, _ credentials: Credentials, file: String) {
        Output.writeLine("  address    ws://GATEWAY:9000/ocpp/\(PercentEncoding.encoded(identity.id)); with TLS wss://")
        Output.writeLine("  user       \(identity.id)")
        Output.writeLine("  password   \(credentials.password)")
        Output.writeLine("  in hex     \(credentials.passwordInHex), where a station of OCPP 1.6 wants its AuthorizationKey so")
        Output.writeLine("  kept in    \(file)")
    }
}

/// The choice of a broker that is somebody else's.
struct ForeignBrokerOptions: ParsableArguments {
    @Option(name: .customLong("for"), help: ArgumentHelp("A broker of somebody else: mosquitto or emqx.", valueName: "broker"))
    var name: String?

    /// `nil` when none was named.
    func broker() throws(SettingError) -> ForeignBroker? {
        guard let name else { return nil }
        guard let broker = ForeignBroker(rawValue: name) else { throw SettingError("--for", value: name, expected: "mosquitto or emqx") }
        return broker
    }
}

/// Prints one JSON object on a line.
func writeObject(_ body: (inout JSONWriter) -> Void) {
    var json = JSONWriter()
    json.object { body(&$0) }
    Output.writeLine(json.text)
}

extension Identity {
    /// The name that somebody typed.
    init(parsing role: String, _ id: String) throws {
        guard let found = Role(rawValue: role) else {
            throw SettingError("ROLE", value: role, expected: Role.allCases.map(\.rawValue).joined(separator: ", "))
        }
        try self.init(found, id)
    }
}
