import Foundation

/// A network of real processes, started by `wattline up` of a release build, and an ear on its bus.
final class RunningNetwork {
    struct StateFile: Decodable {
        struct Broker: Decodable {
            var pid: Int32?
            var port: Int
        }

        struct Entry: Decodable {
            var name: String
            var role: String
            var id: String?
            var pid: Int32?
            var healthPort: Int?
        }

        var pid: Int32
        var broker: Broker
        var processes: [Entry]
    }

    static let binary = ProcessInfo.processInfo.environment["WATTLINE_BIN"] ?? ".build/release/wattline"

    let data: URL
    let up: LineProcess
    let bus: LineProcess
    let port: Int
    /// True when its broker asks nobody for a name.
    let isOpen: Bool

    /// Starts a network and waits until its broker speaks.
    /// - Parameter data: where an earlier one left off.
    init(_ arguments: [String] = [], data former: URL? = nil) async throws {
        data = former ?? newFolder()
        isOpen = arguments.contains("--open")
        // Drivers and points come and go by hand in tests; who is known is tried where it matters.
        let access = arguments.contains("--access") ? [] : ["--access", "any"]
        let up = try LineProcess(RunningNetwork.binary, ["up", "--data", data.path, "--color", "never"] + access + arguments)
        self.up = up
        let file = data.appendingPathComponent("up.json")
        let deadline = ContinuousClock.now + .seconds(20)
        var found: StateFile?
        while found == nil {
            found = try? JSONDecoder().decode(StateFile.self, from: Data(contentsOf: file))
            guard ContinuousClock.now < deadline, up.isRunning else { throw ScenarioError("wattline up did not start:\n\(up.text)") }
            // A former network may have left one.
            if found?.processes.isEmpty != false || found?.pid != up.pid { found = nil }
            try await Task.sleep(for: .milliseconds(10))
        }
        port = found?.broker.port ?? 0
        while !isListening(port) {
            guard ContinuousClock.now < deadline, up.isRunning else { throw ScenarioError("the broker does not listen on \(port):\n\(up.text)") }
            try await Task.sleep(for: .milliseconds(10))
        }
        bus = try RunningNetwork.client("mosquitto_sub", ["-q", "1", "-F", "%r %t %p", "-t", "#"], data, port: port, isOpen: isOpen)
    }

    /// Starts a client of mosquitto that may say and hear everything.
    func client(_ program: String, _ arguments: [String]) throws -> LineProcess {
        try RunningNetwork.client(program, arguments, data, port: port, isOpen: isOpen)
    }

    private static func client(_ program: String, _ arguments: [String], _ data: URL, port: Int, isOpen: Bool) throws -> LineProcess {
        guard !isOpen else { return try LineProcess("/usr/bin/\(program)", ["-p", "\(port)"] + arguments) }
        return try LineProcess(binary, ["as", "--data", data.path, "admin", "local", program] + arguments)
    }

    /// Gives a name, if the broker asks for one.
    func name(_ role: String, _ id: String) async throws {
        guard !isOpen else { return }
        let process = try LineProcess(RunningNetwork.binary, ["credentials", "add", role, id, "--data", data.path])
        _ = try await process.exitStatus(within: .seconds(10))
    }

    func state() throws -> StateFile {
        try JSONDecoder().decode(StateFile.self, from: Data(contentsOf: data.appendingPathComponent("up.json")))
    }

    func pid(_ role: String, _ id: String? = nil) throws -> Int32 {
        guard let pid = try state().processes.first(where: { $0.role == role && (id == nil || $0.id == id) })?.pid else {
            throw ScenarioError("\(role) \(id ?? "") is not in the state file")
        }
        return pid
    }

    /// The port of the dashboard, when it is served.
    func dashboardPort() async throws -> Int {
        try await up.line(within: .seconds(20), "dashboard") { $0.contains("The dashboard is at") }
        guard let said = up.text.split(separator: "\n").first(where: { $0.contains("see ") && $0.contains("http://127.0.0.1:") }),
            let port = Int(said.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "")
        else { throw ScenarioError("no dashboard: \(up.text)") }
        return port
    }

    /// Waits for a message on a topic whose payload holds all the texts.
    @discardableResult
    func message(
        _ topic: String, _ parts: String..., from index: Int = 0, retained: Bool? = nil, within limit: Duration = .seconds(20)
    ) async throws -> (index: Int, line: LineProcess.Line) {
        try await bus.line(from: index, within: limit, "message on \(topic) with \(parts)") { line in
            let fields = line.split(separator: " ", maxSplits: 2)
            guard fields.count == 3, matches(topic, String(fields[1])), retained == nil || (fields[0] == "1") == retained else { return false }
            return parts.allSatisfy { fields[2].contains($0) }
        }
    }

