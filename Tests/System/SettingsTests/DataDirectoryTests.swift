import ChargingModel
import Glibc
import Platform
import Settings
import Testing

@Suite struct DataDirectoryTests {
    let directory = TemporaryDirectory()
    var root: String { directory.path }

    @Test func whereItIs() throws {
        func root(_ flag: String?, _ variables: [String: String]) throws -> String {
            try DataDirectory.resolve(flag: flag, in: Environment(variables)).root
        }
        #expect(try root("/flag/", ["WATTLINE_DATA": "/env"]) == "/flag")
        #expect(try root(nil, ["WATTLINE_DATA": "/env", "HOME": "/home/a"]) == "/env")
        #expect(try root(nil, ["XDG_STATE_HOME": "/state", "HOME": "/home/a"]) == "/state/wattline")
        #expect(try root(nil, ["XDG_STATE_HOME": "relative", "HOME": "/home/a"]) == "/home/a/.local/state/wattline")
        #expect(throws: DataDirectoryError.noHome) { try root(nil, [:]) }
        #expect(try root("x", [:]).hasSuffix("/x"))
    }

    @Test func sitesAreApart() {
        let point = ChargePointID(known: "CP-001")
        #expect(DataDirectory(root: "/d").engine(point) == "/d/engine/CP-001")
        #expect(DataDirectory(root: "/d", site: "madrid").monitor(point) == "/d/site/madrid/monitor/CP-001")
    }

    @Test func oneAtATimeAndThenTheNext() throws {
        let data = DataDirectory(root: root + "/deep/er")
        var lock: DirectoryLock? = try data.lock(data.central)
        var status = stat()
        #expect(stat(data.central, &status) == 0 && status.st_mode & 0o777 == 0o700)
        let error = #expect(throws: DataDirectoryError.self) { try data.lock(data.central) }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("data directory \(data.central) is in use by process \(getpid()) ("))
        #expect(text.hasSuffix("); stop it or choose another with --data") && error?.processExit == .inUse)
        #expect(lock != nil)
        lock = nil
        lock = try data.lock(data.central)
    }

    @Test func whatCannotBeMadeIsNamed() {
        let error = #expect(throws: DataDirectoryError.self) { try DataDirectory.create("/proc/nowhere/x") }
        #expect(error?.description.hasPrefix("can't create or write /proc/nowhere") == true && error?.processExit == .cannotCreate)
        #expect(throws: DataDirectoryError.cannotCreate(path: "/dev/null/x", code: ENOTDIR)) { try DataDirectory.create("/dev/null/x") }
        #expect(throws: DataDirectoryError.cannotCreate(path: "/dev/null", code: ENOTDIR)) { try DataDirectory.create("/dev/null") }
    }
}
