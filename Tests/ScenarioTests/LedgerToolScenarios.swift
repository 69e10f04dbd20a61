import Foundation
import Testing

/// What a person asks the ledger, while Central writes it.
@Suite("Tools for the ledger") struct LedgerToolScenarios {
    private func run(_ arguments: String...) async throws -> (status: Int32, text: String) {
        let process = try LineProcess(RunningNetwork.binary, arguments)
        let status = try await process.exitStatus(within: .seconds(20))
        return (status, process.text)
    }

    @Test("sessions, ticket, export, audit, check, backup and prune while the network runs; the backup passes the audit as well")
    func tools() async throws {
        let network = try await RunningNetwork()
        let data = network.data.path
        let done = try await network.message("driver/+/status", "\"COMPLETED\"", within: .seconds(60))
        let id = try #require(done.line.text.firstMatch(of: /"session":"([^"]+)"/)?.1)
        let sessions = try await run("sessions", "--data", data, "--only", "complete")
        #expect(sessions.status == 0 && sessions.text.contains(id) && sessions.text.hasPrefix("ACCEPTED (UTC)"))
        let ticket = try await run("ticket", String(id.suffix(8)), "--data", data)
        #expect(ticket.text.contains("Session \(id) is COMPLETED") && ticket.text.contains("complete: by the engine's own record"), "\(ticket.text)")
        let exported = try await run("export", "--json", "--data", data, "--only", "complete")
        #expect(exported.text.contains("\"session\":\"\(id)\""))
        let audit = try await run("audit", "--data", data)
        #expect(audit.status == 0 && audit.text.hasSuffix("The audit holds."), "\(audit.text)")
        #expect(try await run("ledger", "check", "--data", data).status == 0)
        let copy = network.data.appendingPathComponent("copy.db").path
        #expect(try await run("ledger", "backup", copy, "--data", data).text.contains("is whole"))
        #expect(try await run("ledger", "backup", copy, "--data", data).text.contains("is there already"))
        #expect(try await run("audit", "--ledger", copy).status == 0)
        #expect(try await run("ledger", "prune", "--older-than", "30d", "--data", data).text.contains("Nothing to prune"))
        let early = try await run("ledger", "prune", "--older-than", "1d", "--data", data)
        #expect(early.status == 64 && early.text.contains("--older-than=\"1d\": expected a duration"))
        let missing = try await run("audit", "--data", "/nonexistent")
        #expect(missing.status == 66 && missing.text.contains("no ledger /nonexistent/central/ledger.db"))
        #expect(try await run("ticket", "nothing", "--data", data).status == 1)
        try await network.stop()
    }

    @Test("F11: chaos by a seed: engines, monitors, drivers, Central and the broker in turn, and the audit holds")
    func chaos() async throws {
        let network = try await RunningNetwork()
        let chaos = try await network.join("chaos", ["--seed", "1", "--duration", "20s", "--every", "1s", "--color", "never"])
        let status = try await chaos.exitStatus(within: .seconds(240))
        #expect(status == 0, "\(chaos.text)")
        #expect(chaos.text.contains("faults, and everything held"))
        try await network.stop()
    }

    @Test("P6, P9: chaos with a stranger who lies on every topic, while engines are killed: all are served again, and the audit holds")
    func strangerAtWork() async throws {
        let network = try await RunningNetwork()
        let chaos = try await network.join(
            "chaos", ["--seed", "2", "--duration", "15s", "--every", "3s", "--only", "engine", "--ways", "kill", "--stranger", "--color", "never"])
        let status = try await chaos.exitStatus(within: .seconds(240))
        #expect(status == 0, "\(chaos.text)")
        #expect(chaos.text.contains("the stranger has said") && chaos.text.contains("faults, and everything held"), "\(chaos.text)")
        #expect(!network.up.text.contains("another copy of"), "\(network.up.text.suffix(2000))")
        try await network.stop()
    }

    @Test("chaos that is interrupted mends what is broken before it ends, and says that it was not whole; a signal that comes twice at once is one")
    func interruptedChaos() async throws {
        let network = try await RunningNetwork()
        let chaos = try await network.join(
            "chaos", ["--seed", "1", "--every", "400ms", "--ways", "hang", "--only", "engine,monitor", "--color", "never"])
        var last = -1
        for _ in 0..<4 {
            last = try await chaos.line(from: last + 1, within: .seconds(60), "hung engine", where: { $0.contains(" hung for ") }).index
        }
        chaos.signal(SIGINT)
        chaos.signal(SIGINT)
        #expect(try await chaos.exitStatus(within: .seconds(30)) == 1, "\(chaos.text)")
        #expect(chaos.text.contains("Interrupted: what was broken is mended"), "\(chaos.text)")
        let hung = chaos.text.split(separator: "\n").count { $0.contains(" hung for ") }
        #expect(chaos.text.split(separator: "\n").count { $0.hasSuffix(" goes on") } == hung, "\(chaos.text)")
        try await network.stop()
    }
}
