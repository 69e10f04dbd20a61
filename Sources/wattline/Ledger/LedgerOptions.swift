import ArgumentParser
import ChargingModel
import EventLoop
import Glibc
import LedgerStore
import Platform
import Services
import Settings

/// The choice of the ledger.
struct LedgerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The ledger. Default: Central's in the data directory.", valueName: "file"))
    var ledger: String?
    @OptionGroup var places: PlaceOptions

    /// Finds the data directory, and the ledger's file in it or the one that was named.
    func find(in environment: Environment) throws -> (network: Network?, data: DataDirectory, file: String) {
        let network = try places.readNetwork(in: environment)?.network
        let data = try places.dataDirectory(network, in: environment)
        let file = ledger ?? data.ledger
        guard access(file, F_OK) == 0 else {
            let why = errno
            let advice = "Another data directory: --data DIR; another file: --ledger FILE"
            guard why == ENOENT || why == ENOTDIR else {
                throw NoLedger(description: "no way to the ledger \(file): \(errorText(why)). \(advice)")
            }
            throw NoLedger(description: "no ledger \(file): Central makes it when it starts. \(advice)")
        }
        return (network, data, file)
    }
}

struct NoLedger: ProcessFailure, CustomStringConvertible {
    let description: String
    var processExit: ProcessExit { .noInput }
}

/// The choice of a ledger's sessions.
struct SessionFilterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only at this charge point.", valueName: "id"))
    var cp: String?
    @Option(help: ArgumentHelp("Only of this driver.", valueName: "id"))
    var driver: String?
    @Option(help: ArgumentHelp("Only these: open, incomplete (closed without the engine's record) or complete.", valueName: "kind"))
    var only: String?
    @Option(help: ArgumentHelp("Only those accepted since then: 2026-11-26T10:00:00Z, or so long ago: 1h, 30d.", valueName: "time"))
    var since: String?
    @Option(help: ArgumentHelp("Only those accepted before then.", valueName: "time"))
    var before: String?

    func filter() throws -> SessionFilter {
        var filter = SessionFilter()
        filter.cp = try cp.map { try ValueParser<ChargePointID>.id().value(of: $0, from: "--cp") }
        filter.driver = try driver.map { try ValueParser<DriverID>.id().value(of: $0, from: "--driver") }
        filter.kind = try only.map { try ValueParser<SessionFilter.Kind>.choice().value(of: $0, from: "--only") }
        filter.since = try since.map { try ValueParser.moment.value(of: $0, from: "--since") }
        filter.before = try before.map { try ValueParser.moment.value(of: $0, from: "--before") }
        return filter
    }
}

extension ValueParser where Value == WallTime {
    /// A parser of a moment, or of the time since it.
    fileprivate static var moment: ValueParser {
        ValueParser(expected: "a time like 2026-11-26T10:00:00Z, or how long ago: 90s, 1h, 30d") { text in
            if let time = WallTime(text: text) { return time }
            guard let ago = ValueParser<Duration>.duration(to: .seconds(36_600 * 86_400))(text) else { return nil }
            return EventLoop.present().wall.advanced(byMilliseconds: -ago.milliseconds)
        }
    }
}
