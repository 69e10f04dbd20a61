import ArgumentParser
import ChargingProtocol
import EventLoop
import Glibc
import Platform
import Services
import Settings
import Terminal
import Viewers

struct TopCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Shows the network on one screen: points, drivers, power, sessions, what happens.",
        discussion: """
            It needs nothing but the broker, and shows the words of engines and monitors while Central is away. Into a pipe, or on a terminal that \
            can do no more (TERM=dumb), it prints a table once.

            Keys: arrows or j k choose · Enter opens a point, Esc goes back · s S sort · f or / filter · Space holds the picture · Tab sessions · ? \
            help · q

            EXAMPLES
              wattline top
              wattline top --sort power --filter "fast dc"
              # a table, for people and scripts; exit code 1 if there is no broker
              wattline top --once
              wattline top --once --json | \\
                  jq '.points[] | select(.state == "FAULTY") | .cp'
              wattline top --json  # a line of JSON for each change
              docker compose exec ev-central wattline top
            """)

    @Flag(help: "Waits until what is known has been heard, prints it as a table and ends.")
    var once = false
    @Flag(help: "With --once one JSON object; without, one on a line for each change.")
    var json = false
    @Option(help: ArgumentHelp("By what: point, state, power, driver, energy, cost, price or time. Default: point.", valueName: "column"))
    var sort: String?
    @Option(help: ArgumentHelp("Only points in whose row these words occur.", valueName: "words"))
    var filter: String?
    @Flag(help: "Without Unicode's signs; the default where the locale is not UTF-8.")
    var ascii = false
    @OptionGroup var viewer: ViewerOptions
    @OptionGroup var common: CommonOptions

    static let readerMayGo = true

    func execute(in environment: Environment) throws -> ProcessExit {
        let startup = try ViewerStartup(common, viewer, role: "top", in: environment)
        let screen = Screen(
            broker: "\(startup.context.broker)" + (startup.context.wire.site.map { " site \($0)" } ?? ""),
            glyphs: Glyphs(isASCII: ascii || !isUTF8(environment)),
            sort: try sort.map { try ValueParser<SortKey>.choice().value(of: $0, from: "--sort") } ?? .point, filter: filter ?? "")
        let output = output(in: environment)
        let settings = TopService.Settings(
            screen: screen, output: output, colors: try viewer.colors(common, in: environment), timeout: startup.timeout)
        if output == .screen { EventLoop.blockSignals(TopService.signals) }
        return startup.run { host in [TopService(host: host, context: startup.context, settings: settings)] }
    }

    private func output(in environment: Environment) -> TopService.Output {
        if once { return json ? .document : .table }
        if json { return .changes }
        let isTerminal = isatty(STDOUT_FILENO) == 1 && isatty(STDIN_FILENO) == 1
        return isTerminal && environment["TERM"] != "dumb" && environment["TERM"] != nil ? .screen : .table
    }

    /// True for a locale with UTF-8. No locale counts as one: containers rarely set any.
    private func isUTF8(_ environment: Environment) -> Bool {
        guard let locale = environment["LC_ALL"] ?? environment["LC_CTYPE"] ?? environment["LANG"] else { return true }
        let name = locale.uppercased()
        return name.contains("UTF-8") || name.contains("UTF8")
    }
}
