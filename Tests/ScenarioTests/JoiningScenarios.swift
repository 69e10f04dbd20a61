import Foundation
import Testing

/// Who is in no list joins a running network.
@Suite("Joining a network") struct JoiningScenarios {
    @Test("a charge point, its monitor and a driver that nobody listed are registered, assigned and billed; twenty more from two processes, too")
    func unlisted() async throws {
        let network = try await RunningNetwork(["--drivers", "none"])
        let engine = try await network.join("engine", ["--cp", "CP-011", "--power", "22", "--price", "0.30", "--kind", "Standard AC"])
        let port = try await engine.healthPort()
        let monitor = try await network.join("monitor", ["--cp", "CP-011", "--engine", "127.0.0.1:\(port)"])
        try await network.message("central/cp/CP-011", "\"ACTIVATED\"", within: .seconds(10))
        try await monitor.line(within: .seconds(5), "registration") { $0.contains("CP CP-011 registered with Central") }
        let driver = try await network.join("driver", ["--name", "driver-frank", "--every", "500ms", "--points", "CP-011"])
        try await driver.line(within: .seconds(20), "end of a charge") { $0.contains("driver-frank | CP-011 | COMPLETED") }

        let first = try freePorts(20)
        let fleet = ["--cp", "CP-0001..CP-0020", "--power", "50", "--price", "0.35", "--health-port", "\(first)"]
        let engines = try await network.join("engine", fleet)
        let monitors = try await network.join("monitor", ["--cp", "CP-0001..CP-0020", "--engine", "127.0.0.1:\(first)"])
        for number in 1...20 {
            try await network.message("central/cp/CP-00\(number < 10 ? "0" : "")\(number)", "\"ACTIVATED\"", within: .seconds(10))
        }
        for process in [driver, monitor, engine, monitors, engines] {
            process.signal(SIGTERM)
            #expect(try await process.exitStatus(within: .seconds(3)) == 0, "\(process.text)")
        }
        try await network.message("cp/CP-0020/state", "\"DISCONNECTED\"", "\"stopped\"", within: .seconds(5))
        try await network.message("cp/CP-011/health", "\"UNMONITORED\"", "\"stopped\"", within: .seconds(5))
        try await network.stop()
    }

    @Test("S3: a killed process of three points keeps one journal; started again in other company, each brings its record")
    func regrouped() async throws {
        let network = try await RunningNetwork(["--drivers", "none"])
        let first = try freePorts(3)
        func engine(_ points: String, port: Int) async throws -> LineProcess {
            try await network.join("engine", ["--cp", points, "--power", "50", "--price", "0.35", "--health-port", "\(port)"])
        }
        let together = try await engine("CP-021..CP-023", port: first)
        let monitors = try await network.join("monitor", ["--cp", "CP-021..CP-023", "--engine", "127.0.0.1:\(first)"])
        for cp in ["CP-021", "CP-022", "CP-023"] {
            try await network.message("central/cp/\(cp)", "\"ACTIVATED\"", "\"available\":true", within: .seconds(10))
            try await publish(network, "driver/of-\(cp)/request", "{\"cp\":\"\(cp)\",\"duration_s\":60}")
            try await network.message("driver/of-\(cp)/status", "\"IN_PROGRESS\"", within: .seconds(10))
        }
        together.signal(SIGKILL)
        let from = network.heard
        // The first of them is another one, and one is alone.
        let pair = try await engine("CP-022,CP-023", port: first + 1)
        let alone = try await engine("CP-021", port: first)
        for cp in ["CP-021", "CP-022", "CP-023"] {
            try await network.message("driver/of-\(cp)/status", "\"interrupted\"", "\"complete\":true", from: from, within: .seconds(15))
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: network.data.path + "/journals/engine")
        #expect(files.contains("CP-022"))
        for process in [monitors, pair, alone] {
            process.signal(SIGTERM)
            #expect(try await process.exitStatus(within: .seconds(5)) == 0, "\(process.text)")
        }
        // Its audit reads the journals where they are now.
        try await network.stop()
    }

