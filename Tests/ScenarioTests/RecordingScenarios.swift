import Foundation
import Testing

/// The inputs of a real run, played again.
@Suite("Recordings") struct RecordingScenarios {
    private func run(_ arguments: [String]) async throws -> (status: Int32, text: String) {
        let process = try LineProcess(RunningNetwork.binary, arguments)
        let status = try await process.exitStatus(within: .seconds(60))
        return (status, process.text)
    }

    /// The number of rows of a ledger, and all differences between it and another one.
    private func difference(_ ledger: String, _ other: String) async throws -> String {
        let script = """
            import sqlite3, sys
            a, b = [sorted(sqlite3.connect(path).iterdump()) for path in sys.argv[1:]]
            print(len(a), 'rows')
            for line in set(a) ^ set(b): print('differs:', line)
            sys.exit(a != b or not any('INTO "sessions"' in line for line in a))
            """
        let python = try LineProcess("/usr/bin/python3", ["-c", script, ledger, other])
        let status = try await python.exitStatus(within: .seconds(20))
        return status == 0 ? "" : "\(status): \(python.text)"
    }

    @Test("a run in which engine, Central and broker are killed is played again: every process the same, byte for byte, and Central the same ledger")
    func chaos() async throws {
        let network = try await RecordedNetwork()
        defer { try? FileManager.default.removeItem(at: network.folder) }
        try await network.said("driver", "COMPLETED")

        var killed: [(name: String, file: String)] = []
        var from = network.heard("engine")
        try await network.said("engine", "→ SUPPLYING", from: from)
        killed.append(("engine", network.recording("engine")))
        try await network.kill("engine")
        try network.start("engine")
        try await network.said("engine", "was under way when the engine died")

        from = network.heard("driver")
        try await network.said("driver", "ACCEPTED", from: from)
        killed.append(("central", network.recording("central")))
        try await network.kill("central")
        try network.start("central")
        try await network.said("driver", "Central is back", from: from)

        from = network.heard("driver")
        try await network.said("driver", "ACCEPTED", from: from)
        let before = ["central", "engine", "monitor", "driver"].map { ($0, network.heard($0)) }
        try await network.killBroker()
        for (name, index) in before { try await network.said(name, "Connected to the broker again", from: index) }
        from = network.heard("driver")
        try await network.said("driver", "COMPLETED", from: from)

        #expect(try await network.steer("/cp/CP-011/out-of-order") == 0)
        #expect(try await network.steer("/cp/CP-011/resume") == 0)
        from = network.heard("driver")
        try await network.said("driver", "COMPLETED", from: from)
        try await network.stop()
        for (name, file) in killed { try await expectSame(name, file, isKilled: true) }
        for name in ["engine", "monitor", "driver"] { try await expectSame(name, network.recording(name), isKilled: false) }
        try await expectSameLedger(network)
    }

    private func expectSame(_ name: String, _ file: String, isKilled: Bool) async throws {
        let (status, text) = try await run(["rerun", file])
        #expect(status == 0, "\(text)")
        #expect(text.contains("✔ \(name)") && text.contains("all the same, byte for byte"), "\(text)")
        #expect(text.contains("its process was killed") == isKilled, "\(text)")
    }

    private func expectSameLedger(_ network: RecordedNetwork) async throws {
        let again = network.folder.appendingPathComponent("again.db").path
        let file = network.recording("central")
        let (status, text) = try await run(["rerun", file, "--ledger", again])
        #expect(status == 0, "\(text)")
        #expect(text.contains("✔ central: ") && text.contains(" commits, kept in \(again)") && !text.contains("killed"), "\(text)")
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("\"in\":\"ask\""))
        let real = network.folder.appendingPathComponent("data/central/ledger.db").path
        let found = try await difference(real, again)
        #expect(found == "")
        let committed = try await difference(file + ".ledger", again)
        #expect(committed != "", "something was committed")
        let (second, refused) = try await run(["rerun", file, "--ledger", again])
        #expect(second == 1 && refused.contains("\(again) is there already"), "\(refused)")

        var lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        let index = try #require(lines.lastIndex { $0.contains("\"out\":\"say\"") })
        lines[index] = Substring(lines[index].replacing("\"token\":", with: "\"token\":1"))
        try (lines.joined(separator: "\n") + "\n").write(toFile: file, atomically: true, encoding: .utf8)
        let (third, difference) = try await run(["rerun", file])
        #expect(third == 1 && difference.contains("✖ \(file), line \(index + 1): another action than was recorded"), "\(difference)")
    }

    @Test("a recording that is there already is refused; a disk that is full ends the process with the reason, and what is there can be played")
    func refused() async throws {
        let folder = newFolder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("driver.jsonl").path
        let words = ["driver", "--name", "driver-x", "--mqtt", "mqtt://127.0.0.1:1", "--data", folder.path, "--record", file]
        // Files may have 4 KiB, and what is beyond is an error and no signal.
        let limited = "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\""
        let driver = try LineProcess("/bin/bash", ["-c", limited, RunningNetwork.binary] + words)
        #expect(try await driver.exitStatus(within: .seconds(60)) == 1, "\(driver.text)")
        #expect(driver.text.contains("❌ the recording \(file) can't be written: File too large"), "\(driver.text)")
        let (status, text) = try await run(["rerun", file])
        #expect(status == 0 && text.contains("✔ driver:driver-x"), "\(text)")

        let before = try Data(contentsOf: URL(fileURLWithPath: file))
        let again = try await run(words)
        #expect(again.status == 64 && again.text.contains("--record=\"\(file)\"") && again.text.contains("move it away"), "\(again.text)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == before)
        let nothing = try await run(["rerun", folder.path])
        #expect(nothing.status == 1 && nothing.text.contains("✖ \(folder.path)"), "\(nothing.text)")
    }
}
