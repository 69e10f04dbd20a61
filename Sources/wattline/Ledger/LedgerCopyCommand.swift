import ArgumentParser
import Glibc
import LedgerStore
import Platform
import Services
import Settings
import Terminal

struct LedgerCopyCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy", abstract: "Moves a ledger into another store, a file or a server, and reads it again there.",
        discussion: """
            All rows or none. Central must not run. On a server each site has its own rows; the one that is copied must have none there yet. \
            The data directory remembers where its ledger went: Central and all commands go on there. The copied file stays as it is.

            EXAMPLES
              wattline ledger copy --to postgres://db/wattline
              wattline ledger copy --from postgres://db/wattline --to ledger.db
              wattline audit --ledger postgres://db/wattline
            """)

    @Option(help: ArgumentHelp("The ledger that is copied. Default: Central's in the data directory.", valueName: "where"))
    var from: String?
    @Option(help: ArgumentHelp("Where to: a file that is not there yet, or postgres://HOST/DATABASE, without a password.", valueName: "where"))
    var to: String
    @OptionGroup var places: PlaceOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let network = try places.readNetwork(in: environment)?.network
        let data = try places.dataDirectory(network, in: environment)
        let source = try place(from, of: "--from", in: environment) ?? .kept(in: data)
        guard let target = try place(to, of: "--to", in: environment) else { return .usage }
        try source.checkIsThere("Another data directory: --data DIR; another ledger: --from FILE")
        guard target != source else {
            throw SettingError("--to", value: target.description, expected: "another place than the ledger that is copied, which is there")
        }
        if case .file(let path) = target, access(path, F_OK) == 0 {
            throw SettingError("--to", value: path, expected: "a file that is not there yet, or postgres://HOST/DATABASE")
        }
        // Nobody writes the ledger while it is copied.
        let lock = source.path.map { isSame($0, data.ledger) } == true ? try data.lock(data.central) : nil
        return try withExtendedLifetime(lock) {
            // What is no ledger of this version is refused, not made into one.
            _ = try LedgerReader(at: source, site: data.site)
            let counts = try copy(from: StoredLedger(at: source, site: data.site, as: .moving), to: target, site: data.site)
            // Central goes on there.
            if lock != nil || target.path.map({ isSame($0, data.ledger) }) == true { try target.keep(in: data) }
            Output.write("✔ \(source) is copied to \(target): \(counts.map { "\($0.rows) \($0.table)" }.joined(separator: ", "))\n")
            return .ok
        }
    }

    /// True for one file by whatever name.
    private func isSame(_ path: String, _ other: String) -> Bool {
        var (a, b) = (stat(), stat())
        return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
    }

    private func place(_ text: String?, of flag: String, in environment: Environment) throws -> LedgerPlace? {
        try text.flatMap { try LedgerPlace.resolve(flag: $0, named: flag, in: environment) }
    }

    private func copy(from source: StoredLedger, to target: LedgerPlace, site: String?) throws -> LedgerCopy.Counts {
        let showsProgress = isatty(STDERR_FILENO) == 1
        do {
            let counts = try LedgerCopy.copy(from: source, to: StoredLedger(at: target, site: site, as: .moving)) { table, rows in
                if showsProgress { DescriptorSink.standardError.write(Array("\r\u{1B}[K\(rows) \(table) …".utf8)) }
            }
            if showsProgress { DescriptorSink.standardError.write(Array("\r\u{1B}[K".utf8)) }
            return counts
        } catch {
            // A file that is not whole is none.
            if let path = target.path { for file in [path, path + "-wal", path + "-shm"] { unlink(file) } }
            throw error
        }
    }
}
