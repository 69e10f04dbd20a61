import ArgumentParser
import ChargingModel
import EventLoop
import Identities
import LedgerStore
import Platform
import Reports
import Settings

struct TokensCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens", abstract: "Gives cards to accounts, and blocks them.",
        discussion: """
            A token is the name of a card by which somebody is known at a station; its
            account pays. It is in the ledger, and holds at once: what is begun with it
            while it is blocked or expired is on nobody's bill, but owed by nobody
            known. One that is blocked may be given to another account.

            EXAMPLES
              wattline tokens add CARD-1 --driver driver-alice
              wattline tokens add CARD-2 --driver driver-alice --expires 2027-12-31
              wattline tokens block CARD-1
              wattline tokens unblock CARD-1
              wattline tokens list
            """,
        subcommands: [TokensAddCommand.self, TokensBlockCommand.self, TokensUnblockCommand.self, TokensListCommand.self])
}

struct TokensAddCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Gives an account a token, or a token another end.",
        discussion: """
            EXAMPLES
              wattline tokens add CARD-1 --driver driver-alice
              wattline tokens add CARD-1 --driver me --expires 2027-12-31T12:00:00Z
              wattline tokens add CARD-1 --driver driver-alice    # never expires again
            """)
    @Argument(help: ArgumentHelp("Its name, and never what is stored on the card: whoever reads the bus sees it.", valueName: "token"))
    var token: String
    @Option(help: ArgumentHelp("The account.", valueName: "id"))
    var driver: String
    @Option(help: ArgumentHelp("When it counts no more: a day (UTC, from its end on), or a time. Default: never.", valueName: "time"))
    var expires: String?
    @OptionGroup var options: TokenChangeOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let id = try options.id(of: token)
        let driver = try ValueParser<DriverID>.id().value(of: driver, from: "--driver")
        let expires = try expires.map { try ValueParser.expiry.value(of: $0, from: "--expires") }
        let query = "?driver=\(driver)" + (expires.map { "&expires=\($0.text)" } ?? "")
        return try options.change(.add(id, driver, expires: expires), path: "/tokens/\(id)\(query)", in: environment)
    }
}

struct TokensBlockCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "block", abstract: "Lets nobody pay for what is begun with a token from now on.",
        discussion: """
            EXAMPLES
              wattline tokens block CARD-1
            """)
    @Argument(help: ArgumentHelp("The token.", valueName: "token"))
    var token: String
    @OptionGroup var options: TokenChangeOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let id = try options.id(of: token)
        return try options.change(.block(id, of: nil), path: "/tokens/\(id)/block", in: environment)
    }
}

struct TokensUnblockCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "unblock", abstract: "Lets a token count again, from now on.",
        discussion: """
            EXAMPLES
              wattline tokens unblock CARD-1
            """)
    @Argument(help: ArgumentHelp("The token.", valueName: "token"))
    var token: String
    @OptionGroup var options: TokenChangeOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let id = try options.id(of: token)
        return try options.change(.unblock(id), path: "/tokens/\(id)/unblock", in: environment)
    }
}

struct TokensListCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the tokens of the ledger and of network.json.",
        discussion: """
            EXAMPLES
              wattline tokens list
              wattline tokens list --json
            """)
    @Flag(help: "One JSON object on each line.")
    var json = false
    @Option(help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"))
    var color: String?
    @OptionGroup var places: LedgerOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let found = try places.find(in: environment)
        var tokens = try LedgerReader(at: found.place, site: found.data.site).tokens()
        let known = Set(tokens.map(\.id))
        for driver in found.network?.drivers ?? [] {
            tokens += driver.tokens.filter { !known.contains($0) }.map { AccountToken($0, of: driver.id) }
        }
        tokens.sort { $0.id < $1.id }
        let now = EventLoop.present().wall
        if json {
            Output.write(tokens.map { TokensText.json($0, at: now) }.joined())
        } else {
            var output = OutputOptions()
            output.color = color
            Output.write(TokensText.text(tokens, at: now, colors: try output.colors(in: environment)))
        }
        return .ok
    }
}

/// The common part of the commands that change a token.
struct TokenChangeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where a running Central serves its HTTP API. Default: as it says in its directory.", valueName: "host:port"))
    var central: String?
    @Flag(help: "Prints the token as one JSON object.")
    var json = false
    @OptionGroup var places: PlaceOptions

    func id(of token: String) throws -> TokenID { try ValueParser<TokenID>.id().value(of: token, from: "TOKEN") }

    /// Changes a token. The owner by `network.json` of one that is to be blocked is found here, or by a running Central.
    func change(_ wanted: TokenChange, path: String, in environment: Environment) throws -> ProcessExit {
        let network = try places.readNetwork(in: environment)?.network
        var change = wanted
        if case .block(let id, nil) = wanted { change = .block(id, of: network?.drivers.first { $0.tokens.contains(id) }?.id) }
        let data = try places.dataDirectory(network, in: environment)
        let door = try OperatorDoor(data: data, central: central, environment: environment)
        let isDone = try door.ask(
            path, orWrite: { [change] in .token(change, by: OperatorDoor.operatorName, at: $0) },
            ifMay: { [change] in try mayBe(change, network, data, in: environment) },
            answered: { result in
                switch result {
                case .token(.done): return true
                case .token(.refused(let why)): complain("✖ \(why)")
                default: complain("✖ there is no token \(change.token); see: wattline tokens list")
                }
                return false
            })
        guard isDone else { return .failure }
        let now = EventLoop.present().wall
        guard let token = try LedgerReader(at: door.place, site: data.site).tokens().first(where: { $0.id == change.token }) else {
            complain("✖ the ledger does not show the token \(change.token)")
            return .failure
        }
        Output.write(json ? TokensText.json(token, at: now) : "✔ Token \(token.id) of \(token.driver) \(TokensText.words(token, at: now))\n")
        return .ok
    }
}

extension TokenChangeOptions {
    /// Checks what a running Central would.
    fileprivate func mayBe(_ change: TokenChange, _ network: Network?, _ data: DataDirectory, in environment: Environment) throws {
        guard case .add(let token, let driver, let expires) = change else { return }
        if let owner = network?.drivers.first(where: { $0.tokens.contains(token) }), owner.id != driver {
            throw SettingError("--driver", value: driver.text, expected: "\(owner.id), whose token \(token) is by network.json")
        }
        var known = KnownParties(
            try CentralCommand.access(nil, network, in: environment), network: network,
            names: IdentityStore(directory: data.credentials, site: data.site))
        if let list = try known.news(), !list.drivers.admits(driver) {
            throw SettingError(
                "--driver", value: driver.text, expected: "a driver who is known; one that is new: wattline credentials add driver \(driver)")
        }
        if let expires, expires <= EventLoop.present().wall {
            throw SettingError("--expires", value: expires.text, expected: "a time to come; wattline tokens block \(token) ends it now")
        }
    }
}

extension ValueParser where Value == WallTime {
    /// A parser of the end of a token: a day counts to its end.
    fileprivate static var expiry: ValueParser {
        ValueParser(expected: "a day like 2027-12-31, or a time like 2027-12-31T12:00:00Z") { text in
            WallTime(text: text) ?? WallTime(text: text + "T00:00:00Z").map { $0.advanced(byMilliseconds: 86_400_000) }
        }
    }
}
