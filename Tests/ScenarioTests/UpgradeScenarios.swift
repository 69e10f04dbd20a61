import Foundation
import Testing

/// Data directories of a version before, and of a later one, under real processes.
@Suite("Up and down a version") struct UpgradeScenarios {
    private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../Fixtures").standardizedFileURL

    /// A copy of the data directory of 0.1.0 for the time of the body.
    private func withFormer(_ body: (URL) async throws -> Void) async throws {
        let data = newFolder()
        defer { try? FileManager.default.removeItem(at: data) }
        try FileManager.default.copyItem(at: fixtures.appendingPathComponent("wattline-0.1.0"), to: data)
        try await body(data)
    }

    private func run(_ arguments: String...) async throws -> (status: Int32, text: String) {
        let process = try LineProcess(RunningNetwork.binary, arguments)
        let status = try await process.exitStatus(within: .seconds(20))
        return (status, process.text)
    }

    private let noBroker = ["--mqtt", "mqtt://127.0.0.1:1"]

    private func service(_ role: String, in data: URL) throws -> LineProcess {
        let point = role == "central" ? [] : ["--cp", "CP-001"] + (role == "monitor" ? ["--engine", "127.0.0.1:1"] : [])
        return try LineProcess(RunningNetwork.binary, [role, "--data", data.path] + point + noBroker)
    }

    /// Starts Central once, which brings its ledger up to date.
    private func bringUp(_ data: URL) async throws {
        let central = try service("central", in: data)
        try await central.line(within: .seconds(10), "upgrade") { $0.contains("was brought from version 6 to version") }
        central.signal(SIGTERM)
        #expect(try await central.exitStatus(within: .seconds(5)) == 0)
    }

