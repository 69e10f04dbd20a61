import ArgumentParser
import ChargingModel
import EventLoop
import Identities
import OCPP
import Platform
import Services
import Settings
import Station
import Terminal
import WebSocket

struct StationCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "station", abstract: "A charging station that speaks OCPP 1.6-J or 2.0.1, to test any backend with.",
        discussion: """
            It boots, charges at the backend's wish and with cards, meters, and tells what it
            metered until that is confirmed. Vehicles come by themselves where they are
            awaited, and drive away. --quirk gives it an oddity of stations in the field.

            The password is the first line of --password-file; without one, that of the
            station's name in the data directory, for a gateway on this machine.

            EXAMPLES
              wattline credentials add station ST-1
              wattline station --url ws://127.0.0.1:9000/ocpp --id ST-1
              wattline station --url ws://127.0.0.1:9000/ocpp --id ST-1 --ocpp 2.0.1 \\
                  --connectors 2 --token CARD-7 --every 30s --offline 10s..40s
              wattline station --list-quirks
              wattline station --url ws://127.0.0.1:9000/ocpp --id ST-1 --frames \\
                  --quirk no-zone --quirk counts-per-session
            """)

    @OptionGroup var options: StationOptions
    @Option(help: ArgumentHelp("The station's id, the last segment of its address.", valueName: "id"))
    var id: String?
    @Option(help: ArgumentHelp("The registers at the beginning, in Wh. Default: 0.", valueName: "number"))
    var register: String?
    @Flag(help: "Shows each frame.")
    var frames = false
    @Flag(help: "Lists the quirks that it can have.")
    var listQuirks = false
    @OptionGroup var output: OutputOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        if listQuirks {
            var table = Table([Table.Column("quirk"), Table.Column("what it does")])
            for quirk in StationQuirk.allCases { table.add([quirk.rawValue, quirk.summary]) }
            Output.write(table.text())
            return .ok
        }
        guard let id, !id.isEmpty else { throw SettingError("--id", value: id, expected: "the station's id, like ST-1", processExit: .usage) }
        let choices = options.choices
        let log = try output.log(role: "station", id: id, in: environment)
        var specification = try choices.specification(id)
        if let register {
            let parser = ValueParser<Int>.integer(in: 0...1_000_000_000, of: "a register in Wh")
            specification.register = Energy(wattHours: Int64(try parser.value(of: register, from: "--register")))
        }
        var settings = try choices.settings([specification], try choices.habits(in: environment), in: environment)
        settings.password = try choices.password(of: id, settings.url, in: environment)
        settings.showsFrames = frames
        let chosen = settings
        EventLoop.blockSignals()
        return Host.run(log: log) { host in [StationService(host: host, log: log, settings: chosen)] }
    }
}

/// The flags of a station that say how it speaks, and with whom.
struct StationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The backend: ws://HOST:PORT/PATH, or wss://…; the id is put behind it.", valueName: "url"))
    var url: String?
    @Option(help: ArgumentHelp("The version: 1.6 or 2.0.1. Default: 1.6.", valueName: "version"))
    var ocpp: String?
    @Option(help: ArgumentHelp("How many connectors it has, 1–100. Default: 1.", valueName: "number"))
    var connectors: String?
    @Option(help: ArgumentHelp("What each gives at most. Default: 22.", valueName: "kW"))
    var power: String?
    @Option(help: ArgumentHelp("From one meter value to the next. Default: 1s.", valueName: "time"))
    var sample: String?
    @Option(help: ArgumentHelp("Shows this card, again and again: to begin, and to end what was begun.", valueName: "card"))
    var token: [String] = []
    @Option(help: ArgumentHelp("From one card to the next. Default: 30s.", valueName: "time"))
    var every: String?
    @Option(help: ArgumentHelp("The network is gone for so long, about every minute: like 10s..40s.", valueName: "range"))
    var offline: String?
    @Option(help: ArgumentHelp("An oddity, see --list-quirks; may be given several times.", valueName: "name"))
    var quirk: [String] = []
    @Option(parsing: .unconditional, help: ArgumentHelp("What is random is drawn from this. Default: a new one.", valueName: "number"))
    var seed: String?
    @Option(help: ArgumentHelp("A file with the password.", valueName: "file"))
    var passwordFile: String?
    @Option(help: ArgumentHelp("Whom to believe that they are the backend, with wss. Default: the system's authorities.", valueName: "file"))
    var ca: String?
    @Option(help: ArgumentHelp("The station's own certificate; with --key (security profile 3).", valueName: "file"))
    var certificate: String?
    @Option(help: ArgumentHelp("The key of that certificate.", valueName: "file"))
    var key: String?
    @Option(help: ArgumentHelp("After how long it stops by itself, like 90s or 10m. Default: never.", valueName: "time"))
    var duration: String?

    var choices: StationChoices {
        StationChoices(
            url: url, ocpp: ocpp, connectors: connectors, power: power, sample: sample, offline: offline, tokens: token, every: every,
            quirks: quirk, seed: seed, passwordFile: passwordFile, ca: ca, certificate: certificate, key: key, duration: duration)
    }
}
