import ArgumentParser
import ChargingModel
import LedgerStore
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
        let reader = try LedgerReader(path: try places.find(in: environment).file)
        let format: SessionExport.Format = json ? .json : .csv
        var waiting = Array(SessionExport.header(format).utf8)
        try reader.eachSession(wanted) { session in
            waiting += SessionExport.line(session, format).utf8
            guard waiting.count > 60_000 else { return }
            DescriptorSink.standardOutput.write(waiting)
            waiting.removeAll(keepingCapacity: true)
        }
        if !waiting.isEmpty { DescriptorSink.standardOutput.write(waiting) }
        guard DescriptorSink.standardOutput.takeDropped() == 0 else {
            complain("✖ the output could not be written")
            return .failure
        }
        return .ok
    }
}
