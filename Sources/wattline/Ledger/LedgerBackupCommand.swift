import ArgumentParser
import LedgerStore
import Platform
import Reports
import Settings
import Terminal

struct LedgerBackupCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Writes a whole, compact copy as of now, and checks it. Central goes on meanwhile.",
        discussion: """
            To bring it back: stop Central, move ledger.db, ledger.db-wal and ledger.db-shm away, copy the backup to ledger.db, start Central. \
            Engines send again what was never acknowledged; what was acknowledged after the copy is gone, and the audit says so.
            """)

    @Argument(help: ArgumentHelp("The copy; it must not be there yet.", valueName: "file"))
    var file: String
    @OptionGroup var places: LedgerOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let reader = try places.read(in: environment)
        let copy = try LedgerBackup.make(of: reader, at: file)
        Output.write("✔ " + SizeText.text(copy, of: file))
        return .ok
    }
}
