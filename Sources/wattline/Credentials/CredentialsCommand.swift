import ArgumentParser
import ChargingModel
import ChargingProtocol
import Identities
import Platform
import Settings
import Supervisor

struct CredentialsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credentials", abstract: "Gives names to those who may be on the bus, and takes them away.",
        discussion: """
            They are in the data directory, for its owner alone, and hold at once: without
            a restart of the broker, and without a lost connection of anybody else.

            EXAMPLES
              wattline credentials init                   # for all of network.json
              wattline credentials add point CP-011       # an engine and a monitor
              wattline credentials add driver driver-me --json
              wattline credentials show driver driver-me --json
              wattline credentials rotate engine CP-001   # another password
              wattline credentials revoke driver driver-me
              wattline credentials list

            ROLES
              central, engine, monitor, point (engine and monitor), driver, station,
              gateway, recorder (reads all), viewer (reads what is public), admin
            """,
        subcommands: [
            CredentialsInitCommand.self, CredentialsAddCommand.self, CredentialsShowCommand.self, CredentialsRotateCommand.self,
            CredentialsRevokeCommand.self, CredentialsListCommand.self,
        ])
}

/// The flags of all of them.
struct CredentialsOptions: ParsableArguments {
    @OptionGroup var places: PlaceOptions

    func store(in environment: Environment) throws -> IdentityStore {
        let data = try places.dataDirectory(places.readNetwork(in: environment)?.network, in: environment)
        try DataDirectory.create(data.base)
        return IdentityStore(directory: data.credentials, site: data.site)
    }

    /// The URL that goes into new credentials: of the broker that was set, or that `wattline up` runs, or that Central has, or of this machine.
    func broker(_ chosen: String?, in environment: Environment) throws -> String {
        if let broker = try AllSettings.mqtt.resolve(flag: chosen, in: environment) { return "\(broker)" }
        let data = try places.dataDirectory(places.readNetwork(in: environment)?.network, in: environment)
        if let running = try? ProcessTable.broker(data: data) { return "\(running)" }
        let central = try Identity(.central, Identity.centralID)
        if let known = try? IdentityStore(directory: data.credentials, site: data.site).credentials(of: central) { return known.broker }
        return "\(BrokerURL(host: "127.0.0.1"))"
    }
}

/// A name: a role and an id.
struct IdentityArguments: ParsableArguments {
    @Argument(help: "central, engine, monitor, point, driver, station, gateway, recorder, viewer or admin.")
    var role: String
    @Argument(help: "The id: CP-001, driver-alice; of Central nothing.")
    var id: String?

    func identity() throws -> Identity {
        guard let found = Role(rawValue: role) else {
            throw SettingError("ROLE", value: role, expected: Role.allCases.map(\.rawValue).joined(separator: ", "))
        }
        guard let id = id ?? (found == .central ? Identity.centralID : nil) else {
            throw SettingError("ID", value: nil, expected: "an id behind the role: wattline credentials … \(role) ID")
        }
        return try Identity(found, id)
    }
}

struct CredentialsInitCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Gives a name to Central, and to all points and drivers of network.json, who have none yet.",
        discussion: """
            A recorder and an admin, both called local, are for the commands of the data
            directory's owner: top and tail, chaos and fleet.

            EXAMPLES
              wattline credentials init
              wattline credentials init --anonymous none   # nobody looks on without a name
            """)
    @Option(help: ArgumentHelp("Who may look on without a name: none, loopback or any. Default: loopback.", valueName: "whence"))
    var anonymous: String?
    @Option(help: ArgumentHelp("The broker's URL, for the new credentials.", valueName: "mqtt://host:port"))
    var mqtt: String?
    @Flag(help: "Prints one JSON object.")
    var json = false
    @OptionGroup var options: CredentialsOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let network = try Network.find(flag: options.places.network, in: environment).network
        let whence = try anonymous.map { text throws(SettingError) in
            guard let found = AccessFile.Anonymous(rawValue: text) else {
                throw SettingError("--anonymous", value: text, expected: "none, loopback or any")
            }
            return found
        }
        let store = try options.store(in: environment)
        let wanted = try Identity.all(points: network.points.map(\.id.text), drivers: network.drivers.map(\.id.text))
        let added = try store.add(wanted, broker: options.broker(mqtt, in: environment), anonymous: whence)
        let all = store.identities().count
        if json {
            Output.writeLine("{\"added\":\(added.count),\"names\":\(all),\"anonymous\":\"\(store.present.rawValue)\"}")
        } else {
            Output.writeLine("✔ \(all) names in \(store.directory), \(added.count) of them new; without a name: \(store.present.words)")
        }
        return .ok
    }
}

