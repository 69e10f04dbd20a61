import ArgumentParser
import Platform
import Services
import Settings
import Terminal

struct RerunCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "rerun", abstract: "Plays what a process recorded, and holds every action against the one it took then.",
        discussion: """
            central, engine, monitor and driver record with --record FILE all that their parties are told: messages, receipts, results of disk and \
            ledger, the operator, the clock, the seed. Played into the same code it brings the same actions, byte for byte, and Central's same ledger. \
            Exit code 0 if so; 1 at the first action that is another one, or when the file can't be played.

            Central's ledger begins as FILE.ledger, a copy that the recording made of it.

            EXAMPLES
              wattline central --record central.jsonl
              wattline rerun central.jsonl
              # the ledger that comes of it, and what is in it
              wattline rerun central.jsonl --ledger again.db
              wattline audit --ledger again.db
              wattline rerun central.jsonl --json | jq .parties
            """)

    @Argument(help: ArgumentHelp("The recording.", valueName: "file"))
    var file: String
    @Option(help: ArgumentHelp("Keeps the ledger that comes of it; the file must not be there yet.", valueName: "file"))
    var ledger: String?
    @Flag(help: "One JSON object.")
    var json = false

    func execute(in environment: Environment) throws -> ProcessExit {
        let report = try Rerun.run(file, keepingLedgerAt: ledger)
        Output.write(json ? RerunText.json(report, of: file) : RerunText.text(report, of: file, ledger: ledger))
        return report.difference == nil ? .ok : .failure
    }
}
