import Foundation
import Testing

/// A place for output that can't be written, or that nobody reads.
@Suite("Output that does not arrive") struct OutputScenarios {
    /// A shell's way to run the program; its standard error is what is heard.
    private func shell(_ script: String, _ arguments: [String]) throws -> LineProcess {
        try LineProcess("/bin/bash", ["-c", script, "bash", RunningNetwork.binary] + arguments)
    }

    private func run(_ script: String, _ arguments: [String]) async throws -> (status: Int32, text: String) {
        let process = try shell(script, arguments)
        let status = try await process.exitStatus(within: .seconds(30))
        return (status, process.text)
    }

    private func expectRefused(_ arguments: [String]) async throws {
        let (status, text) = try await run("exec \"$@\" > /dev/full", arguments)
        let reasons = text.split(separator: "\n").filter { $0.contains("the output could not be written: No space left on device") }
        #expect(status == 1 && reasons.count == 1, "\(arguments): \(status) \(text)")
    }

    static let plain: [[String]] = [
        ["--help"], ["--version"], ["help", "audit"], ["audit", "--help"], ["--generate-completion-script", "bash"],
        ["ps", "--data", "/tmp/wattline-none"], ["simulate", "--duration", "2s"], ["simulate", "--duration", "2s", "--json"],
        ["simulate", "--duration", "2s", "--seeds", "1..20"], ["simulate", "--duration", "10m", "--trouble", "wild", "--plan"],
        ["simulate", "--duration", "60s", "--visits", "1"],
    ]

    @Test("whatever is asked for fails with its reason when it can't be written", arguments: plain)
    func full(_ arguments: [String]) async throws { try await expectRefused(arguments) }

    @Test("an audit, a list or a picture of a network that can't be written is a failure, and not one that holds")
    func fullWithNetwork() async throws {
        let network = try await RunningNetwork()
        let done = try await network.message("driver/+/status", "\"COMPLETED\"", within: .seconds(60))
        let id = try #require(done.line.text.firstMatch(of: /"session":"([^"]+)"/)?.1)
        let copy = network.data.appendingPathComponent("copy.db").path
        for arguments in [
            ["audit"], ["audit", "--json"], ["sessions"], ["sessions", "--json"], ["ticket", String(id)], ["export"], ["export", "--json"],
            ["ledger", "check"], ["ledger", "records"], ["ledger", "backup", copy],
            ["ledger", "prune", "--older-than", "400d"], ["ps"], ["ps", "--pid", "central"],
            ["top", "--once"], ["top", "--once", "--json"], ["top", "--json"], ["tail"], ["tail", "--count", "1"], ["tail", "--json"],
            ["tail", "--strict", "--for", "5s"], ["chaos", "--list"], ["chaos", "--dry-run"],
        ] { try await expectRefused(arguments + ["--data", network.data.path]) }
        let state = try String(contentsOf: network.data.appendingPathComponent("up.json"), encoding: .utf8)
        let port = try #require(state.firstMatch(of: /"role":"engine".*?"health_port":(\d+)/)?.1)
        try await expectRefused(["health", "127.0.0.1:\(port)"])
        try await network.stop()
    }

    @Test(
        "a reader that goes is no reason for a complaint; without an output at all it fails",
        arguments: [["--help"], ["simulate", "--trouble", "wild", "--duration", "24h", "--plan"]])
    func gone(_ arguments: [String]) async throws {
        // It may have been written before the reader went.
        let (_, text) = try await run("\"$@\" | true; echo \"${PIPESTATUS[0]}\"", arguments)
        #expect(["0", "141"].contains(text), "\(text)")
        let (_, closed) = try await run("\"$@\" >&-; echo \"$?\" >&2", arguments)
        #expect(closed.hasSuffix("\n1") && closed.contains("the output could not be written: Bad file descriptor"), "\(closed)")
    }

    @Test("a file that a command makes is whole or not there when the disk is full")
    func files() async throws {
        let folder = newFolder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let page = folder.appendingPathComponent("page.html").path
        let small = "ulimit -f 4; exec \"$@\""
        let (status, text) = try await run(small, ["simulate", "--duration", "60s", "--visits", "1", "--report", page])
        #expect(status == 1 && text.contains("File too large"), "\(status) \(text)")
        let (exported, reason) = try await run(
            "ulimit -f 4; exec \"$@\" > \(page).txt", ["simulate", "--trouble", "wild", "--duration", "24h", "--plan"])
        #expect(exported == 1 && reason.contains("File too large"), "\(exported) \(reason)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["page.html.txt"])
    }

    @Test(
        "a service whose log can't be written goes on, and what it keeps is not written over",
        arguments: ["> /dev/full", "> >(true)", ">&-", ">&- 2>&-"])
    func services(_ redirection: String) async throws {
        let data = newFolder()
        defer { try? FileManager.default.removeItem(at: data) }
        let port = try freePorts(1)
        let engine = try shell(
            "exec \"$@\" \(redirection)",
            ["engine", "--cp", "CP-001", "--mqtt", "mqtt://127.0.0.1:1", "--data", data.path, "--health-port", "\(port)", "--log-level", "debug"])
        let asker = try LineProcess(
            "/usr/bin/python3",
            [
                "-c",
                """
                import time, urllib.request
                for _ in range(200):
                    try: print(urllib.request.urlopen("http://127.0.0.1:\(port)/health", timeout=1).read()); break
                    except OSError: time.sleep(0.05)
                """,
            ])
        _ = try await asker.exitStatus(within: .seconds(30))
        #expect(asker.text.contains("CP-001"), "\(asker.text)")
        engine.signal(SIGTERM)
        #expect(try await engine.exitStatus(within: .seconds(10)) == 0, "\(engine.text)")
        let journal = try String(contentsOf: data.appendingPathComponent("engine/CP-001/journal"), encoding: .utf8)
        #expect(!journal.contains("Not connected"), "\(journal)")
    }
}
