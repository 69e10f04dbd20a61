import ArgumentParser
import ChargingModel
import LedgerStore
import Reports
import Settings

struct LedgerPruneCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Removes old complete sessions and keeps each meter's sum, so that the audit still holds.",
        discussion: """
            Open and incomplete sessions stay, however old. Decisions are kept for 30 days, since a driver may repeat its request. The file keeps its
            size and fills the space again; a backup is compact. Export what you must keep first.

            EXAMPLES
              wattline export --csv --before 400d > old.csv && wattline ledger prune --older-than 400d
            """)

    @Option(help: ArgumentHelp("What closed longer ago than this is removed; at least 30d, counted from the newest decision.", valueName: "time"))
    var olderThan: String
    @OptionGroup var places: LedgerOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let parser = ValueParser<Duration>.duration(from: .milliseconds(SQLiteLedger.leastAge), to: .seconds(36_600 * 86_400))
        let age = try parser.value(of: olderThan, from: "--older-than")
        let ledger = try SQLiteLedger(path: try places.find(in: environment).file)
        guard let limit = try ledger.pruningLimit(olderThan: age.nanoseconds / 1_000_000) else {
            print("Nothing to prune: the ledger is empty")
            return .ok
        }
        print(PruneText.text(try ledger.prune(before: limit), before: limit), terminator: "")
        return .ok
    }
}
