import Foundation
import Testing

/// A network whose broker asks for names: a mosquitto with the plugin, and programs with the credentials of a data directory.
@Suite("Names on the bus") struct IdentityScenarios {
    private static let plugin = URL(fileURLWithPath: RunningNetwork.binary).deletingLastPathComponent().appendingPathComponent("wattline-access.so")
        .path

    /// A broker, Central, one point and one driver.
    private struct Named {
        let data = newFolder()
        let port: Int
        let broker: LineProcess

        init() async throws {
            port = try freePorts(1)
            try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
            let network = """
                {"name":"named","charge_points":[{"id":"CP-1","power_kw":22,"price_eur_per_kwh":0.3,"kind":"AC"}],
                "drivers":[{"id":"alice","every_s":1,"vehicles":1}]}
                """
            try Data(network.utf8).write(to: data.appendingPathComponent("network.json"))
            let named = try await Self.run(data, ["credentials", "init", "--mqtt", "mqtt://127.0.0.1:\(port)"])
            #expect(named.text.contains("7 names in"), "\(named.text)")
            let configuration = """
                listener \(port) 127.0.0.1
                user \(NSUserName())
                plugin \(IdentityScenarios.plugin)
                plugin_opt_access_file \(data.path)/credentials/access
                allow_anonymous true
                check_retain_source false
                log_dest stderr
                connection_messages true

                """
            try Data(configuration.utf8).write(to: data.appendingPathComponent("mosquitto.conf"))
            broker = try LineProcess("/usr/sbin/mosquitto", ["-c", data.path + "/mosquitto.conf"])
            try await broker.line(within: .seconds(5), "broker") { $0.contains("running") }
        }

        static func run(_ data: URL, _ arguments: [String]) async throws -> LineProcess {
            let process = try LineProcess(
                RunningNetwork.binary, arguments + ["--data", data.path, "--network", data.path + "/network.json"])
            #expect(try await process.exitStatus(within: .seconds(10)) == 0, "\(process.text)")
            return process
        }

        @discardableResult
        func credentials(_ arguments: String...) async throws -> LineProcess { try await Self.run(data, ["credentials"] + arguments) }

        func start(_ arguments: String...) throws -> LineProcess {
            try LineProcess(
                RunningNetwork.binary,
                arguments + ["--data", data.path, "--network", data.path + "/network.json", "--mqtt", "mqtt://127.0.0.1:\(port)", "--color", "never"])
        }

        /// A mosquitto client; under the name of a driver, or without any.
        func client(_ program: String, _ arguments: [String], as driver: String? = nil) throws -> LineProcess {
            guard let driver else { return try LineProcess("/usr/bin/\(program)", ["-p", "\(port)"] + arguments) }
            let place = ["as", "--data", data.path, "--network", data.path + "/network.json"]
            return try LineProcess(RunningNetwork.binary, place + ["driver", driver, program] + arguments)
        }
    }

    private func stop(_ processes: [LineProcess], _ network: Named) async throws {
        for process in processes {
            process.signal(SIGTERM)
            #expect(try await process.exitStatus(within: .seconds(8)) == 0, "\(process.text.suffix(1000))")
        }
        network.broker.signal(SIGTERM)
        _ = try await network.broker.exitStatus(within: .seconds(5))
        try FileManager.default.removeItem(at: network.data)
    }

    @Test("P3: with names all charge as before; without one anybody looks on and writes nothing; a name that is revoked is gone within a second")
    func named() async throws {
        let network = try await Named()
        let engine = try network.start("engine", "--cp", "CP-1", "--health-port", "0")
        let health = try await engine.healthPort()
        let monitor = try network.start("monitor", "--cp", "CP-1", "--engine", "127.0.0.1:\(health)")
        let central = try network.start("central")
        let driver = try network.start("driver", "--name", "alice", "--points", "CP-1")
        try await driver.line(within: .seconds(20), "a charge") { $0.contains("ACCEPTED") }

        let watcher = try network.client("mosquitto_sub", ["-v", "-t", "cp/#", "-t", "central/#"])
        try await watcher.line(within: .seconds(5), "a reading") { $0.hasPrefix("cp/CP-1/telemetry") }
        // Whoever gives no name says nothing that anybody hears, and hears nothing personal.
        let liar = try network.client("mosquitto_pub", ["-V", "5", "-q", "1", "-t", "cp/CP-1/state", "-r", "-m", "nonsense"])
        _ = try await liar.exitStatus(within: .seconds(5))
        let curious = try network.client("mosquitto_sub", ["-V", "5", "-W", "3", "-v", "-t", "driver/#"])
        _ = try await curious.exitStatus(within: .seconds(8))
        #expect(!curious.text.contains("driver/alice") && !watcher.text.contains("nonsense"))
        // Nobody is who he is not.
        let thief = try network.client("mosquitto_sub", ["-V", "5", "-i", "central", "-t", "cp/#", "-W", "2"])
        #expect(try await thief.exitStatus(within: .seconds(5)) != 0)

        try await network.credentials("revoke", "engine", "CP-1")
        let revoked = ContinuousClock.now
        try await watcher.line(within: .seconds(2), "its will") { $0.hasPrefix("cp/CP-1/state") && $0.contains("connection lost") }
        try await watcher.line(within: .seconds(2), "the verdict") { $0.hasPrefix("central/cp/CP-1") && $0.contains("FAULTY") }
        #expect(ContinuousClock.now - revoked < .seconds(3))
        // It comes back with another password, which its program finds by itself.
        try await network.credentials("add", "engine", "CP-1")
        let from = ContinuousClock.now
        try await driver.line(within: .seconds(60), "a charge after that") { $0.contains("ACCEPTED") }
        #expect(ContinuousClock.now - from < .seconds(60))
        watcher.signal(SIGTERM)
        try await stop([driver, monitor, engine, central], network)
    }

