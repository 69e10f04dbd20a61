import ArgumentParser
import LedgerStore
import Platform
import Reports
import Settings
import Terminal

struct SessionsCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "Lists sessions of the ledger, the last accepted first.",
        discussion: """
            EXAMPLES
              wattline sessions
              wattline sessions --only incomplete
              wattline sessions --driver driver-alice --since 1h --last 100
              # one of them in words, by the beginning or the end of its id
              wattline ticket 01JDABC
            """)

    @OptionGroup var filter: SessionFilterOptions
    @Option(help: ArgumentHelp("How many. Default: 20.", valueName: "number"))
    var last: String?
    @Flag(help: "One JSON object on each line, with the fields of wattline export.")
    var json = false
    @Option(help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"))
    var color: String?
    @OptionGroup var places: LedgerOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        var wanted = try filter.filter()
        wanted.most = Int64(
            try last.map { try ValueParser.integer(in: 1...1_000_000, of: "a number of sessions").value(of: $0, from: "--last") } ?? 20)
        let sessions = try places.read(in: environment).sessions(wanted)
        if json {
            Output.write(sessions.map { SessionExport.line($0, .json) }.joined())
        } else {
            var output = OutputOptions()
            output.color = color
            Output.write(SessionsText.text(sessions, colors: try output.colors(in: environment)))
        }
        return .ok
    }
}
