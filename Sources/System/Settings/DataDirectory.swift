public import ChargingModel
import Glibc
public import Platform

/// The directory in which the processes of a network keep what must survive them.
///
/// ```
/// {root}/                    --data, WATTLINE_DATA, $XDG_STATE_HOME/wattline or ~/.local/state/wattline
///   engine/CP-001/           an engine's journal: epoch, meter register, sessions
///   monitor/CP-001/          a monitor's journal: epoch
///   gateway/local/           a gateway's journal: epoch
///   station/ST-1/            a station's transactions, as the gateway keeps them; its points are in engine/ and monitor/
///   journals/engine/CP-001/  the journals of all engines of a process that runs several, the first of them CP-001; monitor likewise
///   central/                 Central's epoch and ledger, its operators, the shared token, and where its HTTP API is served
///   central-2/               the epoch of a second Central that shares the directory and the ledger on a server, and its HTTP API
///   credentials/             who has a name on the bus, and with which password
///   certificates/            the network's own authority, and the certificates by it
///   broker/                  mosquitto's configuration and retained messages, when `up` starts it
///   up.json                  what `up` runs: processes and ports; gone when it stops
///   up.lock                  held by `up`
///   site/{site}/             the same again for a network with a site prefix (P2)
/// ```
///
/// Each of the inner directories has a file `lock`, held by the process that uses it. All are made with mode 0700.
public struct DataDirectory: Sendable, Hashable {
    /// The directory that was chosen, an absolute path.
    public let root: String
    /// The site, if the network has one.
    public let site: String?

    /// The number of the Central that is meant, among those that share the directory.
    public var number = 1

    /// Makes the layout below a root; a relative path is taken from the current directory.
    public init(root: String, site: String? = nil) {
        var path = root
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        if !path.hasPrefix("/"), let current = getcwd(nil, 0) {
            path = String(cString: current) + "/" + path
            free(current)
        }
        self.root = path
        self.site = site
    }

    /// The directory by flag, environment or default.
    public static func resolve(flag: String?, site: String? = nil, in environment: Environment) throws(DataDirectoryError) -> DataDirectory {
        if let chosen = flag ?? environment[AllSettings.data.variable] { return DataDirectory(root: chosen, site: site) }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return DataDirectory(root: state + "/wattline", site: site) }
        guard let home = environment["HOME"], home.hasPrefix("/") else { throw .noHome }
        return DataDirectory(root: home + "/.local/state/wattline", site: site)
    }

    /// The root, or the site's part of it.
    public var base: String { site.map { "\(root)/site/\($0)" } ?? root }
    /// An engine's directory.
    public func engine(_ point: ChargePointID) -> String { "\(base)/engine/\(point)" }
    /// The engines that have a directory, in the order of their ids.
    public func engines() -> [ChargePointID] { names(in: base + "/engine").compactMap { ChargePointID($0) }.sorted() }

    /// The directory of the one journal of a process that runs several points, named after the directory of the first; and the same as seen from theirs.
    public func journals(of first: String) -> (directory: String, reference: String) {
        let names = first.split(separator: "/").suffix(2).joined(separator: "/")
        return ("\(base)/journals/\(names)", "../../journals/\(names)")
    }

    /// A monitor's directory.
    public func monitor(_ point: ChargePointID) -> String { "\(base)/monitor/\(point)" }
    /// The directory of the monitor of a station's point, which is its gateway's, who holds the engine's.
    public func stationMonitor(_ point: ChargePointID) -> String { "\(base)/station-monitor/\(point)" }
    /// A gateway's own directory.
    public func gateway(_ gateway: String) -> String { "\(base)/gateway/\(gateway)" }
    /// The directory of a station that a gateway serves.
    public func station(_ name: String) -> String { "\(base)/station/\(name)" }
    /// The directory of what a station's meters signed, in the gateway that serves it.
    public func stationSigned(_ name: String) -> String { "\(base)/station-signed/\(name)" }
    /// The names of the stations that have a directory, in order.
    public func stations() -> [String] { names(in: base + "/station").filter { !$0.hasPrefix(".") }.sorted() }
    /// Central's directory.
    public var central: String { number == 1 ? shared : "\(shared)-\(number)" }
    /// The directory as the Centrals see it that have a part of it, the first of them in any case.
    public var centrals: [DataDirectory] {
        (1...9).compactMap { number in
            var other = self
            other.number = number
            return number == 1 || access(other.central, F_OK) == 0 ? other : nil
        }
    }
    /// The directory of what all Centrals that share this one have together: operators, the shared token, the place of the ledger.
    public var shared: String { base + "/central" }
    public var ledger: String { shared + "/ledger.db" }
    /// The file in which Central says where it serves its HTTP API, for programs on the same machine.
    public var httpFile: String { central + "/http" }
    /// The directory of those who have a name on the bus.
    public var credentials: String { base + "/credentials" }
    /// The directory of the network's own authority.
    public var certificates: String { base + "/certificates" }
    /// The broker's directory.
    public var broker: String { base + "/broker" }
    /// The state file of `up`.
    public var stateFile: String { base + "/up.json" }
    /// The lock file that `up` holds.
    public var upLock: String { base + "/up.lock" }

    /// Makes a directory of this layout, with its parents, and holds it for this process.
    public func lock(_ directory: String) throws(DataDirectoryError) -> DirectoryLock {
        try DataDirectory.create(directory)
        return try DirectoryLock.take(directory + "/lock", for: directory)
    }

    /// Makes the base directory and holds `up.lock` for this process.
    public func lockForUp() throws(DataDirectoryError) -> DirectoryLock {
        try DataDirectory.create(base)
        return try DirectoryLock.take(upLock, for: base)
    }

    /// Makes a directory with its parents, mode 0700 each, and syncs what holds them, so that what is synced within is found after a power cut; fine
    /// when it is there already.
    public static func create(_ path: String) throws(DataDirectoryError) {
        guard mkdir(path, 0o700) != 0 else { return try sync(holderOf: path) }
        var code = errno
        if code == ENOENT, let parent = ancestors(of: path).first {
            try create(parent)
            guard mkdir(path, 0o700) != 0 else { return try sync(holderOf: path) }
            code = errno
        }
        var status = stat()
        guard code == EEXIST, stat(path, &status) == 0 else { throw .cannotCreate(path: path, code: code) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .cannotCreate(path: path, code: ENOTDIR) }
        // Whoever made it may have been killed before it was synced.
        try sync(holderOf: path, isNew: false)
    }

    /// Syncs the directory that holds another. One that was there may be somebody else's, whom it is left to.
    private static func sync(holderOf path: String, isNew: Bool = true) throws(DataDirectoryError) {
        let holder = open(ancestors(of: path).first ?? ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // What can't be read, or synced, is left to its file system.
        if holder < 0, !isNew || errno == EACCES { return }
        guard holder >= 0 else { throw .cannotCreate(path: path, code: errno) }
        defer { close(holder) }
        guard fsync(holder) == 0 || !isNew || errno == EINVAL || errno == EROFS else { throw .cannotCreate(path: path, code: errno) }
    }
}
