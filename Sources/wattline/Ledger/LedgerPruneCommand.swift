import ArgumentParser
import ChargingModel
import EventLoop
import Glibc
import LedgerStore
import Platform
import Reports
import Services
import Settings
import Terminal

struct LedgerPruneCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Removes old complete sessions and keeps each meter's sum, so that the audit still holds.",
        discussion: """
            Open and incomplete sessions stay, however old. Decisions are kept for 30 days, since a driver may repeat its request. The file keeps \
            its size and fills the space again; a backup is compact. Export what you must keep first.

            EXAMPLES
              wattline export --csv --before 400d > old.csv && \\
                  wattline ledger prune --older-than 400d
            """)

    @Option(help: ArgumentHelp("What closed longer ago than this is removed; at least 30d, counted from the newest decision.", valueName: "time"))
    var olderThan: String
    @OptionGroup var places: LedgerOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let parser = ValueParser<Duration>.duration(from: .milliseconds(StoredLedger.leastAge), to: .seconds(36_600 * 86_400))
        let age = try parser.value(of: olderThan, from: "--older-than")
        let (_, data, place) = try places.find(in: environment)
        // What is no ledger of this version is refused, not made into one.
        _ = try LedgerReader(at: place, site: data.site)
        let ledger = try StoredLedger(at: place, site: data.site, as: .beside)
        let now = EventLoop.present().wall
        let limit = try ledger.pruningLimit(olderThan: age.nanoseconds / 1_000_000, at: now)
        let showsProgress = isatty(STDERR_FILENO) == 1
        let pruned = try ledger.prune(before: limit, at: now) { soFar in
            if showsProgress { DescriptorSink.standardError.write(Array("\r\(soFar.rows) rows removed …".utf8)) }
            usleep(LedgerPruneCommand.pause)
        }
        if showsProgress { DescriptorSink.standardError.write(Array("\r\u{1B}[K".utf8)) }
        Output.write(PruneText.text(pruned, before: limit))
        return .ok
    }

    /// The pause between portions in microseconds, more than SQLite waits between two attempts at a lock (100 ms): Central, waiting for it, gets it
    /// in between.
    private static let pause: UInt32 = 120_000
}
