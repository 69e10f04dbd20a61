import Foundation
import Testing

/// Real processes of a release build, killed as users kill them.
@Suite("A network of processes") struct NetworkScenarios {
    @Test("ten sessions run by themselves: every one ACCEPTED, reported and COMPLETED; a clean stop leaves nothing")
    func tenSessions() async throws {
        let network = try await RunningNetwork()
        var index = 0
        for _ in 0..<10 { index = try await network.message("driver/+/status", "\"COMPLETED\"", from: index, within: .seconds(60)).index + 1 }
        let lines = network.bus.lines.map(\.text)
        let accepted = lines.filter { $0.contains("\"ACCEPTED\"") }
        #expect(accepted.count >= 10)
        #expect(!lines.contains { $0.contains("\"FAILED\"") })
        #expect(lines.filter { $0.contains("/telemetry ") }.count > 50)
        #expect(network.up.text.contains("registered successfully"))
        #expect(!network.up.text.contains("warning"))
        try await network.stop()
    }

    @Test("F1, F2: an engine killed is FAULTY within a second, refuses drivers, and is back by itself")
    func engineKilled() async throws {
        let network = try await RunningNetwork()
        try await network.message("central/cp/CP-003", "\"SUPPLYING\"", within: .seconds(60))
        let from = network.heard
        let killed = ContinuousClock.now
        kill(try network.pid("engine", "CP-003"), SIGKILL)
        let faulty = try await network.message("central/cp/CP-003", "\"FAULTY\"", "engine lost", from: from, within: .seconds(5))
        #expect(faulty.line.at - killed < .seconds(1))
        let failed = try await network.message("driver/+/status", "\"CP-003\"", "\"FAILED\"", from: from, within: .seconds(12))
        #expect(failed.line.at - killed < .seconds(8))
        try await network.message("central/cp/CP-003", "\"ACTIVATED\"", from: faulty.index, within: .seconds(15))
        try await network.message("cp/CP-003/event", "\"SESSION_ENDED\"", "\"interrupted\"", from: from, within: .seconds(5))
        try await network.stop()
    }

    @Test("F3: an engine that hangs is FAULTY within six seconds, and its record completes the bill when it goes on")
    func engineHung() async throws {
        let network = try await RunningNetwork()
        try await network.message("central/cp/CP-001", "\"SUPPLYING\"", within: .seconds(60))
        let from = network.heard
        let pid = try network.pid("engine", "CP-001")
        let hung = ContinuousClock.now
        kill(pid, SIGSTOP)
        let faulty = try await network.message("cp/CP-001/health", "\"FAULTY\"", from: from, within: .seconds(10))
        #expect(faulty.line.at - hung < .seconds(6.5))
        try await network.message("driver/+/status", "\"CP-001\"", "\"FAILED\"", "\"fault\"", from: from, within: .seconds(3))
        // Past the keepalive, so that the engine has to drop a stale connection (P12).
        try await network.message("cp/CP-001/state", "\"DISCONNECTED\"", from: from, within: .seconds(15))
        kill(pid, SIGCONT)
        let record = try await network.message("cp/CP-001/event", "\"SESSION_ENDED\"", from: from, within: .seconds(10))
        try await network.message("driver/+/status", "\"CP-001\"", "\"FAILED\"", "\"complete\":true", from: record.index, within: .seconds(5))
        try await network.message("central/cp/CP-001", "\"ACTIVATED\"", from: record.index, within: .seconds(10))
        try await network.stop()
    }

    @Test("F4: a monitor killed takes its point off the list within a second, but the running charge is finished and billed")
    func monitorKilled() async throws {
        let network = try await RunningNetwork()
        let supplying = try await network.message("central/cp/CP-002", "\"SUPPLYING\"", within: .seconds(60))
        let from = network.heard
        let killed = ContinuousClock.now
        kill(try network.pid("monitor", "CP-002"), SIGKILL)
        let gone = try await network.message("central/cp/CP-002", "\"DISCONNECTED\"", from: from, within: .seconds(5))
        #expect(gone.line.at - killed < .seconds(1))
        try await network.message("driver/+/status", "\"CP-002\"", "\"COMPLETED\"", from: supplying.index, within: .seconds(15))
        try await network.message("central/cp/CP-002", "\"ACTIVATED\"", from: gone.index, within: .seconds(15))
        try await network.stop()
    }

    @Test("F5: engine and monitor killed: DISCONNECTED, and the session FAILED as soon as the engine is back")
    func bothKilled() async throws {
        let network = try await RunningNetwork()
        try await network.message("central/cp/CP-004", "\"SUPPLYING\"", within: .seconds(60))
        let from = network.heard
        kill(try network.pid("monitor", "CP-004"), SIGKILL)
        kill(try network.pid("engine", "CP-004"), SIGKILL)
        try await network.message("central/cp/CP-004", "\"DISCONNECTED\"", from: from, within: .seconds(3))
        try await network.message("driver/+/status", "\"CP-004\"", "\"FAILED\"", "\"interrupted\"", from: from, within: .seconds(15))
        try await network.message("central/cp/CP-004", "\"ACTIVATED\"", from: from, within: .seconds(15))
        try await network.stop()
    }

