import ArgumentParser
import Settings

struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Looks after the ledger, also while Central runs.",
        discussion: """
            EXAMPLES
              wattline ledger check
              wattline ledger backup ledger-2026-11-26.db
              wattline ledger copy --to postgres://db/wattline
              wattline ledger prune --older-than 400d
              wattline ledger records --undecided     # what was put aside: decide
            """,
        subcommands: [
            LedgerCheckCommand.self, LedgerBackupCommand.self, LedgerCopyCommand.self, LedgerPruneCommand.self, LedgerRecordsCommand.self,
            LedgerAcceptCommand.self, LedgerRefuseCommand.self,
        ])
}
