import Foundation
import Testing

/// Thousands of points on a network that runs; here some dozens.
@Suite("A fleet") struct FleetScenarios {
    private struct Report: Decodable {
        struct Times: Decodable {
            var p50: Double?
            var p99: Double?
        }

        var points, connected, supplying, sessionsCompleted, readingsSent, messagesPerS, reconnects, errors, drivers, processes: Int
        var requestMs: Times
    }

    /// A network whose Central serves: a fleet has little time in a test.
    private func network(_ more: [String] = ["--save-every", "60s", "--access", "any"]) async throws -> RunningNetwork {
        let network = try await RunningNetwork(["--drivers", "none"] + more)
        for cp in ["CP-001", "CP-010"] { try await network.message("central/cp/\(cp)", "\"ACTIVATED\"", within: .seconds(30)) }
        return network
    }

    /// The object with which a fleet ends; before it there is nothing but what goes to standard error.
    private func report(of fleet: LineProcess) throws -> Report {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let last = fleet.lines.last?.text else { throw ScenarioError("the fleet says nothing") }
        return try decoder.decode(Report.self, from: Data(last.utf8))
    }

    /// The processes of a fleet, without the one that sums up.
    private func workers(of fleet: LineProcess) -> [Int32] {
        let text = (try? String(contentsOfFile: "/proc/\(fleet.pid)/task/\(fleet.pid)/children", encoding: .utf8)) ?? ""
        // Children belong to the thread that started them.
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(fleet.pid)/task")) ?? []
        let all = threads.map { (try? String(contentsOfFile: "/proc/\(fleet.pid)/task/\($0)/children", encoding: .utf8)) ?? "" }
        return (all + [text]).flatMap { $0.split(separator: " ") }.compactMap { Int32($0) }
    }