    @Test("a killed network of the version before goes on under this one: what was charging is closed, what was pending comes, the audit holds")
    func goesOn() async throws {
        try await withFormer { data in
            let network = try await RunningNetwork(["--network", data.appendingPathComponent("network.json").path, "--drivers", "none"], data: data)
            // CP-003 had ended it while Central was dead; CP-001 was killed in the middle of the other.
            // Their tickets, which are kept for whoever listens too late for the answers, have the last closed first.
            let alice = #"{"session":"01M8J4NZMY11TA2FKG7P669R4H","request":"01M8J4NZKNMYGSSWB2FBVWSRCK","cp":"CP-003","energy_kwh":0.583,"#
            try await network.message("driver/driver-alice/ticket", alice, #""status":"COMPLETED""#)
            let bob = #"{"session":"01M8J4P4FNBXQER3WF888P4DNS","request":"01M8J4P4DPSVXA5Z9S4JX6PYGE","cp":"CP-001","energy_kwh":0.024,"#
            try await network.message("driver/driver-bob/ticket", bob, #""status":"FAILED""#)
            let audit = try await run("audit", "--data", data.path)
            #expect(audit.status == 0 && audit.text.contains("12 sessions, 3.220 kWh"), "\(audit.text)")
            // Its ledger is of the version before, and is kept as it was.
            #expect(FileManager.default.fileExists(atPath: data.path + "/central/ledger.db.v6"))
            try await network.stop()
        }
    }

    @Test("Central brings a ledger of an earlier version up to date, and says where it keeps it as it was; whoever only reads leaves that to Central")
    func ledgerGoesUp() async throws {
        let data = newFolder()
        defer { try? FileManager.default.removeItem(at: data) }
        let file = data.appendingPathComponent("central/ledger.db").path
        try FileManager.default.createDirectory(at: data.appendingPathComponent("central"), withIntermediateDirectories: true)
        let script = fixtures.appendingPathComponent("ledgers/version-4.sql").path
        let made = try LineProcess(
            "/usr/bin/python3", ["-c", "import sqlite3 as s, sys; s.connect(sys.argv[1]).executescript(open(sys.argv[2]).read())", file, script])
        #expect(try await made.exitStatus(within: .seconds(10)) == 0, "\(made.text)")
        let before = try await run("audit", "--data", data.path)
        #expect(before.status == 1 && before.text.contains("has version 4") && before.text.contains("start Central once"), "\(before.text)")
        let refused = try await run("ledger", "refuse", "S3", "--meter", "m-2", "--data", data.path)
        #expect(refused.status == 1 && refused.text.contains("start Central once"), "\(refused.text)")
        let central = try service("central", in: data)
        try await central.line(within: .seconds(10), "upgrade") { $0.contains("was brought from version 4 to version") && $0.contains(file + ".v4") }
        central.signal(SIGTERM)
        #expect(try await central.exitStatus(within: .seconds(5)) == 0)
        let audit = try await run("audit", "--data", data.path)
        #expect(audit.status == 0 && audit.text.contains("4 sessions"), "\(audit.text)")
        let copy = try await run("audit", "--ledger", file + ".v4")
        #expect(copy.text.contains("has version 4"), "\(copy.text)")
    }

    @Test("a ledger of a later version ends Central, for good and by name, and commands, too; it is left as it is") func laterLedger() async throws {
        try await withFormer { data in
            let file = data.appendingPathComponent("central/ledger.db")
            var bytes = try Data(contentsOf: file)
            // SQLite's header has the version there.
            bytes.replaceSubrange(60..<64, with: [0, 0, 0, 99])
            try bytes.write(to: file)
            let central = try service("central", in: data)
            #expect(try await central.exitStatus(within: .seconds(10)) == 78, "\(central.text)")
            let said = "\(file.path) has version 99, this wattline reads 10: a later wattline made it"
            #expect(central.text.contains(said) && central.text.contains("Start that one"), "\(central.text)")
            #expect(!central.text.contains("can't be written") && !central.text.contains("Not connected"), "\(central.text)")
            for arguments in [["audit"], ["sessions"], ["ledger", "check"], ["ledger", "prune", "--older-than", "30d"]] {
                let process = try LineProcess(RunningNetwork.binary, arguments + ["--data", data.path])
                #expect(try await process.exitStatus(within: .seconds(10)) == 78 && process.text.contains(said), "\(process.text)")
            }
            #expect(try Data(contentsOf: file) == bytes)
        }
    }

    @Test(
        "a journal of a later version ends its owner, for good and by name, and the audit; it is left as it is",
        arguments: [
            // The format of the file, a kind of record, a field of one.
            (#"28f1d8dc {"format":3}"# + "\nwhatever comes then", "has format 3, this wattline reads 2"),
            (#"2f0a8395 {"tariff":7}"# + "\n", "is not understood (expected epoch, minted, "),
            (#"3c2bbb23 {"epoch":1,"site":"x"}"# + "\n", #"is not understood (site="x": expected no such field; known: epoch)"#),
        ]) func laterJournal(_ line: String, _ said: String) async throws
    {
        for (role, folder) in [("engine", "engine/CP-001"), ("monitor", "monitor/CP-001"), ("central", "central")] {
            try await withFormer { data in
                try await bringUp(data)
                let file = data.appendingPathComponent("\(folder)/journal")
                let bytes = try Data(contentsOf: file) + Data(line.utf8)
                try bytes.write(to: file)
                let process = try service(role, in: data)
                #expect(try await process.exitStatus(within: .seconds(10)) == 78, "\(process.text)")
                #expect(process.text.contains(file.path) && process.text.contains(said), "\(process.text)")
                #expect(process.text.contains("tart that one; to go down, put back the copy from before"), "\(process.text)")
                let audit = try await run("audit", "--data", data.path)
                #expect(audit.status == (role == "engine" ? 78 : 0), "\(audit.text)")
                #expect(try Data(contentsOf: file) == bytes)
            }
        }
    }

    @Test("up.json that can't be read is named, with what is wrong in it; a new network writes it anew, and says so") func laterState() async throws {
        try await withFormer { data in
            let file = data.appendingPathComponent("up.json")
            try Data(#"{"pid":9827,"since":1}"#.utf8).write(to: file)
            let said = "\(file.path):1 broker: expected an object, but it is missing"
            for arguments in [["ps"], ["ps", "--pid", "central"]] {
                let process = try LineProcess(RunningNetwork.binary, arguments + ["--data", data.path])
                #expect(try await process.exitStatus(within: .seconds(10)) == 78 && process.text.contains(said), "\(process.text)")
            }
            let network = try await RunningNetwork(["--network", data.appendingPathComponent("network.json").path, "--drivers", "none"], data: data)
            try await network.up.line(within: .seconds(5), "warning") { $0.contains(said) && $0.contains("The file is written anew") }
            #expect(try await run("ps", "--data", data.path).status == 0)
            try await network.message("central/cp/CP-001", "ACTIVATED")
            try await network.stop()
        }
    }
}