    @Test("by hand: a driver's name is one command, and its password is in no argument list")
    func byHand() async throws {
        let network = try await Named()
        let shown = try await network.credentials("add", "driver", "me", "--json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(shown.text.utf8)) as? [String: Any])
        #expect(object["username"] as? String == "driver:me" && object["client_id"] as? String == "driver:me")
        #expect(object["mqtt"] as? String == "mqtt://127.0.0.1:\(network.port)" && object["ca"] is NSNull)
        let central = try network.start("central")
        let there = try network.client("mosquitto_sub", ["-V", "5", "-C", "1", "-W", "10", "-t", "central/status"])
        #expect(try await there.exitStatus(within: .seconds(12)) == 0)
        // A name that nobody gave is given.
        let mine = try network.client("mosquitto_rr", ["-t", "driver/you/request", "-e", "driver/you/status", "-m", "{}", "-W", "10"], as: "you")
        #expect(try await mine.exitStatus(within: .seconds(12)) == 0 && mine.text.contains("driver you has a name now"), "\(mine.text)")
        #expect(mine.text.contains("\"status\":"), "\(mine.text)")
        let status = try await network.client("mosquitto_pub", ["-q", "1", "-t", "driver/me/request", "-m", "{\"cp\":\"CP-1\"}"], as: "me")
            .exitStatus(within: .seconds(5))
        #expect(status == 0)
        let other = try network.client("mosquitto_pub", ["-V", "5", "-q", "1", "-t", "driver/alice/request", "-m", "{}"], as: "me")
        _ = try await other.exitStatus(within: .seconds(5))
        #expect(other.text.lowercased().contains("not authori") || other.text.contains("135"), "\(other.text)")
        let place = ["--data", network.data.path, "--network", network.data.path + "/network.json"]
        for (arguments, said) in [
            (["credentials", "add", "driver", "me"], "a new one"), (["credentials", "show", "driver", "nobody"], "nobody is called driver nobody"),
            (["credentials", "add", "king", "x"], "ROLE=\"king\""), (["credentials", "add", "engine", "x/y"], "is no id"),
            (["credentials", "add", "point", "CP-9..CP-1"], "charge points like"),
            (["as", "driver", "me"], "a program behind the id"), (["as", "driver", "me", "mosquitto_pup"], "No such file"),
            (["as", "drivr", "me", "true"], "ROLE=\"drivr\""), (["as", "driver", "a/b", "true"], "is no id"),
        ] {
            let wrong = try LineProcess(
                RunningNetwork.binary, arguments[0] == "as" ? ["as"] + place + arguments.dropFirst() : arguments + place)
            #expect(try await wrong.exitStatus(within: .seconds(5)) != 0)
            #expect(wrong.text.contains(said), "\(wrong.text)")
        }
        try await stop([central], network)
    }

    @Test("the manual's commands do what it says, beside 27 processes that charge on") func manual() async throws {
        let blocks = try commandBlocks(of: "docs/security.md")
        // Those on TLS are Tests/Acceptance/tls_test.py's.
        #expect(blocks.count == 7)
        let options = try #require(blocks[0].firstMatch(of: #/--data (\S+)\n/#))
        let network = try await RunningNetwork(["--access", "known"])
        try await network.message("central/cp/CP-001", "\"SUPPLYING\"", within: .seconds(40))
        // The broker of a test listens elsewhere than where mosquitto's clients look.
        let script = (blocks[1...3].joined() + blocks[6]).replacing(
            "alias wattline='.build/release/wattline'", with: "wattline() { \(RunningNetwork.binary) \"$@\"; }"
        )
        .replacing(options.1, with: network.data.path).replacing("mosquitto_sub -C", with: "mosquitto_sub -p \(network.port) -C")
        let shell = try LineProcess("/bin/bash", ["-ec", script])
        #expect(try await shell.exitStatus(within: .seconds(60)) == 0, "\(shell.text)")
        #expect(shell.text.contains("cp/CP-0") && shell.text.contains("driver-alice"), "\(shell.text)")
        #expect(shell.text.contains("\"request\":\"my-first\""), "\(shell.text)")
        // Whose password was changed charges on.
        let after = network.bus.lines.count
        try await network.message("cp/CP-001/telemetry", from: after, within: .seconds(60))
        try await network.stop()
    }
}