    /// Whether the broker keeps a message on any of these for whoever comes later.
    func keeps(_ topics: String...) async throws -> Bool {
        // It prints what is retained, and ends at what is not.
        let ear = try client("mosquitto_sub", ["--retained-only", "-C", "1", "-W", "5"] + topics.flatMap { ["-t", $0] })
        _ = try await ear.exitStatus(within: .seconds(10))
        return ear.text.hasPrefix("{")
    }

    private func matches(_ filter: String, _ topic: String) -> Bool {
        let a = filter.split(separator: "/")
        let b = topic.split(separator: "/")
        return a.count == b.count && zip(a, b).allSatisfy { $0 == "+" || $0 == $1 }
    }

    var heard: Int { bus.lines.count }

    /// Starts another program of the network, with a name of its own where one is asked for.
    func join(_ command: String, _ arguments: [String]) async throws -> LineProcess {
        if ["engine", "monitor", "driver"].contains(command), let flag = arguments.firstIndex(where: { $0 == "--cp" || $0 == "--name" }) {
            try await name(command, arguments[flag + 1])
        }
        return try LineProcess(RunningNetwork.binary, [command, "--data", data.path] + arguments)
    }

    /// Starts a program of docs/examples for a point of its own: `charge_point` or `monitor`.
    func python(_ program: String, _ cp: String, _ arguments: [String]) throws -> LineProcess {
        let place = data.appendingPathComponent("python-\(program)").path
        let command = ["docs/examples/\(program).py", "--cp", cp, "--broker", "127.0.0.1:\(port)", "--data", place] + arguments
        return try LineProcess(RunningNetwork.binary, (isOpen ? ["as", "--data", place] : ["as", "--data", data.path]) + ["point", cp] + command)
    }

    /// Stops everything as Ctrl-C does, and checks that nothing is left.
    func stop(removingData: Bool = true) async throws {
        let state = try state()
        up.signal(SIGINT)
        let status = try await up.exitStatus(within: .seconds(15))
        bus.signal(SIGKILL)
        guard status == 0 else { throw ScenarioError("wattline up ended with \(status):\n\(up.text.suffix(3000))") }
        for process in state.processes.compactMap(\.pid) + [state.broker.pid].compactMap({ $0 }) where kill(process, 0) == 0 {
            throw ScenarioError("process \(process) is still there after the stop")
        }
        if FileManager.default.fileExists(atPath: data.appendingPathComponent("up.json").path) { throw ScenarioError("up.json is still there") }
        // Whatever the scenario broke, the books must be right.
        let audit = try LineProcess(RunningNetwork.binary, ["audit", "--data", data.path, "--color", "never"])
        guard try await audit.exitStatus(within: .seconds(20)) == 0 else { throw ScenarioError("the audit does not hold:\n\(audit.text)") }
        if removingData { try FileManager.default.removeItem(at: data) }
    }
}

func publish(_ network: RunningNetwork, _ topic: String, _ payload: String) async throws {
    let process = try network.client("mosquitto_pub", ["-q", "1", "-t", topic, "-m", payload])
    guard try await process.exitStatus(within: .seconds(5)) == 0 else { throw ScenarioError("mosquitto_pub: \(process.text)") }
}

extension LineProcess {
    /// The port that an engine chose for its health answers.
    func healthPort() async throws -> Int {
        let said = try await line(within: .seconds(5), "health port") { $0.contains("Health checks are answered on port") }
        guard let port = Int(said.line.text.split(separator: " ").last ?? "") else { throw ScenarioError(said.line.text) }
        return port
    }
}

/// A place of its own under the temporary directory; nothing is there yet.
func newFolder() -> URL { FileManager.default.temporaryDirectory.appendingPathComponent("wattline-scenario-\(UUID().uuidString.prefix(8))") }

/// The first of so many ports in a row that nobody listens on at the moment.
func freePorts(_ count: Int) throws -> Int {
    for _ in 0..<100 {
        let first = Int.random(in: 20_000...30_000)
        if (first..<first + count).allSatisfy(isFree) { return first }
    }
    throw ScenarioError("no \(count) free ports in a row")
}

private func isFree(_ port: Int) -> Bool { tryAddress(port, bind) }

private func isListening(_ port: Int) -> Bool { tryAddress(port, connect) }

private func tryAddress(_ port: Int, _ what: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { what(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }
}

/// The commands of a manual: its blocks of shell, in their order.
func commandBlocks(of manual: String) throws -> [String] {
    try String(contentsOfFile: manual, encoding: .utf8).components(separatedBy: "```sh\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
}
