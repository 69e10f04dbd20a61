import Foundation

/// A small network without a supervisor, all of whose processes record: Central, an engine, its monitor, a driver, and a broker that remembers nothing.
final class RecordedNetwork {
    let folder = newFolder()
    let port: Int
    let httpPort: Int
    private(set) var broker: LineProcess
    private(set) var processes: [String: LineProcess] = [:]
    /// The number of lives that each had.
    private var lives: [String: Int] = [:]

    static let token = "a-token-of-this-test"

    init() async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let ports = try freePorts(3)
        port = ports
        httpPort = ports + 1
        broker = try RecordedNetwork.broker(on: ports)
        for name in ["central", "engine", "monitor", "driver"] { try start(name) }
        try await said("engine", "SUPPLYING")
    }

    private static func broker(on port: Int) throws -> LineProcess { try LineProcess("/usr/sbin/mosquitto", ["-p", "\(port)"]) }

    private func arguments(_ name: String) -> [String] {
        switch name {
        case "central": ["--http-port", "\(httpPort)", "--access", "any"]
        case "engine": ["--cp", "CP-011", "--power", "22", "--price", "0.30", "--health-port", "\(port + 2)"]
        case "monitor": ["--cp", "CP-011", "--engine", "127.0.0.1:\(port + 2)"]
        default: ["--name", "driver-frank", "--every", "500ms", "--points", "CP-011"]
        }
    }

    /// The file of a process's last life.
    func recording(_ name: String) -> String { folder.appendingPathComponent("\(name)-\(lives[name] ?? 0).jsonl").path }

    func start(_ name: String) throws {
        lives[name, default: 0] += 1
        let common = [
            "--mqtt", "mqtt://127.0.0.1:\(port)", "--data", folder.appendingPathComponent("data").path, "--color", "never", "--record",
            recording(name),
        ]
        processes[name] = try LineProcess(
            RunningNetwork.binary, [name] + arguments(name) + common, environment: ["WATTLINE_ADMIN_TOKEN": RecordedNetwork.token])
    }

    /// Waits until a process says something in a line that it has not said before.
    func said(_ name: String, _ words: String, from index: Int = 0) async throws {
        guard let process = processes[name] else { throw ScenarioError("no \(name)") }
        try await process.line(from: index, within: .seconds(60), words) { $0.contains(words) }
    }

    /// The number of lines that a process has said.
    func heard(_ name: String) -> Int { processes[name]?.lines.count ?? 0 }

    func kill(_ name: String) async throws {
        processes[name]?.signal(SIGKILL)
        _ = try await processes[name]?.exitStatus(within: .seconds(5))
    }

    func killBroker() async throws {
        broker.signal(SIGKILL)
        _ = try await broker.exitStatus(within: .seconds(5))
        broker = try RecordedNetwork.broker(on: port)
    }

    /// Asks Central something as its operator.
    func steer(_ path: String) async throws -> Int32 {
        let address = "http://127.0.0.1:\(httpPort)\(path)"
        let script = "import urllib.request as u; u.urlopen(u.Request('\(address)', b'', {'Authorization': 'Bearer \(RecordedNetwork.token)'}))"
        return try await LineProcess("/usr/bin/python3", ["-c", script]).exitStatus(within: .seconds(15))
    }

    /// Ends all of them well. Central last, when it has nothing more to write: what it commits after its farewell has no answer.
    func stop() async throws {
        for name in ["driver", "monitor", "engine"] { try await stop(name) }
        let deadline = ContinuousClock.now + .seconds(20)
        while try !hasCentralSettled() {
            guard ContinuousClock.now < deadline else { throw ScenarioError("Central has not settled: \(processes["central"]?.text ?? "")") }
            try await Task.sleep(for: .milliseconds(10))
        }
        try await stop("central")
        broker.signal(SIGKILL)
    }

    private func stop(_ name: String) async throws {
        processes[name]?.signal(SIGTERM)
        guard let process = processes[name], try await process.exitStatus(within: .seconds(10)) == 0 else {
            throw ScenarioError("\(name) did not end well: \(processes[name]?.text ?? "")")
        }
    }

    /// True when Central's recording says that it heard the last words of engine and monitor, and that every commit is answered.
    private func hasCentralSettled() throws -> Bool {
        let lines = try String(contentsOfFile: recording("central"), encoding: .utf8).split(separator: "\n")
        let lastWords = ["cp/CP-011/state", "cp/CP-011/health"].map { topic in
            lines.last { $0.contains("\"in\":\"received\"") && $0.contains("\"topic\":\"\(topic)\"") }
        }
        return lastWords.allSatisfy { $0?.contains("stopped") == true }
            && lines.count { $0.contains("\"action\":\"commit(") } == lines.count { $0.contains("\"in\":\"committed\"") }
    }
}
