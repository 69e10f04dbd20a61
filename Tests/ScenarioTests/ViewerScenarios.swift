import Foundation
import JSON
import Testing

/// Those who only look, on terminals and in pipes.
@Suite("top and tail") struct ViewerScenarios {
    private func top(_ network: RunningNetwork, _ arguments: [String] = [], environment: [String: String] = [:]) throws -> TerminalProcess {
        try TerminalProcess(RunningNetwork.binary, ["top", "--data", network.data.path] + arguments, environment: environment)
    }

    /// Ten points that are there, and nobody who charges.
    private func quiet(_ arguments: [String] = []) async throws -> RunningNetwork {
        let network = try await RunningNetwork(["--drivers", "none"] + arguments)
        for number in 1...10 { try await network.message("central/cp/CP-\(number < 10 ? "00" : "0")\(number)", "\"ACTIVATED\"") }
        return network
    }

    @Test("keys, a charge as it goes on, another size; q leaves the terminal as it was")
    func keys() async throws {
        let network = try await quiet()
        let top = try top(network)
        try await top.screen("ten points that are ready") { $0.filter { $0.contains("● ACTIVATED") }.count == 10 }
        #expect(top.isOnAlternateScreen && !top.isCursorShown && top.modes != top.modesBefore)
        try await publish(network, "driver/me/request", "{\"cp\":\"CP-003\",\"duration_s\":60}")
        try await top.screen("a reading") { $0.contains { $0.contains("CP-003") && $0.contains("SUPPLYING") && $0.contains("43.0 ███") } }
        top.send("sss")
        try await top.screen("the charging point first") { $0.first { $0.contains("CP-0") }?.contains("CP-003") == true }
        top.send("\r")
        try await top.screen("its page") { $0.contains { $0.contains("─ CP-003 ─") } && $0.contains { $0.contains("charging me") } }
        top.send("\u{1B}")
        try await top.screen("the table again") { $0.contains { $0.contains("POINT") } }
        top.send("/CP-007\r")
        try await top.screen("one point") { $0.filter { $0.contains("ACTIVATED") }.count == 1 && $0.contains { $0.contains("Filter: CP-007") } }
        top.send("\u{1B}")
        top.resize(140, 40)
        try await top.screen("the wide table") { $0.contains { $0.contains("€/kWh") && $0.contains("WHY") } && $0.last?.contains("quit") == true }
        top.send("q")
        #expect(try await top.exitStatus(within: .seconds(3)) == 0)
        try await top.restored()
        try await publish(network, "driver/me/request", "{\"stop\":\"none\"}")
        try await network.stop()
    }

    @Test("Ctrl-C, SIGTERM, SIGHUP and a crash leave the terminal as it was")
    func endings() async throws {
        let network = try await quiet()
        for (ending, status) in [(SIGINT, 0), (SIGTERM, 0), (SIGHUP, 0), (SIGSEGV, 128 + SIGSEGV), (SIGABRT, 128 + SIGABRT)] as [(Int32, Int32)] {
            let top = try top(network)
            try await top.screen("ten points") { $0.contains { $0.contains("10 points") } }
            if ending == SIGINT { top.send("\u{3}") } else { kill(top.pid, ending) }
            #expect(try await top.exitStatus(within: .seconds(3)) == status)
            try await top.restored()
        }
        try await network.stop()
    }

    @Test("Ctrl-Z gives the terminal back and takes it again")
    func suspended() async throws {
        let network = try await quiet()
        let top = try top(network)
        try await top.screen("ten points") { $0.contains { $0.contains("10 points") } }
        top.send("\u{1A}")
        try await top.restored()
        kill(top.pid, SIGCONT)
        try await top.screen("ten points again") { _ in top.isOnAlternateScreen && top.lines.contains { $0.contains("10 points") } }
        top.send("q")
        #expect(try await top.exitStatus(within: .seconds(3)) == 0)
        try await network.stop()
    }

    @Test("Central down is told, on the screen and in the table")
    func centralDown() async throws {
        let network = try await quiet(["--restart-delay", "60s"])
        let top = try top(network)
        try await top.screen("Central") { $0[0].contains("Central is online") }
        kill(try network.pid("central"), SIGKILL)
        let lines = try await top.screen("its absence") { $0[0].contains("Central is OFFLINE") }
        #expect(lines[1].contains("connection lost") && lines.filter { $0.contains("● ACTIVATED") }.count == 10)
        let once = try await network.join("top", ["--once"])
        #expect(try await once.exitStatus(within: .seconds(10)) == 0)
        #expect(once.text.contains("Central is OFFLINE (connection lost)"))
        top.send("q")
        #expect(try await top.exitStatus(within: .seconds(3)) == 0)
        try await network.stop()
    }

