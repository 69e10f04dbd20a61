import ArgumentParser
import ChargingModel
import Glibc
import Ledger
import LedgerStore
import Platform
import Reports
import Services
import Settings
import Terminal

struct AuditCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Checks from the records alone that nothing was lost, promised twice or billed twice (I1–I5).",
        discussion: """
            Reads the ledger and the journals of the engines beside it, also while the network runs. Exit code 0 when everything holds, 1 when \
            something does not, 66 when there is no ledger, 78 when a file of a later version or a damaged journal is among them.

            EXAMPLES
              wattline audit
              wattline audit --json | python3 -m json.tool
              wattline audit --ledger backup.db --engines /var/lib/wattline
            """)

    @OptionGroup var places: LedgerOptions
    @Option(help: ArgumentHelp("The data directory of the engines, when it is another one. With --ledger alone none is read.", valueName: "dir"))
    var engines: String?
    @Flag(help: "One JSON object.")
    var json = false
    @Option(help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"))
    var color: String?

    func execute(in environment: Environment) throws -> ProcessExit {
        let (network, data, place) = try places.find(in: environment)
        let reader = try LedgerReader(at: place, site: data.site)
        // Before the ledger, since what is on its way from them is looked for there; and after it, since nothing in it can be ahead of them.
        var records = try reader.auditRecords(engines: try readEngines(data))
        let after = Dictionary(try readEngines(data).map { ($0.meter, $0.register) }) { first, _ in first }
        for index in records.engines.indices { records.engines[index].registerAfter = after[records.engines[index].meter] }
        records.vehicles = Dictionary((network?.drivers ?? []).map { ($0.id, $0.vehicles) }) { first, _ in first }
        records.defaultVehicles = network.map { _ in 1 }
        let report = Audit.examine(records)
        if json {
            Output.write(AuditText.json(report, of: place.description))
        } else {
            var output = OutputOptions()
            output.color = color
            Output.write(AuditText.text(report, of: place.description, colors: try output.colors(in: environment)))
        }
        return report.holds ? .ok : .failure
    }

    private func readEngines(_ data: DataDirectory) throws -> [EngineBooks] {
        let directory: DataDirectory
        if let engines {
            directory = DataDirectory(root: engines, site: data.site)
        } else if places.ledger == nil {
            directory = data
        } else {
            return []
        }
        return try EngineBooks.read(in: directory)
    }
}
