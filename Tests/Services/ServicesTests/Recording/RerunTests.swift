import ChargingModel
import ChargingProtocol
import Foundation
import MQTT
import Runtime
import Testing

@testable import Services

@Suite("Playing a recording") struct RerunTests {
    private let made = Now(monotonic: Instant(nanoseconds: 5), wall: WallTime(milliseconds: 1_795_903_072_054))

    private func context(of party: Party, seed: UInt64) -> PartyContext {
        PartyContext(
            settings: MQTTSettings(address: MQTTAddress(), clientID: Wire(site: nil).clientID(of: party)), wire: Wire(site: nil), seed: seed,
            isWatched: party == .central)
    }

    private func file(in directory: String) throws -> String {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        return directory + "/record.jsonl"
    }

    /// Records an engine, a monitor, a driver and Central in one file, all of them told what a seed draws.
    private func record(_ path: String, seed: UInt64, ledger: RerunLedger) throws -> [(inputs: Int, actions: Int, commits: Int)] {
        let recorder = PartyRecorder(path: path, from: "--record")
        try recorder.open()
        let cp = ChargePointID(known: "CP-001")
        let specification = EngineCore.Specification(
            cp: cp, power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: 300_000), kind: "AC", software: "w")
        let driving = Driver.Settings(driver: "driver-a", interval: .seconds(1), points: [cp])
        let arbiter = CentralCore.Settings(
            software: "w", vehicles: ["driver-a": 2], access: AccessList(drivers: .known([]), points: .known([cp])))
        let contexts = [Party.engine(cp), .monitor(cp), .driver("driver-a"), .central].map { context(of: $0, seed: seed) }
        let engine = RecordedLife(
            try EngineRuntime(specification, memory: EngineMemory(), contexts[0]),
            RecordedParty(.engine(specification, EngineMemory()), contexts[0], at: made), recorder)
        let monitor = RecordedLife(
            try MonitorRuntime(cp: cp, contexts[1], at: made), RecordedParty(.monitor(cp, Monitor.Settings()), contexts[1], at: made), recorder)
        let driver = RecordedLife(try DriverRuntime(driving, contexts[2]), RecordedParty(.driver(driving), contexts[2], at: made), recorder)
        let central = RecordedLife(
            try CentralRuntime(arbiter, contexts[3], at: made), RecordedParty(arbiter, nil, contexts[3], hasLedger: false, at: made), recorder,
            ledger: ledger)
        var inputs = RandomInputs(seed: seed)
        for hears in [engine.hears, monitor.hears, driver.hears, central.hears] as [(PartyInput) -> Void] { hears(.start) }
        for round in 0..<60 {
            for hears in [engine.hears, monitor.hears, driver.hears, central.hears] as [(PartyInput) -> Void] { hears(.bus(inputs.transport())) }
            engine.hears(inputs.engine())
            monitor.hears(inputs.monitor())
            driver.hears(inputs.driver())
            central.hears(inputs.central())
            for wait in [engine.wait, monitor.wait, driver.wait, central.wait] { wait() }
            central.hears("driver/driver-a/request", "{\"request\":\"r-\(round)\",\"cp\":\"CP-001\"}")
        }
        for hears in [engine.hears, monitor.hears, driver.hears, central.hears] as [(PartyInput) -> Void] { hears(.stop) }
        recorder.close()
        return [
            (engine.inputs, engine.actions, 0), (monitor.inputs, monitor.actions, 0), (driver.inputs, driver.actions, 0),
            (central.inputs, central.actions, central.commits),
        ]
    }

    @Test("the same inputs bring the same actions, and the same ledger", arguments: 0..<5) func same(_ seed: UInt64) async throws {
        try await withDirectory { directory in
            let path = try file(in: directory)
            let counts = try record(path, seed: seed, ledger: try RerunLedger(nil, site: nil, keptAt: directory + "/then.db"))
            let report = try Rerun.run(path, keepingLedgerAt: directory + "/now.db")
            #expect(report.difference == nil && report.end == .closed && report.unanswered == 0)
            #expect(report.parties.map(\.party) == ["engine:CP-001", "monitor:CP-001", "driver:driver-a", "central"])
            #expect(report.parties.map(\.inputs) == counts.map(\.inputs))
            #expect(report.parties.map(\.actions) == counts.map(\.actions))
            #expect(report.commits == counts[3].commits && counts[3].commits > 0, "\(counts)")
            for count in counts { #expect(count.inputs > 150 && count.actions > 50, "\(counts)") }
        }
    }

    @Test("whatever is changed in a recording is found, with its line") func tampered() async throws {
        try await withDirectory { directory in
            let path = try file(in: directory)
            _ = try record(path, seed: 3, ledger: try RerunLedger(nil, site: nil, keptAt: nil))
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
            func play(_ lines: [String]) throws -> RerunReport {
                try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
                return try Rerun.run(path)
            }
            let outputs = lines.indices.filter { lines[$0].contains("\"out\":") }
            let output = outputs[outputs.count / 2]
            var changed = lines
            changed[output] = lines[output].replacing("\"out\":", with: "\"oddity\":1,\"out\":")
            let difference = try #require(try play(changed).difference)
            #expect(difference.line == output + 1 && difference.recorded == changed[output] && difference.now == lines[output])
            #expect(lines[difference.inputLine - 1] == difference.input && difference.input.contains("\"in\":"))

            var shorter = lines
            shorter.remove(at: output)
            #expect(try play(shorter).difference?.now == lines[output])

            var longer = lines
            longer.insert(lines[output], at: output)
            #expect(try play(longer).difference?.recorded != nil)

            var other = lines
            other[0] = lines[0].replacing("\"seed\":3", with: "\"seed\":4")
            #expect(other[0] != lines[0])
            #expect(try play(other).difference?.recorded != nil)
            #expect(try play(lines).difference == nil)
        }
    }

    @Test("a recording that was cut off is played up to there, wherever that is", arguments: 0..<6) func cut(_ seed: UInt64) async throws {
        try await withDirectory { directory in
            let path = try file(in: directory)
            _ = try record(path, seed: seed, ledger: try RerunLedger(nil, site: nil, keptAt: nil))
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            let header = try #require(bytes.firstIndex(of: UInt8(ascii: "\n"))) + 1
            var random = SplitMix64(seed: seed)
            for _ in 0..<20 {
                let length = header + Int(random.next() % UInt64(bytes.count - header))
                try bytes.prefix(length).write(to: URL(fileURLWithPath: path))
                let report = try Rerun.run(path)
                #expect(report.difference == nil)
                if bytes[length - 1] == UInt8(ascii: "\n") {
                    #expect(report.end == .open)
                } else {
                    guard case .torn = report.end else {
                        Issue.record("\(report.end) at \(length)")
                        continue
                    }
                }
            }
        }
    }
}
