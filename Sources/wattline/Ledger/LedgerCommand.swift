import ArgumentParser
import Settings

struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Looks after the ledger's file, also while Central runs.",
        discussion: """
            EXAMPLES
              wattline ledger check
              wattline ledger backup ledger-2026-11-26.db
              wattline ledger prune --older-than 400d
            """,
        subcommands: [LedgerCheckCommand.self, LedgerBackupCommand.self, LedgerPruneCommand.self])
}