    private func isGone(_ pids: [Int32]) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while pids.contains(where: { kill($0, 0) == 0 }) {
            guard ContinuousClock.now < deadline else { throw ScenarioError("processes of the fleet are still there") }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test("its points connect, supply and are billed; it ends by itself with what it counted, and the books are right")
    func supplies() async throws {
        let network = try await network()
        let fleet = try await network.join("fleet", ["--points", "30", "--session", "3s", "--duration", "12s", "--json", "--seed", "7"])
        #expect(try await fleet.exitStatus(within: .seconds(40)) == 0, "\(fleet.text)")
        let report = try report(of: fleet)
        #expect(report.points == 30 && report.connected == 30 && report.drivers == 30 && report.processes == 1)
        #expect(report.supplying > 0 && report.sessionsCompleted >= 30 && report.readingsSent >= 90, "\(fleet.text)")
        #expect(report.errors == 0 && report.reconnects == 0 && report.messagesPerS > 0, "\(fleet.text)")
        #expect((report.requestMs.p50 ?? 0) > 0 && (report.requestMs.p99 ?? 0) >= (report.requestMs.p50 ?? 0))
        // The audit is in the stop, with the journals of the fleet.
        try await network.stop()
    }

    @Test("drivers with several vehicles are served when Central knows of them, and else it is said what is missing")
    func vehicles() async throws {
        for isKnown in [true, false] {
            let network = try await network(["--access", "any"] + (isKnown ? ["--vehicles", "5"] : []))
            let fleet = try await network.join("fleet", ["--points", "10", "--drivers", "2", "--session", "3s", "--duration", "10s", "--json"])
            #expect(try await fleet.exitStatus(within: .seconds(40)) == 0, "\(fleet.text)")
            #expect(try report(of: fleet).sessionsCompleted >= (isKnown ? 10 : 2), "\(fleet.text)")
            #expect(fleet.text.contains("--vehicles 5") == !isKnown, "\(fleet.text)")
            try await network.stop()
        }
    }

    @Test("a Central that serves those whom it knows serves no fleet, and the fleet says what helps") func unknown() async throws {
        let network = try await network(["--access", "known"])
        let fleet = try await network.join("fleet", ["--points", "4", "--session", "3s", "--duration", "8s", "--json"])
        #expect(try await fleet.exitStatus(within: .seconds(40)) == 0, "\(fleet.text)")
        #expect(try report(of: fleet).sessionsCompleted == 0 && fleet.text.contains("--access any"), "\(fleet.text)")
        try await network.stop()
    }

    @Test("whatever is killed, nothing is left running, and what was metered is billed when the same fleet is back")
    func killed() async throws {
        let network = try await network()
        let arguments = ["--points", "12", "--session", "30s", "--json"]
        func supplying() async throws -> LineProcess {
            let from = network.heard
            let fleet = try await network.join("fleet", arguments)
            for number in 1...12 {
                try await network.message(
                    "cp/FLEET-0000\(number < 10 ? "0" : "")\(number)/telemetry", "\"energy_kwh\"", from: from, within: .seconds(30))
            }
            return fleet
        }
        let first = try await supplying()
        let parts = workers(of: first)
        #expect(parts.count == 1)
        first.signal(SIGKILL)
        try await isGone(parts)
        // One of its processes: the fleet ends, and says why.
        let second = try await supplying()
        for part in workers(of: second) { kill(part, SIGKILL) }
        #expect(try await second.exitStatus(within: .seconds(20)) == 1)
        #expect(second.text.contains("was killed by SIGKILL") && second.lines.last?.text.hasPrefix("{") == true, "\(second.text)")
        // And a well-behaved end, after the broker was away.
        let third = try await supplying()
        // It comes back by itself.
        let ear = try LineProcess("/usr/bin/mosquitto_sub", ["-p", "\(network.port)", "-F", "%t", "-t", "cp/+/telemetry"])
        try await ear.line(within: .seconds(10), "reading") { $0.hasPrefix("cp/") }
        kill(try network.pid("broker"), SIGKILL)
        let before = ear.lines.count
        for number in 1...12 {
            let topic = "cp/FLEET-0000\(number < 10 ? "0" : "")\(number)/telemetry"
            try await ear.line(from: before + 12, within: .seconds(40), "reading") { $0 == topic }
        }
        third.signal(SIGTERM)
        #expect(try await third.exitStatus(within: .seconds(20)) == 0, "\(third.text)")
        let report = try report(of: third)
        #expect(report.reconnects >= 12 && report.supplying == 12, "\(third.text)")
        try await network.stop()
    }

    @Test("the manual's commands do what it says") func manual() async throws {
        let blocks = try commandBlocks(of: "docs/fleet.md")
        #expect(blocks.count == 2)
        let options = try #require(blocks[0].firstMatch(of: #/--data (\S+) (.*)\n/#))
        #expect(options.2 == "--drivers none --save-every 60s --access any")
        let network = try await network()
        // For the time of a test.
        let script = blocks[1].replacing(options.1, with: network.data.path).replacing(".build/release/wattline", with: RunningNetwork.binary)
            .replacing("30s", with: "13s")
        let shell = try LineProcess("/bin/bash", ["-ec", script])
        #expect(try await shell.exitStatus(within: .seconds(60)) == 0, "\(shell.text)")
        #expect(shell.text.contains("200/200 connected · 200 supplying") && shell.lines.last?.text == "The audit holds.", "\(shell.text)")
        try await network.stop()
    }

    @Test("without a broker, or with values that make no sense, it says so and starts nothing")
    func mistakes() async throws {
        let mistakes: [(arguments: [String], status: Int32, text: String)] = [
            (["--points", "5", "--mqtt", "mqtt://127.0.0.1:9"], 69, "no broker answers at mqtt://127.0.0.1:9"),
            ([], 64, "--points: expected a number of points"), (["--points", "0"], 64, "--points=\"0\""),
            (["--points", "5", "--supplying", "120%"], 64, "--supplying=\"120%\""), (["--points", "5", "--rate", "0"], 64, "--rate=\"0\""),
            (["--points", "5", "--name", "a b"], 64, "--name=\"a b\""), (["--points", "5000", "--drivers", "1"], 64, "--drivers=\"1\""),
            (["--points", "5", "--seed", "-1"], 64, "--seed=\"-1\""), (["--points", "5", "--check", "1ms"], 64, "--check=\"1ms\""),
        ]
        let data = newFolder()
        for mistake in mistakes {
            let fleet = try LineProcess(RunningNetwork.binary, ["fleet", "--data", data.path] + mistake.arguments)
            #expect(try await fleet.exitStatus(within: .seconds(10)) == mistake.status, "\(mistake.arguments): \(fleet.text)")
            #expect(fleet.text.contains(mistake.text), "\(mistake.arguments): \(fleet.text)")
        }
    }
}