    @Test("F6: Central killed: charges go on, drivers wait and are served again by the next one, which knows every point within seconds")
    func centralKilled() async throws {
        let network = try await RunningNetwork()
        try await network.message("central/cp/CP-002", "\"SUPPLYING\"", within: .seconds(60))
        let from = network.heard
        kill(try network.pid("central"), SIGKILL)
        let away = try await network.message("central/status", "\"online\":false", "connection lost", from: from, within: .seconds(2))
        try await network.message("cp/CP-002/telemetry", "\"power_kw\":50.0", from: away.index, within: .seconds(3))
        let back = try await network.message("central/status", "\"online\":true", from: away.index, within: .seconds(5))
        for line in network.bus.lines[away.index..<back.index] { #expect(!line.text.contains("/request ")) }
        for point in ["CP-001", "CP-010"] { try await network.message("central/cp/\(point)", "\"state\"", from: back.index, within: .seconds(5)) }
        for driver in ["alice", "bob", "charlie", "david", "eve"] {
            try await network.message("driver/driver-\(driver)/status", "\"ACCEPTED\"", from: back.index, within: .seconds(60))
        }
        try await network.message("driver/+/status", "\"COMPLETED\"", from: back.index, within: .seconds(30))
        #expect(!network.up.text.contains("Fatal error"))
        try await network.stop()
    }

    @Test("F7: the broker killed, then stopped: engines go on charging, and no session fails for it", arguments: [SIGKILL, SIGTERM])
    func brokerKilled(_ signal: Int32) async throws {
        let network = try await RunningNetwork()
        try await network.message("driver/+/status", "\"COMPLETED\"", within: .seconds(60))
        let from = network.heard
        kill(try network.pid("broker"), signal)
        let back = try await network.message("central/status", "\"online\":true", from: from, within: .seconds(10))
        // Whoever was charging is heard to the end, and new charges begin.
        var index = back.index
        for _ in 0..<8 { index = try await network.message("driver/+/status", "\"COMPLETED\"", from: index, within: .seconds(30)).index + 1 }
        try await network.message("driver/+/status", "\"ACCEPTED\"", from: back.index, within: .seconds(30))
        // But for one whose START was with the broker when it died (S2): nobody charges by it.
        let failed = network.bus.lines.map(\.text).filter { line in
            guard line.contains("\"FAILED\""), let session = line.firstMatch(of: /"session":"([^"]+)"/)?.1 else { return false }
            let hasBegun = network.bus.lines.contains { $0.text.contains("SESSION_STARTED") && $0.text.contains(session) }
            return hasBegun || !line.contains("\"reason\":\"never_started\"")
        }
        #expect(failed.isEmpty, "\(failed)")
        try await network.stop()
    }

    @Test("F8: a driver killed: its charge goes on, and its ticket is there")
    func driverKilled() async throws {
        let network = try await RunningNetwork()
        let accepted = try await network.message("driver/driver-alice/status", "\"ACCEPTED\"", within: .seconds(30))
        kill(try network.pid("driver", "driver-alice"), SIGKILL)
        try await network.message("driver/driver-alice/status", "\"COMPLETED\"", from: accepted.index, within: .seconds(15))
        try await network.message("driver/driver-alice/ticket", "\"COMPLETED\"", from: accepted.index, within: .seconds(5))
        // For whoever comes later.
        #expect(try await network.keeps("driver/driver-alice/ticket"))
        try await network.stop()
    }

    @Test("by hand: mosquitto_pub charges, with the answers on driver/me/status; nonsense is answered BAD_REQUEST (P4)")
    func byHand() async throws {
        let network = try await RunningNetwork(["--drivers", "none"])
        try await network.message("central/cp/CP-001", "\"ACTIVATED\"", within: .seconds(20))
        try await publish(network, "driver/me/request", "{\"cp\":\"CP-001\",\"duration_s\":2}")
        try await network.message("driver/me/status", "\"ACCEPTED\"", within: .seconds(5))
        try await network.message("driver/me/status", "\"IN_PROGRESS\"", within: .seconds(5))
        try await network.message("driver/me/status", "\"COMPLETED\"", within: .seconds(5))
        try await network.message("driver/me/ticket", "\"COMPLETED\"", within: .seconds(5))
        try await publish(network, "driver/me/request", "{\"cp\":42}")
        try await network.message("driver/me/status", "\"BAD_REQUEST\"", within: .seconds(5))
        try await publish(network, "driver/me/request", "{\"cp\":\"CP-404\"}")
        try await network.message("driver/me/status", "\"UNKNOWN_CP\"", within: .seconds(5))
        try await network.stop()
    }
}
