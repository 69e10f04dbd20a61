import Foundation
import Testing

/// What Central promised outlives it.
@Suite("The ledger") struct LedgerScenarios {
    /// The sessions that were accepted in a stretch of what was heard, and the outcomes that were told of them, repeats included.
    private func accepted(_ network: RunningNetwork, _ range: Range<Int>) -> Set<String> { sessions(network, range, ["\"ACCEPTED\""]) }

    private func sessions(_ network: RunningNetwork, _ range: Range<Int>, _ statuses: [String]) -> Set<String> {
        var found: Set<String> = []
        for line in network.bus.lines[range] where line.text.contains("/status {") && statuses.contains(where: { line.text.contains($0) }) {
            guard let start = line.text.range(of: "\"session\":\"") else { continue }
            found.insert(String(line.text[start.upperBound...].prefix { $0 != "\"" }))
        }
        return found
    }

    @Test(
        "F6: Central killed twice: every session that was open comes to its one outcome, none is an orphan, and old requests are answered as before")
    func centralKilled() async throws {
        let network = try await RunningNetwork()
        var checked: Set<String> = []
        for _ in 0..<2 {
            try await network.message("driver/+/status", "\"COMPLETED\"", from: network.heard, within: .seconds(60))
            let ended = sessions(network, 0..<network.heard, ["\"COMPLETED\"", "\"FAILED\""])
            let open = accepted(network, 0..<network.heard).subtracting(ended)
            let from = network.heard
            kill(try network.pid("central"), SIGKILL)
            try await network.message("central/status", "\"online\":true", from: from, within: .seconds(5))
            for session in open { try await network.message("driver/+/status", "\"COMPLETED\"", session, from: from, within: .seconds(30)) }
            checked.formUnion(open)
        }
        #expect(checked.count >= 4)
        let twice = sessions(network, 0..<network.heard, ["\"COMPLETED\""]).intersection(sessions(network, 0..<network.heard, ["\"FAILED\""]))
        #expect(twice.isEmpty)
        #expect(!network.up.text.contains("not in the ledger"), "\(network.up.text)")
        #expect(!network.up.text.contains("❌ The ledger"))
        try await network.stop()
    }

    @Test("S1, S7: while somebody else holds the ledger nothing is promised, charges go on, nobody is blamed; afterwards everything is billed")
    func locked() async throws {
        let network = try await RunningNetwork()
        try await network.message("driver/+/status", "\"COMPLETED\"", within: .seconds(60))
        let path = network.data.appendingPathComponent("central/ledger.db").path
        let holder = try LineProcess(
            "/usr/bin/python3",
            [
                "-uc",
                """
                import signal, sqlite3, time
                ledger = sqlite3.connect('\(path)', isolation_level=None, timeout=10)
                ledger.execute('BEGIN IMMEDIATE')
                print('held')
                signal.sigwait([signal.SIGTERM])
                """,
            ])
        try await holder.line(within: .seconds(15), "lock") { $0 == "held" }
        let from = network.heard
        try await network.up.line(within: .seconds(20), "complaint") { $0.contains("❌ The ledger:") && $0.contains("another program holds it") }
        try await network.message("driver/+/status", "\"LEDGER_UNAVAILABLE\"", from: from, within: .seconds(20))
        try await network.message("cp/+/event", "\"SESSION_ENDED\"", from: from, within: .seconds(20))
        holder.signal(SIGTERM)
        _ = try await holder.exitStatus(within: .seconds(5))
        try await network.up.line(within: .seconds(20), "recovery") { $0.contains("The ledger is written again") }
        let released = network.heard
        try await network.message("driver/+/status", "\"ACCEPTED\"", from: released, within: .seconds(30))
        let open = accepted(network, 0..<released).subtracting(sessions(network, 0..<released, ["\"COMPLETED\"", "\"FAILED\""]))
        for session in open { try await network.message("driver/+/status", "\"COMPLETED\"", session, from: from, within: .seconds(30)) }
        #expect(sessions(network, 0..<network.heard, ["\"FAILED\""]).isEmpty)
        try await network.stop()
    }

