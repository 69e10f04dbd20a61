import Foundation
import Testing

/// What Central promised outlives it.
@Suite("The ledger", .serialized) struct LedgerScenarios {
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
}
