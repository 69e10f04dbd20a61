import Foundation
import Testing

/// Somebody on the bus who says what nobody there could have said.
@Suite("A stranger") struct StrangerScenarios {
    private let highest = "9007199254740990"

    private func forge(_ port: Int, _ topic: String, _ rest: String, retained: Bool) async throws {
        try await say(port, topic, #"{"epoch":\#(highest),\#(rest),"ts":"2026-11-28T10:00:00.000Z"}"#, retained: retained)
    }

    private func say(_ port: Int, _ topic: String, _ payload: String, retained: Bool = true) async throws {
        let process = try LineProcess(
            "/usr/bin/mosquitto_pub", ["-p", "\(port)", "-q", "1", "-t", topic, "-m", payload] + (retained ? ["-r"] : []))
        #expect(try await process.exitStatus(within: .seconds(5)) == 0, "\(process.text)")
    }

    private func forgeAll(_ port: Int, _ cp: String = "CP-001", retained: Bool) async throws {
        let state = #""cp":"\#(cp)","state":"STOPPED","meter":"nobodys","meter_wh":1,"reason":"a stranger says so","#
        try await forge(port, "cp/\(cp)/state", state + #""seq":9"#, retained: retained)
        try await forge(port, "cp/\(cp)/health", #""cp":"\#(cp)","health":"OK","failures":0,"reason":"a stranger says so""#, retained: retained)
        try await forge(port, "central/status", #""online":true,"protocol":1,"software":"none""#, retained: retained)
        try await forge(port, "cp/\(cp)/command", #""command":"REBIRTH","id":"x""#, retained: false)
    }

    /// Asks until a charge at a point is completed: within 30 s of the stranger's last word everybody is served as before.
    private func charges(_ network: RunningNetwork, _ name: String, at cp: String = "CP-001") async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        let from = network.heard
        for number in 0... {
            try await publish(network, "driver/me/request", #"{"request":"\#(name)-\#(number)","cp":"\#(cp)","duration_s":1}"#)
            do {
                try await network.message("driver/me/status", "\"COMPLETED\"", "\"\(name)-", from: from, within: .seconds(3))
                return
            } catch let error as ScenarioError {
                guard ContinuousClock.now < deadline else { throw error }
            }
        }
    }

    @Test("P6, P9: an epoch that nobody has, on the topics of an engine, its monitor and Central, silences none of them")
    func forgedEpochs() async throws {
        let network = try await RunningNetwork(["--open", "--drivers", "none"])
        // All are started then, and in the state file.
        for cp in ["CP-001", "CP-010"] {
            try await network.message("central/cp/\(cp)", "\"ACTIVATED\"", "\"available\":true", within: .seconds(15))
        }
        let those = [("central", nil), ("engine", "CP-001"), ("monitor", "CP-001")] as [(String, String?)]
        let before = try those.map { try network.pid($0.0, $0.1) }
        for retained in [false, true] {
            try await forgeAll(network.port, retained: retained)
            try await charges(network, retained ? "kept" : "said")
        }
        #expect(try those.map { try network.pid($0.0, $0.1) } == before, "nobody was restarted for it")
        #expect(!network.up.text.contains("restarting"), "\(network.up.text.suffix(2000))")
        #expect(network.up.text.contains("Open: the broker asks nobody for a name"))
        // What the broker keeps is said by those whose topics they are.
        let kept = try LineProcess(
            "/usr/bin/mosquitto_sub",
            ["-p", "\(network.port)", "--retained-only", "-W", "3", "-t", "cp/CP-001/state", "-t", "cp/CP-001/health", "-t", "central/status"])
        _ = try await kept.exitStatus(within: .seconds(10))
        #expect(kept.lines.filter { $0.text.hasPrefix("{") }.count == 3 && !kept.text.contains(highest), "\(kept.text)")
        try await network.stop()
    }

    @Test("P9: engine and Central that start under such an epoch, kept by the broker, are there and are served")
    func startedUnderForgedEpochs() async throws {
        let network = try await RunningNetwork(["--open", "--drivers", "none"])
        // All are started then, and in the state file.
        for cp in ["CP-001", "CP-010"] {
            try await network.message("central/cp/\(cp)", "\"ACTIVATED\"", "\"available\":true", within: .seconds(15))
        }
        let central = try network.pid("central")
        let engine = try network.pid("engine", "CP-001")
        kill(central, SIGKILL)
        kill(engine, SIGKILL)
        try await forgeAll(network.port, retained: true)
        try await charges(network, "again")
        #expect(try network.pid("central") != central && network.pid("engine", "CP-001") != engine)
        #expect(!network.up.text.contains("leaves no room") && !network.up.text.contains("gives way"), "\(network.up.text.suffix(2000))")
        try await network.stop()
    }

    /// What the broker keeps on a topic.
    private func kept(_ port: Int, _ topic: String) async throws -> String {
        let process = try LineProcess("/usr/bin/mosquitto_sub", ["-p", "\(port)", "--retained-only", "-C", "1", "-W", "3", "-t", topic])
        _ = try await process.exitStatus(within: .seconds(10))
        return process.text
    }

    private func epoch(_ port: Int, on topic: String) async throws -> String {
        let text = try await kept(port, topic)
        let digits = text.firstMatch(of: /"epoch":\s?(\d+)/)?.1
        return String(try #require(digits, "\(topic): \(text)"))
    }

    @Test(
        "P6, P7, P9: under the epoch that it has, no word of a stranger's silences a client that lives, changes its price, or stays with the broker",
        arguments: [false, true])
    func epochsThatThereAre(isPython: Bool) async throws {
        let network = try await RunningNetwork(["--open", "--drivers", "none"])
        let cp = isPython ? "CP-PY" : "CP-001"
        let health = try freePorts(1)
        let own =
            isPython
            ? [
                try network.python("charge_point", cp, ["--health-port", "\(health)"]),
                try network.python("monitor", cp, ["--engine", "127.0.0.1:\(health)"]),
            ] : []
        try await network.message("central/cp/\(cp)", "\"ACTIVATED\"", "\"available\":true", within: .seconds(15))
        let port = network.port
        let why = "a stranger says so"
        let words: [(topic: String, payload: (String) -> String)] = [
            ("cp/\(cp)/state", { #"{"epoch":\#($0),"cp":"\#(cp)","state":"DISCONNECTED","reason":"\#(why)"}"# }),
            (
                "cp/\(cp)/state",
                {
                    #"{"epoch":\#($0),"seq":9007199254740991,"cp":"\#(cp)","state":"STOPPED","meter":"x","meter_wh":1,"reason":"\#(why)","ts":"2026-11-28T10:00:00.000Z"}"#
                }
            ), ("cp/\(cp)/state", { _ in "{}" }),
            ("cp/\(cp)/health", { #"{"epoch":\#($0),"cp":"\#(cp)","health":"UNMONITORED","reason":"\#(why)"}"# }),
            (
                "cp/\(cp)/info",
                {
                    #"{"epoch":\#($0),"cp":"\#(cp)","power_kw":1,"price_eur_per_kwh":999,"kind":"\#(why)","meter":"x","software":"s","protocol":1,"ts":"2026-11-28T10:00:00.000Z"}"#
                }
            ),
            (
                "central/cp/\(cp)",
                {
                    #"{"epoch":\#($0),"cp":"\#(cp)","verdict":"FAULTY","available":false,"why":"\#(why)","breaker":"closed","ts":"2026-11-28T10:00:00.000Z"}"#
                }
            ), ("central/cp/\(cp)", { _ in #"{"why":"\#(why)"}"# }),
            ("central/status", { #"{"epoch":\#($0),"online":false,"reason":"\#(why)"}"# }),
        ]
        for (number, word) in words.enumerated() {
            let topic = word.topic.hasPrefix("central/cp") ? "central/status" : word.topic
            try await say(port, word.topic, word.payload(try await epoch(port, on: topic)))
            try await charges(network, "word-\(number)", at: cp)
        }
        for topic in Set(words.map(\.topic)).sorted() {
            let text = try await kept(port, topic)
            #expect(text.contains("\"epoch\"") && !text.contains(why), "\(topic): \(text)")
        }
        let tickets = try await kept(port, "driver/me/ticket")
        #expect(tickets.contains("COMPLETED") && !tickets.contains(":999"), "\(tickets)")
        let (from, central) = (network.heard, try await epoch(port, on: "central/status"))
        try await say(port, "driver/me/ticket", #"{"epoch":\#(central),"driver":"me","tickets":[]}"#)
        try await network.message("driver/me/ticket", "COMPLETED", from: from, within: .seconds(5))
        #expect(!network.up.text.contains("restarting") && own.allSatisfy(\.isRunning), "\(network.up.text.suffix(2000))")
        for process in own {
            process.signal(SIGTERM)
            #expect(try await process.exitStatus(within: .seconds(5)) == 0, "\(process.text)")
        }
        try await network.stop()
    }

    @Test("P6, P9: nor does it silence those in Python, which are written by the protocol alone") func python() async throws {
        let network = try await RunningNetwork(["--open", "--drivers", "none"])
        let port = try freePorts(1)
        let engine = try network.python("charge_point", "CP-PY", ["--health-port", "\(port)"])
        let monitor = try network.python("monitor", "CP-PY", ["--engine", "127.0.0.1:\(port)"])
        try await network.message("central/cp/CP-PY", "\"ACTIVATED\"", "\"available\":true", within: .seconds(15))
        for retained in [false, true] {
            try await forgeAll(network.port, "CP-PY", retained: retained)
            try await charges(network, retained ? "kept" : "said", at: "CP-PY")
        }
        for process in [monitor, engine] {
            #expect(process.isRunning, "\(process.text)")
            process.signal(SIGTERM)
            #expect(try await process.exitStatus(within: .seconds(5)) == 0, "\(process.text)")
        }
        try await network.stop()
    }
}
