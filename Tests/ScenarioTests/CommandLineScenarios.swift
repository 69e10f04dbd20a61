import Foundation
import Testing

/// What people type, right and wrong.
@Suite("The command line") struct CommandLineScenarios {
    struct Case: CustomTestStringConvertible {
        var arguments: [String]
        var environment: [String: String] = [:]
        var status: Int32
        var says: [String]
        var testDescription: String { (environment.map { "\($0.key)=\($0.value)" } + arguments).joined(separator: " ") }
    }

    private static let here = ["--data", "/tmp/wattline-none"]

    @Test(
        "wrong settings are refused by name, value and what was expected, with the documented exit code",
        arguments: [
            Case(arguments: ["engine"], status: 64, says: ["--cp (or WATTLINE_CP)", "it is not set"]),
            Case(arguments: ["engine", "--cp", "CP 1"], status: 64, says: ["--cp=\"CP 1\"", "expected charge points like CP-001"]),
            Case(arguments: ["engine", "--cp", "CP-999"], status: 64, says: ["--power", "CP-999 is not in network.json"]),
            Case(
                arguments: ["engine", "--cp", "CP-001..CP-010", "--health-port", "65530"], status: 64,
                says: ["--health-port=\"65530\"", "room for 10"]),
            Case(arguments: ["engine", "--cp", "CP-001", "--keepalive", "1s"], status: 64, says: ["--keepalive=\"1s\"", "from 5s"]),
            Case(
                arguments: ["engine", "--cp", "CP-001", "--health-host", "localhost"], status: 64,
                says: ["--health-host=\"localhost\"", "an IP address"]),
            Case(arguments: ["health", "127.0.0.1:1"], status: 1, says: ["127.0.0.1:1: connection refused"]),
            Case(arguments: ["health", "nothing"], status: 64, says: ["HOST:PORT=\"nothing\"", "expected HOST:PORT"]),
            Case(arguments: ["health"], status: 64, says: ["expected HOST:PORT", "WATTLINE_HEALTH_PORT"]),
            Case(arguments: ["up"] + here, environment: ["WATTLINE_KEEPALIVE": "1s"], status: 78, says: ["WATTLINE_KEEPALIVE=\"1s\"", "from 5s"]),
            Case(
                arguments: ["up", "--mqtt", "mqtt://127.0.0.1:1"] + here, environment: ["WATTLINE_POWER": "22"], status: 69,
                says: ["WATTLINE_POWER is set, but wattline up does not read it"]),
            Case(arguments: ["monitor", "--cp", "CP-001"], status: 64, says: ["--engine (or WATTLINE_ENGINE)", "HOST:PORT"]),
            Case(arguments: ["driver", "--name", "driver-x", "--every", "0s"], status: 64, says: ["--every=\"0s\""]),
            Case(arguments: ["driver", "--name", "driver-x", "--file", "/nowhere"], status: 64, says: ["--file=\"/nowhere\"", "readable"]),
            Case(arguments: ["driver"], environment: ["WATTLINE_NAME": "a b"], status: 78, says: ["WATTLINE_NAME=\"a b\"", "an id"]),
            Case(arguments: ["central", "--mqtt", "http://x"], status: 64, says: ["--mqtt=\"http://x\"", "a broker like mqtt://"]),
            Case(arguments: ["central"], environment: ["WATTLINE_NETWORK": "/nowhere.json"], status: 78, says: ["/nowhere.json"]),
            Case(arguments: ["up", "--drivers", "driver-zoe"], status: 64, says: ["--drivers=\"driver-zoe\"", "driver-alice"]),
            Case(arguments: ["up", "--mqtt", "mqtt://h", "--open"], status: 64, says: ["--open", "asks as its owner says"]),
            Case(arguments: ["up", "--mqtt", "mqtt://h", "--mqtt-port", "1"], status: 64, says: ["--mqtt-port", "not to be given together"]),
            Case(arguments: ["up", "--mqtt", "mqtt://127.0.0.1:1"] + here, status: 69, says: ["no broker answers at mqtt://127.0.0.1:1"]),
            Case(arguments: ["central", "--data", "/proc/wattline"], status: 73, says: ["/proc/wattline"]),
            Case(arguments: ["simulate", "--seeds", "5..1"], status: 64, says: ["--seeds=\"5..1\"", "the smaller first"]),
            Case(arguments: ["simulate", "--seed", "1", "--seeds", "1..2"], status: 64, says: ["--seed=\"1\"", "not together with --seeds"]),
            Case(arguments: ["simulate", "--plan"], status: 64, says: ["--plan", "--trouble mild"]),
            Case(arguments: ["simulate", "--plan", "--seeds", "1..2"], status: 64, says: ["--plan", "one --seed"]),
            Case(arguments: ["simulate", "--trouble", "wild", "--only", "99999"], status: 64, says: ["--only=\"99999\"", "numbers of --plan"]),
            Case(arguments: ["simulate", "--without", "central"], status: 64, says: ["--without=\"central\"", "like engine:CP-001"]),
            Case(arguments: ["simulate", "--trouble", "loud"], status: 64, says: ["--trouble=\"loud\"", "none, mild, wild or stranger"]),
            Case(arguments: ["simulate", "--hours", "0"], status: 64, says: ["--hours=\"0\"", "above 0"]),
            Case(arguments: ["simulate", "--hours", "1", "--duration", "1m"], status: 64, says: ["--hours", "not together with --duration"]),
            Case(arguments: ["simulate", "--points", "0"], status: 64, says: ["--points=\"0\""]),
            Case(arguments: ["simulate", "--without", "engine:CP-999"], status: 64, says: ["engine:CP-999", "like engine:CP-001"]),
            Case(arguments: ["simulate", "--network", "/nowhere.json"], status: 78, says: ["/nowhere.json"]),
            Case(
                arguments: ["simulate", "--network", "network.json", "--points", "3"], status: 64, says: ["--points", "not together with --network"]),
            Case(arguments: ["simulate", "--visits", "0"], status: 64, says: ["--visits=\"0\"", "visits a day like 0.4"]),
            Case(arguments: ["simulate", "--visits", "1", "--every", "5s"], status: 64, says: ["--every", "not together with --visits"]),
            Case(arguments: ["simulate", "--report", "x.html", "--seeds", "1..2"], status: 64, says: ["--report", "not together with --seeds"]),
            Case(arguments: ["simulate", "--report", "/nowhere/x.html"], status: 64, says: ["/nowhere/x.html", "No such file or directory"]),
            Case(arguments: ["simulate", "--report", "/tmp"], status: 64, says: ["--report=\"/tmp\"", "not a directory"]),
            Case(arguments: ["simulate", "--only", "1,x"], status: 64, says: ["--only=\"1,x\"", "numbers like"]),
            Case(arguments: ["top", "--sort", "colour"] + here, status: 64, says: ["--sort=\"colour\"", "point, state, power"]),
            Case(arguments: ["tail", "--kind", "state,stat"] + here, status: 64, says: ["--kind=\"stat\"", "telemetry"]),
            Case(arguments: ["tail", "--count", "0"] + here, status: 64, says: ["--count=\"0\"", "a number of lines"]),
            Case(
                arguments: ["top", "--once", "--mqtt", "mqtt://127.0.0.1:1", "--timeout", "200ms"] + here, status: 1,
                says: ["no broker within", "Connection refused"]),
            Case(arguments: ["driver", "--name", "driver-x", "--record", "/tmp"], status: 64, says: ["--record=\"/tmp\"", "is not there yet"]),
            Case(arguments: ["driver", "--name", "x"], environment: ["WATTLINE_RECORD": "/tmp"], status: 78, says: ["WATTLINE_RECORD=\"/tmp\""]),
            Case(arguments: ["rerun", "/nowhere"], status: 1, says: ["/nowhere can't be read: No such file or directory"]),
            Case(arguments: ["rerun", "network.json"], status: 1, says: ["network.json is no recording of wattline"]),
            Case(
                arguments: ["broker-check", "mqtt://127.0.0.1:1"] + here, status: 69, says: ["no broker at mqtt://127.0.0.1:1", "Connection refused"]),
            Case(
                arguments: ["broker-check", "mqtt://h", "--rule", "all"] + here, status: 64, says: ["--rule=\"all\"", "one of retained-wildcards"]),
            Case(arguments: ["broker-check"] + here, status: 64, says: ["URL: expected a broker like mqtt://"]),
            Case(arguments: ["rerun"], status: 64, says: ["Missing expected argument '<file>'"]),
            Case(arguments: ["ps", "--pid", "central"] + here, status: 1, says: ["central does not run"]),
            Case(arguments: ["ps"] + here, status: 0, says: ["Nothing runs here"]),
            Case(arguments: ["up", "--bogus"], status: 64, says: ["--bogus", "Usage: wattline up"]),
            Case(arguments: ["--version"], status: 0, says: ["wattline 0."]),
            Case(arguments: ["--help"], status: 0, says: ["EXAMPLES", "EXIT CODES", "engine", "monitor", "driver", "central", "up", "ps"]),
            Case(arguments: ["ps"] + here, environment: ["WATTLINE_MQT": "x"], status: 0, says: ["WATTLINE_MQT is set, but nothing reads it"]),
        ]) func refused(_ wrong: Case) async throws
    {
        let process = try LineProcess(RunningNetwork.binary, wrong.arguments, environment: wrong.environment)
        let status = try await process.exitStatus(within: .seconds(10))
        #expect(status == wrong.status, "\(process.text)")
        for text in wrong.says { #expect(process.text.contains(text), "\(process.text)") }
        #expect(!process.text.contains("Fatal error"))
    }

    @Test(
        "every command has help with examples",
        arguments: [
            "up", "ps", "health", "central", "engine", "monitor", "driver", "sessions", "ticket", "audit", "export", "chaos", "simulate", "top",
            "tail", "rerun", "broker-check",
        ]) func help(_ command: String) async throws
    {
        let process = try LineProcess(RunningNetwork.binary, [command, "--help"])
        #expect(try await process.exitStatus(within: .seconds(10)) == 0)
        #expect(process.text.contains("EXAMPLES") && process.text.contains("USAGE: wattline \(command)"), "\(process.text)")
    }

    @Test("simulate: the same seed is the same run in another process, and says that every rule held") func simulated() async throws {
        var said: [String] = []
        for jobs in ["1", "2"] {
            let process = try LineProcess(
                RunningNetwork.binary, ["simulate", "--seeds", "1..4", "--trouble", "wild", "--duration", "60s", "--jobs", jobs])
            #expect(try await process.exitStatus(within: .seconds(120)) == 0, "\(process.text)")
            #expect(process.text.contains("✔ Every rule held"))
            said.append(process.text.components(separatedBy: "digest ").last ?? "")
            said.append(process.text.components(separatedBy: "\n").prefix(2).joined())
        }
        #expect(said[0] == said[2] && said[1] == said[3], "\(said)")
        #expect(said[1].contains("4 seeds"))
    }

    @Test("simulate --visits --report: people come and charge; a table, and a page that stands by itself") func reported() async throws {
        let page = FileManager.default.temporaryDirectory.appendingPathComponent("wattline-report-\(UUID().uuidString.prefix(8)).html")
        defer { try? FileManager.default.removeItem(at: page) }
        let process = try LineProcess(
            RunningNetwork.binary,
            ["simulate", "--drivers", "60", "--visits", "2", "--hours", "24", "--telemetry", "60s", "--check", "60s", "--report", page.path])
        #expect(try await process.exitStatus(within: .seconds(120)) == 0, "\(process.text)")
        for word in ["KIND", "Ultra-Fast DC", "Arrivals", "Peak power", "✔ Every rule held"] {
            #expect(process.text.contains(word), "\(process.text)")
        }
        let html = try String(contentsOf: page, encoding: .utf8)
        #expect(html.contains("<svg") && html.contains("--visits 2.000") && !html.contains("<script") && html.hasSuffix("</html>\n"))
        let folder = try FileManager.default.contentsOfDirectory(atPath: page.deletingLastPathComponent().path)
        #expect(!folder.contains { $0.hasPrefix(page.lastPathComponent + ".") }, "nothing is left beside it")
    }

    @Test("a program whose broker is away says so once, answers health checks meanwhile, and stops at once") func noBroker() async throws {
        let data = newFolder()
        defer { try? FileManager.default.removeItem(at: data) }
        let arguments = ["engine", "--cp", "CP-001", "--mqtt", "mqtt://127.0.0.1:1", "--data", data.path]
        let engine = try LineProcess(RunningNetwork.binary, arguments)
        try await engine.line(within: .seconds(5), "complaint") { $0.contains("Not connected to the broker") && $0.contains("trying again") }
        let curl = try LineProcess(
            "/usr/bin/python3",
            ["-c", "import urllib.request as u; print(u.urlopen('http://127.0.0.1:\(try await engine.healthPort())/health').read())"])
        #expect(try await curl.exitStatus(within: .seconds(5)) == 0)
        #expect(curl.text.contains("\"cp\":\"CP-001\""), "\(curl.text)")
        let health = try LineProcess(RunningNetwork.binary, ["health", "127.0.0.1:\(try await engine.healthPort())"])
        #expect(try await health.exitStatus(within: .seconds(5)) == 1)
        #expect(health.text.contains("not connected to the broker"), "\(health.text)")

        let second = try LineProcess(RunningNetwork.binary, arguments)
        #expect(try await second.exitStatus(within: .seconds(5)) == 75, "\(second.text)")
        #expect(second.text.contains(data.path))

        engine.signal(SIGTERM)
        #expect(try await engine.exitStatus(within: .seconds(1)) == 0, "\(engine.text)")
        #expect(engine.lines.filter { $0.text.contains("Not connected") }.count == 1)
    }

    @Test(
        "a journal of zeros or garbage is refused by its name, with what to do, and left as it is",
        arguments: ["engine/CP-001", "monitor/CP-001", "central"]) func damagedJournal(_ folder: String) async throws
    {
        let data = newFolder()
        defer { try? FileManager.default.removeItem(at: data) }
        let file = data.appendingPathComponent("\(folder)/journal")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let role = folder.split(separator: "/")[0]
        let point = role == "central" ? [] : ["--cp", "CP-001"] + (role == "monitor" ? ["--engine", "127.0.0.1:1"] : [])
        for damage in [Data(count: 600), Data((0..<600).map { UInt8(truncatingIfNeeded: 0x80 | $0 &* 167) })] {
            try damage.write(to: file)
            let process = try LineProcess(RunningNetwork.binary, ["\(role)"] + point + ["--mqtt", "mqtt://127.0.0.1:1", "--data", data.path])
            #expect(try await process.exitStatus(within: .seconds(10)) == 78, "\(process.text)")
            #expect(process.text.contains(file.path) && process.text.contains("move it away"), "\(process.text)")
            #expect(try Data(contentsOf: file) == damage)
        }
    }
}
