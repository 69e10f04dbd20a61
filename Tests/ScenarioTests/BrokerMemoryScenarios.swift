import Foundation
import Testing

/// The broker's memory is replaceable: damaged, it is set aside, said, and everybody says their own again.
@Suite("The broker's memory, damaged") struct BrokerMemoryScenarios {
    /// The fate of the file that a broker has saved.
    enum Damage: String, CaseIterable, CustomTestStringConvertible, Sendable {
        case zeros, half, garbage, garbageBehindTheHeader, laterVersion, brokenTopic, directory
        var testDescription: String { rawValue }

        func apply(to file: URL) throws {
            var bytes = [UInt8](try Data(contentsOf: file))
            var random = SystemRandomNumberGenerator()
            let topic = try #require(Data(bytes).range(of: Data("cp/CP-003/state".utf8))).lowerBound
            switch self {
            case .zeros: bytes = [UInt8](repeating: 0, count: bytes.count)
            // In the middle of a topic: a cut between two messages is a smaller memory, not a damaged one.
            case .half: bytes = Array(bytes.prefix(topic + 5))
            case .garbage: bytes = bytes.map { _ in UInt8.random(in: .min ... .max, using: &random) }
            case .garbageBehindTheHeader: bytes = bytes.prefix(23) + [UInt8](repeating: 0xFF, count: bytes.count)
            case .laterVersion: bytes[22] += 1
            case .brokenTopic: bytes[topic + 3] = 0xFF
            case .directory: break
            }
            try FileManager.default.removeItem(at: file)
            if self == .directory {
                try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
            } else {
                try Data(bytes).write(to: file)
            }
        }
    }

    /// A broker's memory of ten points.
    private func saved(_ network: RunningNetwork) async throws -> Data {
        for number in 1...10 {
            try await network.message("central/cp/CP-\(number < 10 ? "00" : "0")\(number)", "\"ACTIVATED\"", within: .seconds(20))
        }
        try await network.stop(removingData: false)
        return try Data(contentsOf: network.data.appendingPathComponent("broker/mosquitto.db"))
    }

    private func asides(_ data: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: data.appendingPathComponent("broker").path).filter { $0.contains(".damaged-") }
    }

    @Test("F10: damaged before `up` starts, it is set aside under a new name, that is said, and ten points are there again")
    func beforeTheStart() async throws {
        let first = try await RunningNetwork(["--drivers", "none"])
        let memory = try await saved(first)
        for damage in Damage.allCases {
            let file = first.data.appendingPathComponent("broker/mosquitto.db")
            try? FileManager.default.removeItem(at: file)
            try memory.write(to: file)
            for name in try asides(first.data) {
                try FileManager.default.removeItem(at: file.deletingLastPathComponent().appendingPathComponent(name))
            }
            try damage.apply(to: file)
            let network = try await RunningNetwork(["--drivers", "none"], data: first.data)
            let said = try await network.up.line(within: .seconds(20), "news of \(damage)") { $0.contains("is set aside as") }.line.text
            let kept = try asides(first.data)
            #expect(kept.count == 1 && said.contains(file.path) && said.contains(kept[0]) && said.contains("F10"), "\(damage): \(said), \(kept)")
            for point in ["CP-001", "CP-003", "CP-010"] {
                try await network.message("central/cp/\(point)", "\"ACTIVATED\"", within: .seconds(20))
                try await network.message("cp/\(point)/state", "\"ACTIVATED\"", within: .seconds(5))
            }
            #expect(!network.up.text.contains("back in its place"), "\(damage)")
            try await network.stop(removingData: false)
        }
        try FileManager.default.removeItem(at: first.data)
    }

    @Test("F10: damaged while the network runs, the broker that is killed then comes back all the same") func whileItRuns() async throws {
        let network = try await RunningNetwork(["--drivers", "none"])
        try await network.message("central/cp/CP-003", "\"ACTIVATED\"", within: .seconds(20))
        let file = network.data.appendingPathComponent("broker/mosquitto.db")
        for text in ["mosquitto", String(repeating: "\0", count: 20_000)] {
            let from = network.heard
            let broker = try network.pid("broker")
            kill(broker, SIGSTOP)
            try Data(text.utf8).write(to: file)
            kill(broker, SIGKILL)
            try await network.message("central/cp/CP-003", "\"ACTIVATED\"", from: from, within: .seconds(30))
        }
        #expect(try asides(network.data).count == 2 && network.up.lines.filter { $0.text.contains("is set aside as") }.count == 2)
        try await network.stop()
    }

    @Test("a sound one is not touched while another program has the broker's port") func portTaken() async throws {
        let network = try await RunningNetwork(["--drivers", "none"])
        try await network.message("central/cp/CP-003", "\"ACTIVATED\"", within: .seconds(20))
        let from = network.heard
        let thief = try LineProcess(
            "/usr/bin/python3",
            [
                "-uc",
                """
                import os, signal, socket, time
                os.kill(\(try network.pid("broker")), signal.SIGKILL)
                port = socket.socket()
                port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                for attempt in range(1000):
                    try:
                        port.bind(("127.0.0.1", \(network.port)))
                        port.listen()
                        print("taken")
                        break
                    except OSError: time.sleep(0.001)
                signal.sigwait([signal.SIGTERM])
                """,
            ])
        try await thief.line(within: .seconds(10), "the theft") { $0 == "taken" }
        try await network.up.line(within: .seconds(20), "the complaint") { $0.contains("broker") && $0.contains("Address already in use") }
        try await network.up.line(within: .seconds(20), "its end") { $0.contains("✖ broker") && $0.contains("early for the") }
        thief.signal(SIGKILL)
        try await network.message("central/cp/CP-003", "\"ACTIVATED\"", from: from, within: .seconds(30))
        #expect(try asides(network.data).isEmpty && !network.up.text.contains("is set aside as"))
        try await network.stop()
    }
}