struct CredentialsAddCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Gives a name, also while the network runs.",
        discussion: """
            EXAMPLES
              wattline credentials add point CP-011
              wattline credentials add driver driver-me --json
            """)
    @OptionGroup var who: IdentityArguments
    @Option(help: ArgumentHelp("The broker's URL, for whoever gets them.", valueName: "mqtt://host:port"))
    var mqtt: String?
    @Flag(help: "Prints the credentials as one JSON object.")
    var json = false
    @OptionGroup var options: CredentialsOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let identity = try who.identity()
        let store = try options.store(in: environment)
        guard try !store.add([identity], broker: options.broker(mqtt, in: environment)).isEmpty else {
            throw SettingError("ID", value: identity.id, expected: "a new one: \(identity) has a name (show it, or rotate its password)")
        }
        try say(identity, store, json: json, "may connect")
        return .ok
    }
}

struct CredentialsShowCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows how somebody connects.",
        discussion: """
            EXAMPLES
              wattline credentials show engine CP-001
              wattline credentials show driver driver-alice --json
              export XDG_CONFIG_HOME=$(wattline credentials show driver me --mosquitto)

            BY HAND
              After the last one mosquitto_pub, _sub and _rr are driver me, and the
              password is in no argument list:
              mosquitto_rr -t driver/me/request -e driver/me/status -m '{}' -W 10
            """)
    @OptionGroup var who: IdentityArguments
    @Flag(help: "Prints the credentials as one JSON object.")
    var json = false
    @Flag(help: "Writes them for mosquitto_pub, _sub and _rr, and prints the directory for XDG_CONFIG_HOME.")
    var mosquitto = false
    @OptionGroup var options: CredentialsOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let identity = try who.identity()
        let store = try options.store(in: environment)
        if mosquitto {
            Output.writeLine(try store.writeForMosquitto(identity, broker: options.broker(nil, in: environment)))
        } else {
            try say(identity, store, json: json, "connects so")
        }
        return .ok
    }
}

struct CredentialsRotateCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Gives a name another password: whoever has the old one is thrown out within a second.",
        discussion: """
            A program that reads the file connects again by itself.

            EXAMPLE
              wattline credentials rotate engine CP-001
            """)
    @OptionGroup var who: IdentityArguments
    @Flag(help: "Prints the credentials as one JSON object.")
    var json = false
    @OptionGroup var options: CredentialsOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let identity = try who.identity()
        let store = try options.store(in: environment)
        try store.rotate(identity)
        try say(identity, store, json: json, "has another password")
        return .ok
    }
}

struct CredentialsRevokeCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Takes a name away: whoever has it is thrown out within a second.",
        discussion: """
            EXAMPLE
              wattline credentials revoke driver driver-me
            """)
    @OptionGroup var who: IdentityArguments
    @Flag(help: "Prints one JSON object.")
    var json = false
    @OptionGroup var options: CredentialsOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let identity = try who.identity()
        try options.store(in: environment).revoke(identity)
        Output.writeLine(json ? "{\"username\":\"\(identity.username)\",\"revoked\":true}" : "✔ \(identity) has no name any more")
        return .ok
    }
}

struct CredentialsListCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists who has a name.",
        discussion: """
            EXAMPLES
              wattline credentials list
              wattline credentials list --json | jq -r .username
            """)
    @Flag(help: "Prints one JSON object for each.")
    var json = false
    @OptionGroup var options: CredentialsOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let store = try options.store(in: environment)
        let identities = store.identities()
        if json {
            for identity in identities {
                Output.writeLine("{\"role\":\"\(identity.role.rawValue)\",\"id\":\"\(identity.id)\",\"username\":\"\(identity.username)\"}")
            }
            return .ok
        }
        for identity in identities {
            let role = identity.role.rawValue
            Output.writeLine("\(role)\(String(repeating: " ", count: max(1, 10 - role.count)))\(identity.id)")
        }
        Output.writeLine("\(identities.count) names in \(store.directory); without a name: \(store.present.words)")
        return .ok
    }
}

/// Tells how somebody connects. The password is told to programs alone: it stays in its file.
private func say(_ identity: Identity, _ store: IdentityStore, json: Bool, _ what: String) throws {
    let credentials = try store.credentials(of: identity)
    guard !json else {
        Output.writeLine(String(credentials.json.dropLast()))
        return
    }
    Output.writeLine("✔ \(identity) \(what)")
    Output.writeLine("  broker     \(credentials.broker)")
    Output.writeLine("  user       \(credentials.username)")
    Output.writeLine("  client id  \(credentials.clientID)")
    Output.writeLine("  password   in \(store.file(of: identity)), which --credentials takes")
}

extension AccessFile.Anonymous {
    /// In words.
    var words: String {
        switch self {
        case .none: "nobody"
        case .loopback: "whoever is on the broker's machine may look on"
        case .any: "anybody may look on"
        }
    }
}
