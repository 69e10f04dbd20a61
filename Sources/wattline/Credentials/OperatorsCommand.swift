import ArgumentParser
import ChargingModel
import EventLoop
import Identities
import JSON
import Platform
import Settings
import Terminal

struct OperatorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operators", abstract: "Gives people names for the page and the HTTP API, and takes them away.",
        discussion: """
            Each has a secret, to sign in with on the page, and for scripts: Authorization:
            Bearer SECRET. It is told once; Central keeps a hash of it. All holds from the
            next request on, without a restart of Central, whose log says who did what.

            EXAMPLES
              wattline operators add anna --role operator
              wattline operators add wall-screen --role viewer --json | jq -r .secret
              wattline operators rotate anna              # another secret
              wattline operators remove anna
              wattline operators list
              # where Central runs in a container
              docker compose exec ev-central wattline operators add anna --role operator

            ROLES
              viewer    sees what needs a sign-in, and changes nothing
              operator  steers: points, sessions, records that were put aside
              admin     sees who has a name, too
            The token of WATTLINE_ADMIN_TOKEN, or of the file admin-token, still holds: its
            role is admin, and its name shared.
            """,
        subcommands: [OperatorsAddCommand.self, OperatorsRotateCommand.self, OperatorsRemoveCommand.self, OperatorsListCommand.self])
}

/// The flags of all commands for operators.
struct OperatorsOptions: ParsableArguments {
    @OptionGroup var places: PlaceOptions

    func store(in environment: Environment) throws -> OperatorStore {
        OperatorStore(directory: try places.dataDirectory(places.readNetwork(in: environment)?.network, in: environment).central)
    }
}

/// An operator's name, and the flags of all commands for one.
struct OperatorOptions: ParsableArguments {
    @Argument(help: "The name: 1–36 letters, digits, '_' or '-', the first a letter or digit.")
    var name: String
    @Flag(help: "Prints one JSON object.")
    var json = false
    @OptionGroup var options: OperatorsOptions

    func parsed() throws -> Operator.Name {
        guard let found = Operator.Name(name) else {
            throw SettingError(
                "NAME", value: name, expected: "a name: 1–36 letters, digits, '_' or '-', the first a letter or digit", processExit: .usage)
        }
        return found
    }

    /// Tells a secret, this once.
    func tell(_ secret: String, of name: Operator.Name, _ role: OperatorRole, saying what: String) {
        guard !json else {
            writeObject { json in
                json.string("name", name.text)
                json.string("role", role.rawValue)
                json.string("secret", secret)
            }
            return
        }
        Output.writeLine("✔ \(name) \(what), from the next request on")
        Output.writeLine("  role    \(role.rawValue)")
        Output.writeLine("  secret  \(secret)")
        Output.writeLine("  It is told this once, and kept nowhere: Central has a hash of it")
    }
}

struct OperatorsAddCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Gives a name, and prints its secret this once.",
        discussion: """
            EXAMPLES
              wattline operators add anna --role operator
              wattline operators add wall-screen --role viewer --json
            """)
    @OptionGroup var who: OperatorOptions
    @Option(help: ArgumentHelp("What they may: viewer, operator or admin.", valueName: "role"))
    var role: String

    func execute(in environment: Environment) throws -> ProcessExit {
        let name = try who.parsed()
        let role = try ValueParser<OperatorRole>.choice().value(of: role, from: "--role")
        let secret = try who.options.store(in: environment).add(name, role, at: EventLoop.present().wall)
        who.tell(secret, of: name, role, saying: "may sign in")
        return .ok
    }
}

struct OperatorsRotateCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Gives an operator another secret; the one of before is refused from the next request on.",
        discussion: """
            EXAMPLE
              wattline operators rotate anna
            """)
    @OptionGroup var who: OperatorOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let (found, secret) = try who.options.store(in: environment).rotate(try who.parsed(), at: EventLoop.present().wall)
        who.tell(secret, of: found.name, found.role, saying: "has another secret")
        return .ok
    }
}

struct OperatorsRemoveCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Takes a name away: its secret is refused from the next request on.",
        discussion: """
            EXAMPLE
              wattline operators remove anna
            """)
    @OptionGroup var who: OperatorOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let gone = try who.options.store(in: environment).remove(try who.parsed())
        guard who.json else {
            Output.writeLine("✔ \(gone.name) may not sign in any more, from the next request on")
            return .ok
        }
        writeObject { json in
            json.string("name", gone.name.text)
            json.string("role", gone.role.rawValue)
            json.bool("removed", true)
        }
        return .ok
    }
}

struct OperatorsListCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists who may sign in.",
        discussion: """
            EXAMPLES
              wattline operators list
              wattline operators list --json | jq -r .name
            """)
    @Flag(help: "Prints one JSON object for each.")
    var json = false
    @OptionGroup var options: OperatorsOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let store = try options.store(in: environment)
        let operators = try store.read().operators.sorted { $0.name < $1.name }
        for one in operators {
            if json {
                writeObject { json in
                    json.string("name", one.name.text)
                    json.string("role", one.role.rawValue)
                    json.string("since", one.since.text)
                }
            } else {
                Output.writeLine(one.role.rawValue.padded(to: 10) + one.name.text.padded(to: 38) + "since " + one.since.text)
            }
        }
        if !json {
            let many = operators.count == 1 ? "1 operator" : "\(operators.count) operators"
            Output.writeLine("\(many) in \(store.file); besides, whoever has the shared token")
        }
        return .ok
    }
}
