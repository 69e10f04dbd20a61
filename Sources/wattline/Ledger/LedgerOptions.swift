import ArgumentParser
import ChargingModel
import EventLoop
import Glibc
import LedgerStore
import Platform
import PostgreSQL
import Services
import Settings

/// The choice of the ledger.
struct LedgerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The ledger: a file, or postgres://HOST/DATABASE, without a password. Default: Central's in the data directory.", valueName: "where"))
    var ledger: String?
    @OptionGroup var places: PlaceOptions

    /// Finds the data directory, and the ledger: the one in it, or the one that was named.
    func find(in environment: Environment) throws -> (network: Network?, data: DataDirectory, place: LedgerPlace) {
        let network = try places.readNetwork(in: environment)?.network
        let data = try places.dataDirectory(network, in: environment)
        let place = try LedgerPlace.resolve(flag: ledger, in: environment) ?? .kept(in: data)
        try place.checkIsThere("Another data directory: --data DIR; another ledger: --ledger FILE, or postgres://HOST/DATABASE")
        return (network, data, place)
    }

    /// Opens it to be read.
    func read(in environment: Environment) throws -> LedgerReader {
        let found = try find(in: environment)
        return try LedgerReader(at: found.place, site: found.data.site)
    }
}

extension LedgerPlace {
    /// The place that was said, if one was.
    /// - Throws: when a password would be seen by whoever lists processes, or it is an address of something else.
    static func resolve(flag: String?, named: String? = nil, in environment: Environment) throws -> LedgerPlace? {
        guard let text = try AllSettings.ledger.resolve(flag: flag, in: environment) else { return nil }
        let name = flag == nil ? AllSettings.ledger.variable : named ?? AllSettings.ledger.flag
        let place = LedgerPlace(text)
        switch place {
        case .file(let path):
            guard path.contains("://") else { return place }
            throw SettingError(
                name, value: "(not shown)",
                expected: "a file, or an address like postgres://USER@HOST/DATABASE; in a name or a password / @ % are %2F %40 %25")
        case .server(let address):
            guard flag == nil || !address.hasPassword else {
                throw SettingError(
                    name, value: address.shown,
                    expected: "an address without a password, which everybody on this machine could see: set PGPASSWORD, or name a file in PGPASSFILE"
                )
            }
            return place
        }
    }

    /// The place of a data directory's ledger: its own file, or the server that Central wrote down.
    static func kept(in data: DataDirectory) -> LedgerPlace {
        data.readLedgerServer().flatMap { PostgreSQLAddress($0) }.map { .server($0) } ?? .file(data.ledger)
    }

    /// Writes down that a data directory's ledger is here, or is in its own file.
    func keep(in data: DataDirectory) throws {
        guard case .server(let address) = self else { return data.removeLedgerServer() }
        try data.writeLedgerServer(address.withoutPassword)
    }

    /// The server on which Central keeps the ledger, as it was said, or written down in its data directory; `nil` for its own file.
    static func server(flag: String?, of data: DataDirectory, in environment: Environment, recorded: Bool) throws -> LedgerPlace? {
        let name: String
        let place: LedgerPlace
        if let said = try resolve(flag: flag, in: environment) {
            name = flag == nil ? AllSettings.ledger.variable : AllSettings.ledger.flag
            place = said
            guard place.path == nil else {
                throw SettingError(name, value: place.description, expected: "an address like postgres://HOST/DATABASE; a file is where --data says")
            }
        } else {
            name = data.ledgerServerFile
            place = .kept(in: data)
        }
        guard case .server(let address) = place else { return nil }
        guard !recorded else {
            throw SettingError(name, value: address.shown, expected: "not to be given together with \(AllSettings.record.flag), which copies a file")
        }
        return place
    }

    /// Checks that a file is there; a server says so itself.
    func checkIsThere(_ advice: String) throws {
        guard case .file(let path) = self, access(path, F_OK) != 0 else { return }
        let why = errno
        guard why == ENOENT || why == ENOTDIR else { throw NoLedger(description: "no way to the ledger \(path): \(errorText(why)). \(advice)") }
        throw NoLedger(description: "no ledger \(path): Central makes it when it starts. \(advice)")
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
