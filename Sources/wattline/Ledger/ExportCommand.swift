import ArgumentParser
import ChargingModel
import LedgerStore
import Platform
import Reports
import Settings
import Terminal

struct ExportCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Hands sessions to a spreadsheet or a program, oldest first, with exact decimals.",
        discussion: """
            cost_eur is exact, amount_eur is what the ticket says, rounded half-even to cents. Columns keep their names and their order.

            EXAMPLES
              wattline export --csv > sessions.csv
              wattline export --json --since 30d --only complete | jq .cost_eur
            """)

    @Flag(help: "Comma-separated values with a header (RFC 4180). The default.")
    var csv = false
    @Flag(help: "One JSON object on each line.")
    var json = false
    @OptionGroup var filter: SessionFilterOptions
    @OptionGroup var places: LedgerOptions

    func validate() throws {
        if csv, json { throw ValidationError("--csv or --json, not both") }
    }

    func execute(in environment: Environment) throws -> ProcessExit {
        let wanted = try filter.filter()
        let reader = try places.read(in: environment)
        let format: SessionExport.Format = json ? .json : .csv
        var waiting = SessionExport.header(format)
        try reader.eachSession(wanted) { session in
            waiting += SessionExport.line(session, format)
            guard waiting.utf8.count > 60_000 else { return }
            Output.write(waiting)
            waiting = ""
        }
        Output.write(waiting)
        return .ok
    }
}
