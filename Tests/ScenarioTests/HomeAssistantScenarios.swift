import Foundation
import Testing

/// What Home Assistant finds on the bus, without knowing anything of Wattline.
@Suite("Home Assistant") struct HomeAssistantScenarios {
    private let http = DashboardScenarios()

    private func topic(_ cp: String) -> String { "homeassistant/device/wattline/\(cp)/config" }

    @Test("switched on: every point is announced and kept, anew when it changes and when Central or Home Assistant is born; a removed one is gone")
    func on() async throws {
        let network = try await RunningNetwork(["--drivers", "none", "--home-assistant", "homeassistant"])
        let port = try await network.dashboardPort()
        for number in 1...10 {
            let cp = "CP-0" + (number < 10 ? "0\(number)" : "\(number)")
            try await network.message(topic(cp), "\"state_topic\":\"cp/\(cp)/+\"", "\"name\":\"\(cp)\"", within: .seconds(20))
            #expect(try await network.keeps(topic(cp)))
        }
        // One that is in no list, and comes back with another rating.
        let engine = try await network.join("engine", ["--cp", "CP-900", "--power", "22", "--price", "0.30"])
        let first = try await network.message(topic("CP-900"), "22.0 kW", within: .seconds(20))
        engine.signal(SIGTERM)
        _ = try await engine.exitStatus(within: .seconds(10))
        let stronger = try await network.join("engine", ["--cp", "CP-900", "--power", "50", "--price", "0.30"])
        try await network.message(topic("CP-900"), "50.0 kW", from: first.index + 1, within: .seconds(20))
        stronger.signal(SIGTERM)
        _ = try await stronger.exitStatus(within: .seconds(10))

        var from = network.heard
        try await publish(network, "homeassistant/status", "offline")
        try await publish(network, "homeassistant/status", "online")
        for cp in ["CP-001", "CP-010", "CP-900"] { try await network.message(topic(cp), "\"cmps\"", from: from, within: .seconds(5)) }

        let bearer = ["Authorization": "Bearer \(try http.token(network))"]
        from = network.heard
        var removed = try await http.ask("DELETE", port, "/cp/CP-900", bearer)
        let deadline = ContinuousClock.now + .seconds(10)
        while removed.status == 409, ContinuousClock.now < deadline { removed = try await http.ask("DELETE", port, "/cp/CP-900", bearer) }
        #expect(removed.status == 200, "\(removed.body)")
        try await network.bus.line(from: from, within: .seconds(5), "an empty message") { $0.hasSuffix(" \(topic("CP-900")) ") }
        #expect(try await !network.keeps(topic("CP-900")))

        kill(try network.pid("central"), SIGKILL)
        let back = try await network.message("central/status", "\"online\":true", from: network.heard, within: .seconds(10))
        try await network.message(topic("CP-010"), "\"cmps\"", from: back.index, within: .seconds(5))
        #expect(try await !network.keeps(topic("CP-900")))
        // Nothing that Home Assistant or anybody says there is taken for a message of the protocol.
        #expect(!network.up.text.contains("Rejected"), "\(network.up.text)")
        try await network.stop()
    }

    @Test("switched off, as usual: nothing is said to anybody but the network")
    func off() async throws {
        let network = try await RunningNetwork(["--drivers", "none"])
        _ = try await network.dashboardPort()
        for cp in ["CP-001", "CP-010"] { try await network.message("central/cp/\(cp)", "\"ACTIVATED\"", within: .seconds(20)) }
        try await publish(network, "homeassistant/status", "online")
        // Whoever hears it would have answered before this one was answered.
        let from = network.heard
        try await publish(network, "driver/me/request", "{\"cp\":\"CP-001\",\"duration_s\":1}")
        try await network.message("driver/me/status", "\"COMPLETED\"", from: from, within: .seconds(20))
        let outside = network.bus.lines.map(\.text).filter { line in
            let topic = line.split(separator: " ")[1]
            return !["cp/", "central/", "driver/"].contains { topic.hasPrefix($0) }
        }
        #expect(outside.allSatisfy { $0.hasSuffix("homeassistant/status online") }, "\(outside)")
        try await network.stop()
    }
}