    @Test("S5, S7: Central's disk is full: said once, not ready, nobody FAILED for it; with room again every record closes its session")
    func fullDisk() async throws {
        let data = newFolder()
        let disk = data.appendingPathComponent("central").path
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: data) }
        guard mount("tmpfs", disk, "tmpfs", 0, "size=16m,mode=700") == 0 else {
            return print("NOT TESTED: a full disk, since nothing can be mounted here: \(String(cString: strerror(errno)))")
        }
        defer { umount2(disk, Int32(MNT_DETACH)) }
        let network = try await RunningNetwork(["--http-port", "0"], data: data)
        try await network.message("driver/+/status", "\"COMPLETED\"", within: .seconds(60))
        let port = try await network.dashboardPort()
        let from = network.heard
        fill(disk + "/filling")
        try await network.up.line(within: .seconds(20), "complaint") { $0.contains("❌ The ledger:") && $0.contains("its disk is full") }
        let before = accepted(network, 0..<network.heard).subtracting(sessions(network, 0..<network.heard, ["\"COMPLETED\"", "\"FAILED\""]))
        for session in before { try await network.message("cp/+/event", "\"SESSION_ENDED\"", session, from: 0, within: .seconds(30)) }
        try await network.message("driver/+/status", "\"LEDGER_UNAVAILABLE\"", from: from, within: .seconds(20))
        let health = try LineProcess(RunningNetwork.binary, ["health", "127.0.0.1:\(port)"])
        #expect(try await health.exitStatus(within: .seconds(5)) == 1, "ready means writable: \(health.text)")
        try FileManager.default.removeItem(atPath: disk + "/filling")
        try await network.up.line(within: .seconds(20), "recovery") { $0.contains("The ledger is written again") }
        for session in before { try await network.message("driver/+/status", "\"COMPLETED\"", session, from: from, within: .seconds(30)) }
        #expect(sessions(network, 0..<network.heard, ["\"FAILED\""]).isEmpty)
        let said = network.up.text
        #expect(said.components(separatedBy: "The ledger is written again").count == 2, "\(said)")
        #expect(said.components(separatedBy: "no request is answered until it can").count == 2, "\(said)")
        try await network.stop(removingData: false)
    }

    @Test("S6: a record that was put aside is decided on the command line, while Central runs and when it does not; with a name, once and for all")
    func recordsPutAside() async throws {
        let network = try await RunningNetwork(["--http-port", "0"])
        _ = try await network.dashboardPort()
        try await network.message("central/cp/CP-001", "\"SUPPLYING\"", within: .seconds(60))
        let state = try #require(try await network.message("cp/CP-002/state", "\"epoch\"").line.text.firstMatch(of: /"epoch":(\d+)/)?.1)
        for session in ["S-forged-1", "S-forged-2"] {
            let record =
                "{\"epoch\":\(state),\"event\":\"SESSION_ENDED\",\"cp\":\"CP-002\",\"session\":\"\(session)\",\"driver\":\"eve\",\"meter\":\"m-forged\","
                + "\"meter_start_wh\":0,\"meter_end_wh\":1,\"energy_kwh\":0.001,\"cost_eur\":0,\"started\":\"2026-11-28T10:00:00.000Z\","
                + "\"ended\":\"2026-11-28T10:00:10.000Z\",\"end_reason\":\"completed\",\"ts\":\"2026-11-28T10:00:10.000Z\"}"
            try await publish(network, "cp/CP-002/event", record)
            try await network.message("cp/CP-002/command", "\"ACK\"", session, within: .seconds(10))
        }
        func ledger(_ arguments: String...) async throws -> (status: Int32, text: String) {
            let process = try LineProcess(RunningNetwork.binary, ["ledger"] + arguments + ["--data", network.data.path])
            return (try await process.exitStatus(within: .seconds(20)), process.text)
        }
        #expect(try await ledger("records", "--undecided").text.contains("S-forged-1"))
        let accepted = try await ledger("accept", "S-forged-1", "--meter", "m-forged")
        #expect(accepted.status == 1 && accepted.text.contains("The ledger has no session S-forged-1"), "\(accepted.text)")
        #expect(try await ledger("refuse", "S-forged-1", "--meter", "m-forged").status == 0)
        #expect(try await ledger("refuse", "S-forged-1", "--meter", "m-forged").status == 0, "again is the same")
        #expect(try await ledger("refuse", "S-forged-1", "--meter", "no id!").status == 64)
        try await network.stop(removingData: false)
        let refused = try await ledger("refuse", "S-forged-2", "--meter", "m-forged")
        #expect(refused.status == 0 && refused.text.contains("is refused"), "\(refused.text)")
        let left = try await ledger("records", "--undecided")
        #expect(left.text.contains("No record was put aside"), "\(left.text)")
        #expect(try await ledger("records").text.contains("refused by shared"))
        #expect(try await ledger("refuse", "S-none", "--meter", "m-forged").status == 1)
        let audit = try LineProcess(RunningNetwork.binary, ["audit", "--data", network.data.path])
        #expect(try await audit.exitStatus(within: .seconds(20)) == 0, "\(audit.text)")
        try FileManager.default.removeItem(at: network.data)
    }

    private func fill(_ path: String) {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        guard let file = FileHandle(forWritingAtPath: path) else { return }
        // Until nothing fits any more, to the last byte.
        for size in [65_536, 4096, 1] { while (try? file.write(contentsOf: Data(count: size))) != nil {} }
        try? file.close()
    }
}
