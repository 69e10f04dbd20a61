import Foundation
import Testing

/// The network between the processes, and what the broker remembers.
@Suite("A broken network") struct CutScenarios {
    /// Carries bytes between whoever connects and the broker; SIGUSR1 holds them back, as a cut cable does, SIGUSR2 lets them go on.
    private func proxy(to port: Int) async throws -> (process: LineProcess, port: Int) {
        let script = """
            import asyncio, signal
            async def main():
                free = asyncio.Event(); free.set()
                async def carry(reader, writer):
                    try:
                        while data := await reader.read(65536):
                            await free.wait(); writer.write(data); await writer.drain()
                    except ConnectionError: pass
                    writer.close()
                async def serve(reader, writer):
                    await free.wait()
                    try: far_reader, far_writer = await asyncio.open_connection('127.0.0.1', \(port))
                    except OSError: return writer.close()
                    await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))
                server = await asyncio.start_server(serve, '127.0.0.1', 0)
                loop = asyncio.get_running_loop()
                loop.add_signal_handler(signal.SIGUSR1, lambda: (free.clear(), print('cut')))
                loop.add_signal_handler(signal.SIGUSR2, lambda: (free.set(), print('whole')))
                print('port', server.sockets[0].getsockname()[1])
                await asyncio.Event().wait()
            asyncio.run(main())
            """
        let process = try LineProcess("/usr/bin/python3", ["-uc", script])
        let said = try await process.line(within: .seconds(10), "port") { $0.hasPrefix("port ") }
        return (process, Int(said.line.text.dropFirst(5)) ?? 0)
    }

    @Test(
        "F9: the network between a charging engine and the broker cut: FAULTY for others, the session stays open, and goes on as if nothing had been")
    func cut() async throws {
        let network = try await RunningNetwork(["--drivers", "none"])
        let (proxy, port) = try await proxy(to: network.port)
        let engine = try await network.join("engine", ["--cp", "CP-011", "--power", "22", "--price", "0.30", "--mqtt", "mqtt://127.0.0.1:\(port)"])
        let monitor = try await network.join(
            "monitor", ["--cp", "CP-011", "--engine", "127.0.0.1:\(try await engine.healthPort())", "--mqtt", "mqtt://127.0.0.1:\(network.port)"])
        try await network.message("central/cp/CP-011", "\"ACTIVATED\"", within: .seconds(20))
        try await publish(network, "driver/me/request", "{\"request\":\"long\",\"cp\":\"CP-011\",\"duration_s\":35}")
        try await network.message("driver/me/status", "\"IN_PROGRESS\"", within: .seconds(5))
        proxy.signal(SIGUSR1)
        let cut = try await proxy.line(within: .seconds(5), "cut") { $0 == "cut" }
        let from = network.heard
        let faulty = try await network.message("central/cp/CP-011", "\"FAULTY\"", "engine lost", from: from, within: .seconds(20))
        #expect(faulty.line.at - cut.line.at < .seconds(13.5))
        try await network.message("driver/me/status", "no contact with CP-011", from: from, within: .seconds(2))
        try await publish(network, "driver/other/request", "{\"request\":\"other\",\"cp\":\"CP-011\"}")
        try await network.message("driver/other/status", "\"CP_FAULTY\"", within: .seconds(5))
        // Gone for a while, but far less than the 60 s.
        try await Task.sleep(for: .seconds(5))
        proxy.signal(SIGUSR2)
        try await network.message("central/cp/CP-011", "\"SUPPLYING\"", from: faulty.index, within: .seconds(10))
        try await network.message("driver/me/status", "\"COMPLETED\"", "\"complete\":true", from: faulty.index, within: .seconds(30))
        #expect(!network.bus.lines.contains { $0.text.contains("\"FAILED\"") })
        for process in [monitor, engine] {
            process.signal(SIGTERM)
            #expect(try await process.exitStatus(within: .seconds(5)) == 0)
        }
        proxy.signal(SIGKILL)
        try await network.stop()
    }

    @Test(
        "F10: a broker that comes back with an old persistence file: nothing is assigned on what it remembers; with none: everybody says its own again"
    )
    func oldPersistence() async throws {
        let network = try await RunningNetwork(["--drivers", "none"])
        let engine = try await network.join("engine", ["--cp", "CP-011", "--power", "22", "--price", "0.30"])
        let monitor = try await network.join("monitor", ["--cp", "CP-011", "--engine", "127.0.0.1:\(try await engine.healthPort())"])
        try await network.message("central/cp/CP-011", "\"ACTIVATED\"", within: .seconds(20))
        let file = network.data.appendingPathComponent("broker/mosquitto.db")
        let old = try await contents(of: file, with: ["\"cp\":\"CP-011\",\"state\":\"ACTIVATED\"", "\"cp\":\"CP-011\",\"health\":\"OK\""])
        var from = network.heard
        for process in [monitor, engine] { process.signal(SIGKILL) }
        try await network.message("central/cp/CP-011", "\"DISCONNECTED\"", from: from, within: .seconds(5))
        from = network.heard
        kill(try network.pid("broker"), SIGKILL)
        try old.write(to: file)
        try await network.message("cp/CP-011/state", "\"ACTIVATED\"", from: from, retained: true, within: .seconds(10))
        let answer = try await firstAnswer(network, at: "CP-011")
        #expect(answer.contains("\"CP_DISCONNECTED\""), "\(answer)")
        try await network.message("central/cp/CP-011", "\"DISCONNECTED\"", "not heard", from: from, within: .seconds(5))
        from = network.heard
        kill(try network.pid("broker"), SIGKILL)
        try FileManager.default.removeItem(at: file)
        try await network.message("central/status", "\"online\":true", from: from, within: .seconds(10))
        try await network.message("central/cp/CP-001", "\"ACTIVATED\"", from: from, within: .seconds(10))
        for topic in ["cp/CP-001/info", "cp/CP-001/state", "cp/CP-001/health", "central/cp/CP-001", "central/status"] {
            #expect(try await network.keeps(topic), "\(topic) is not retained any more")
        }
        try await network.stop()
    }

    /// What Central says to a request as soon as it decides: until then it may be away, or starting.
    private func firstAnswer(_ network: RunningNetwork, at cp: String) async throws -> String {
        let deadline = ContinuousClock.now + .seconds(20)
        var number = 0
        while ContinuousClock.now < deadline {
            number += 1
            let heard = network.heard
            try await publish(network, "driver/me/request", "{\"request\":\"ask-\(number)\",\"cp\":\"\(cp)\"}")
            let answer = try? await network.message("driver/me/status", "\"ask-\(number)\"", from: heard, within: .seconds(1))
            if let answer, !answer.line.text.contains("CENTRAL_STARTING") { return answer.line.text }
        }
        throw ScenarioError("Central never decided")
    }

    /// What is in a file as soon as it holds all the texts: the broker saves when it likes.
    private func contents(of file: URL, with texts: [String]) async throws -> Data {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            if let data = try? Data(contentsOf: file), texts.allSatisfy({ data.range(of: Data($0.utf8)) != nil }) { return data }
            guard ContinuousClock.now < deadline else { throw ScenarioError("\(file.path) never held \(texts)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