    @Test("a broker that is away is told on the screen; in a pipe it is a failure with a reason")
    func noBroker() async throws {
        let port = try freePorts(1)
        let place = ["--mqtt", "mqtt://127.0.0.1:\(port)", "--data", "/tmp/wattline-none"]
        let top = try TerminalProcess(RunningNetwork.binary, ["top"] + place)
        try await top.screen("the reason") { $0[1].contains("Connection refused") }
        top.send("q")
        #expect(try await top.exitStatus(within: .seconds(3)) == 0)
        for command in [["top", "--once", "--timeout", "300ms"], ["top", "--json", "--timeout", "300ms"], ["tail", "--timeout", "300ms"]] {
            let process = try LineProcess(RunningNetwork.binary, command + place)
            #expect(try await process.exitStatus(within: .seconds(5)) == 1)
            #expect(process.text.contains("Connection refused") && process.text.contains("is it running"), "\(process.text)")
        }
    }

    @Test("in a pipe and on a dumb terminal it is a table, once; --json is one object, or a line for each change")
    func once() async throws {
        let network = try await quiet()
        let pipe = try await network.join("top", [])
        #expect(try await pipe.exitStatus(within: .seconds(10)) == 0)
        #expect(pipe.text.contains("10 points: 10 ACTIVATED") && pipe.text.contains("CP-010  ACTIVATED") && !pipe.text.contains("\u{1B}"))
        let dumb = try top(network, environment: ["TERM": "dumb"])
        #expect(try await dumb.exitStatus(within: .seconds(10)) == 0)
        #expect(dumb.output.contains("10 points: 10 ACTIVATED") && !dumb.output.contains("\u{1B}"))
        let document = try await network.join("top", ["--once", "--json"])
        #expect(try await document.exitStatus(within: .seconds(10)) == 0)
        let object = try JSONObject(Array((document.lines.last?.text ?? "").utf8))
        #expect(object["points"]?.elements?.count == 10)
        let changes = try await network.join("top", ["--json"])
        try await changes.line(within: .seconds(10), "a point") { $0.hasPrefix("{\"type\":\"point\"") && $0.contains("\"CP-010\"") }
        changes.signal(SIGTERM)
        #expect(try await changes.exitStatus(within: .seconds(3)) == 0)
        try await network.stop()
    }

    @Test("tail: our own network breaks no rule, with charges and an engine killed")
    func clean() async throws {
        let network = try await RunningNetwork()
        let tail = try await network.join("tail", ["--strict", "--for", "15s", "--color", "never"])
        try await tail.line(within: .seconds(20), "a charge") { $0.contains("SESSION_STARTED") }
        kill(try network.pid("engine", "CP-001"), SIGKILL)
        #expect(try await tail.exitStatus(within: .seconds(30)) == 0, "\(tail.text)")
        #expect(tail.text.contains("none broke the contract"))
        try await network.stop()
    }

    @Test("tail --strict: hardware that breaks the contract is told by rule, and is a failure")
    func strict() async throws {
        let network = try await quiet()
        let tail = try await network.join("tail", ["--strict", "--cp", "MY-1", "--color", "never"])
        try await tail.line(within: .seconds(10), "what is kept") { $0.contains("Central is online") }
        let epoch = "\"epoch\":1795485600000,\"cp\":\"MY-1\""
        try await eventually(network, tail, "cp/MY-1/state", "{\(epoch),\"seq\":1,\"state\":\"ACTIVATED\"}", says: "✗ P4: meter")
        try await eventually(network, tail, "cp/MY-1/state", "not json", says: "✗ TOPICS: published without RETAIN")
        try await eventually(network, tail, "cp/MY 1/state", "{}", says: nil)
        tail.signal(SIGTERM)
        #expect(try await tail.exitStatus(within: .seconds(3)) == 1)
        #expect(tail.text.contains("the contract was broken: TOPICS") && !tail.text.contains("MY 1"), "\(tail.text)")
        try await network.stop()
    }

    private func eventually(_ network: RunningNetwork, _ tail: LineProcess, _ topic: String, _ payload: String, says text: String?) async throws {
        try await publish(network, topic, payload)
        if let text { try await tail.line(within: .seconds(5), text) { $0.contains(text) } }
    }
}
