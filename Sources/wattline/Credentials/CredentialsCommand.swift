import ArgumentParser
import Certificates
import ChargingModel
import ChargingProtocol
import Identities
import JSON
import Platform
import Settings
import Terminal

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
              wattline credentials export --for mosquitto --out broker  # not ours

            ROLES
              central, engine, monitor, point (engine and monitor), driver, station,
              gateway, recorder (reads all), viewer (reads what is public), admin
            """,
        subcommands: [
            CredentialsInitCommand.self, CredentialsAddCommand.self, CredentialsShowCommand.self, CredentialsRotateCommand.self,
            CredentialsRevokeCommand.self, CredentialsListCommand.self, CredentialsExportCommand.self,
        ])
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
    @Option(help: ArgumentHelp("The broker's URL, for the new credentials.", valueName: "url"))
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
        let broker = try options.broker(mqtt, in: environment)
        let added = try store.add(wanted, broker: broker, authority: options.authority(broker, in: environment), anonymous: whence)
        let all = store.identities().count
        if json {
            writeObject { json in
                json.integer("added", added.count)
                json.integer("names", all)
                json.string("anonymous", store.present.rawValue)
            }
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
              wattline credentials add point CP-0100..CP-0199
              wattline credentials add driver driver-me --json
              wattline credentials add station 'DE*ABC*E1'
            """)
    @OptionGroup var who: IdentityOptions
    @Option(help: ArgumentHelp("The broker's URL, for whoever gets them.", valueName: "url"))
    var mqtt: String?

    func execute(in environment: Environment) throws -> ProcessExit {
        let identities = try who.identities()
        let store = try who.options.store(in: environment)
        let broker = try who.options.broker(mqtt, in: environment)
        let added = try store.add(identities, broker: broker, authority: who.options.authority(broker, in: environment))
        guard !added.isEmpty, let first = identities.first else {
            let have = identities.count == 1 ? "\(identities[0]) has a name" : "all of these have names"
            throw SettingError("ID", value: who.id, expected: "a new one: \(have) (show it, or rotate its password)")
        }
        if added.count == 1 || who.json {
            for identity in added { try who.tell(identity, of: store, saying: "may connect") }
        } else {
            Output.writeLine(
                "✔ \(added.count) of role \(first.role.rawValue) may connect: their files are in \(store.directory)/\(first.role.rawValue)")
        }
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
              wattline credentials show engine CP-001 --json --for mosquitto

            BY HAND
              wattline as driver me mosquitto_sub -v -t 'driver/me/#'
            """)
    @OptionGroup var who: IdentityOptions
    @OptionGroup var foreign: ForeignBrokerOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        try who.tell(who.identity(), of: who.options.store(in: environment), for: foreign.broker(), saying: "connects so")
        return .ok
    }
}

struct CredentialsRotateCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Gives a name another password: whoever has the old one is thrown out within a second.",
        discussion: """
            A program that reads the file connects again by itself. Who has a certificate
            gets another one as well, and the one before is worth nothing at once.

            EXAMPLE
              wattline credentials rotate engine CP-001
            """)
    @OptionGroup var who: IdentityOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let identity = try who.identity()
        let store = try who.options.store(in: environment)
        let certificates = try who.options.certificates(in: environment)
        try store.rotate(identity)
        let isCertified = try certificates.replace(identity, at: Log.wallTime())
        try who.tell(identity, of: store, saying: isCertified ? "has another password and certificate" : "has another password")
        if isCertified, !who.json { Output.writeLine("  or by       \(certificates.file(of: identity)), which --certificate takes") }
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
    @OptionGroup var who: IdentityOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let identity = try who.identity()
        try who.options.store(in: environment).revoke(identity)
        try who.options.certificates(in: environment).remove(identity)
        guard who.json else {
            Output.writeLine("✔ \(identity) has no name any more")
            return .ok
        }
        writeObject { json in
            json.string("username", identity.username)
            json.bool("revoked", true)
        }
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
                writeObject { json in
                    json.string("role", identity.role.rawValue)
                    json.string("id", identity.id)
                    json.string("username", identity.username)
                }
            }
            return .ok
        }
        for identity in identities { Output.writeLine(identity.role.rawValue.padded(to: 10) + identity.id) }
        Output.writeLine("\(identities.count) names in \(store.directory); without a name: \(store.present.words)")
        return .ok
    }
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