    @Test("P9: of two copies of a client one gives way, says so and ends with a failure; the point is served by the other")
    func twoCopies() async throws {
        let network = try await RunningNetwork(["--drivers", "none"])
        let point = ["--cp", "CP-011", "--power", "22", "--price", "0.30"]
        let first = try await network.join("engine", point)
        let monitor = try await network.join("monitor", ["--cp", "CP-011", "--engine", "127.0.0.1:\(try await first.healthPort())"])
        try await network.message("central/cp/CP-011", "\"ACTIVATED\"", within: .seconds(10))
        let elsewhere = network.data.path + "-copy"
        defer { try? FileManager.default.removeItem(atPath: elsewhere) }
        let broker = "mqtt://127.0.0.1:\(network.port)"
        let names = ["--credentials", network.data.path + "/credentials"]
        let second = try LineProcess(RunningNetwork.binary, ["engine", "--mqtt", broker, "--data", elsewhere] + names + point)
        let deadline = ContinuousClock.now + .seconds(10)
        while first.isRunning && second.isRunning && ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(10)) }
        let (loser, winner) = first.isRunning ? (second, first) : (first, second)
        #expect(try await loser.exitStatus(within: .seconds(1)) == 1)
        #expect(loser.text.contains("another copy of engine:CP-011 is at work"), "\(loser.text)")
        #expect(winner.isRunning)
        for process in [winner, monitor] {
            process.signal(SIGTERM)
            #expect(try await process.exitStatus(within: .seconds(3)) == 0, "\(process.text)")
        }
        try await network.stop()
    }

    @Test("P9: a copy of one point of a process ends that point there and not the others")
    func copyOfOne() async throws {
        let network = try await RunningNetwork(["--drivers", "none"])
        let port = try freePorts(2)
        let rating = ["--power", "22", "--price", "0.30"]
        let both = try await network.join("engine", ["--cp", "CP-021,CP-022", "--health-port", "\(port)"] + rating)
        let monitors = try await network.join("monitor", ["--cp", "CP-021,CP-022", "--engine", "127.0.0.1:\(port)"])
        for cp in ["CP-021", "CP-022"] { try await network.message("central/cp/\(cp)", "\"available\":true", within: .seconds(10)) }
        let elsewhere = network.data.path + "-copy"
        defer { try? FileManager.default.removeItem(atPath: elsewhere) }
        let broker = "mqtt://127.0.0.1:\(network.port)"
        let names = ["--credentials", network.data.path + "/credentials"]
        let copy = try LineProcess(RunningNetwork.binary, ["engine", "--mqtt", broker, "--data", elsewhere, "--cp", "CP-021"] + names + rating)
        try await both.line(within: .seconds(15), "giving way") { $0.contains("another copy of engine:CP-021 is at work") }
        let from = network.heard
        try await publish(network, "driver/me/request", #"{"request":"R1","cp":"CP-022","duration_s":1}"#)
        try await network.message("driver/me/status", "\"COMPLETED\"", "\"R1\"", from: from, within: .seconds(10))
        for (process, status) in [(monitors, 0), (copy, 0), (both, 1)] as [(LineProcess, Int32)] {
            #expect(process.isRunning, "\(process.text)")
            process.signal(SIGTERM)
            #expect(try await process.exitStatus(within: .seconds(5)) == status, "\(process.text)")
        }
        try await network.stop()
    }

    @Test("a charge point and a monitor in Python, written by the protocol alone, are registered, verdicted, assigned and billed like ours")
    func python() async throws {
        let network = try await RunningNetwork(["--drivers", "none"])
        let port = try freePorts(1)
        let start = { try network.python("charge_point", "CP-PY", ["--health-port", "\(port)"]) }
        let engine = try start()
        let monitor = try network.python("monitor", "CP-PY", ["--engine", "127.0.0.1:\(port)"])
        try await network.message("central/cp/CP-PY", "\"ACTIVATED\"", "\"available\":true", within: .seconds(15))
        try await publish(network, "driver/me/request", "{\"cp\":\"CP-PY\",\"duration_s\":2}")
        try await network.message("driver/me/status", "\"CP-PY\"", "\"COMPLETED\"", "\"complete\":true", within: .seconds(10))

        try await publish(network, "driver/me/request", "{\"cp\":\"CP-PY\",\"duration_s\":60}")
        try await network.message("driver/me/status", "\"CP-PY\"", "\"IN_PROGRESS\"", from: network.heard, within: .seconds(10))
        let from = network.heard
        engine.signal(SIGKILL)
        try await network.message("central/cp/CP-PY", "\"FAULTY\"", "engine lost", from: from, within: .seconds(2))
        let again = try start()
        try await network.message("driver/me/status", "\"FAILED\"", "\"interrupted\"", "\"complete\":true", from: from, within: .seconds(10))
        try await network.message("central/cp/CP-PY", "\"ACTIVATED\"", from: from, within: .seconds(10))
        for process in [monitor, again] {
            process.signal(SIGTERM)
            #expect(try await process.exitStatus(within: .seconds(5)) == 0, "\(process.text)")
        }
        try await network.stop()
    }
}
