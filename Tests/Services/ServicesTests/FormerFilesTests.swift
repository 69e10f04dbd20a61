import ChargingModel
import Foundation
import Journal
import Ledger
import LedgerStore
import Platform
import Settings
import Testing

@testable import Services

/// The data directory of a `wattline up` of 0.1.0: `Tests/Fixtures/wattline-0.1.0`.
@Suite("Files of the version before") struct FormerFilesTests {
    private let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Fixtures/wattline-0.1.0")
    private let points = (1...3).map { ChargePointID(known: "CP-00\($0)") }

    /// A copy of the data directory for the time of the body.
    private func withData(_ body: (DataDirectory) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("wattline-former-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: url) }
        try FileManager.default.copyItem(at: fixture.standardizedFileURL, to: url)
        try body(DataDirectory(root: url.path))
    }

    @Test("engines go on with their meters, registers, epochs, and what Central has not acknowledged; opening changes nothing")
    func engines() throws {
        try withData { data in
            let before = try points.map { try Data(contentsOf: URL(fileURLWithPath: data.engine($0) + "/journal")) }
            let stores = try points.flatMap { try EngineStore.open([$0], in: data) }
            #expect(stores.map(\.memory.meter?.text) == ["m-KK3QPJ7VNG58", "m-82GYZSA7C185", "m-7TJ9V2V4CZSW"])
            #expect(stores.map(\.memory.register.wattHours) == [138, 750, 2332])
            #expect(stores.map(\.lastEpoch) == [1_795_905_209_177, 1_795_905_186_832, 1_795_905_186_974])
            #expect(stores.map(\.memory.records.count) == [4, 3, 4] && stores.map(\.tornBytes) == [0, 0, 0])
            // CP-001 was charging when it was killed.
            let active = stores[0].memory.active
            #expect(active?.session.text == "01M8J4P4FNBXQER3WF888P4DNS" && active?.startRegister == Energy(wattHours: 114))
            #expect(active?.driver.text == "driver-bob" && active?.duration == .seconds(6) && active?.price.microEuroPerKilowattHour == 300_000)
            #expect(stores[1].memory.active == nil && stores[2].memory.active == nil)
            // CP-003 had ended a session while Central was dead.
            #expect(stores.map { $0.memory.unacknowledged.map(\.text) } == [[], [], ["01M8J4NZMY11TA2FKG7P669R4H"]])
            let pending = stores[2].memory.records.last
            #expect(pending?.energy == Energy(wattHours: 583) && pending?.cost == Money(microEuro: 262_350) && pending?.endReason == .completed)
            // It was killed a first time, and closed what was under way when it came back.
            #expect(stores[0].memory.records.contains { $0.endReason == .interrupted })
            #expect(try points.map { try Data(contentsOf: URL(fileURLWithPath: data.engine($0) + "/journal")) } == before)
        }
    }

    @Test("engines of a process that hosts all three go on with the same, in one file; each alone again, too") func together() throws {
        try withData { data in
            let former = try points.flatMap { try EngineStore.open([$0], in: data) }.map(\.memory)
            let hosted = try EngineStore.open(points, in: data)
            #expect(hosted.map(\.memory) == former && Set(hosted.map(\.journal.path)) == [data.base + "/journals/engine/CP-001/journal"])
            #expect(try EngineBooks.read(in: data).map(\.register) == former.map(\.register))
        }
        try withData { data in
            let former = try points.flatMap { try EngineStore.open([$0], in: data) }.map(\.memory)
            _ = try EngineStore.open(points, in: data)
            let alone = try points.reversed().flatMap { try EngineStore.open([$0], in: data) }.reversed()
            #expect(alone.map(\.memory) == former && alone.map(\.journal.path) == points.map { data.engine($0) + "/journal" })
            #expect(!FileManager.default.fileExists(atPath: data.base + "/journals/engine/CP-001/journal"))
        }
    }

    @Test("monitors and Central go on after their epochs (P9)") func epochs() throws {
        try withData { data in
            let stores = try EpochStore.open(points.map { data.monitor($0) }, in: data) + EpochStore.open([data.central], in: data)
            #expect(stores.map(\.lastEpoch) == [1_795_905_186_981, 1_795_905_186_975, 1_795_905_187_213, 1_795_905_187_036])
        }
    }

    @Test("Central goes on with the ledger, and the audit holds with the engines' journals beside it, to the watt-hour") func ledger() throws {
        try withData { data in
            let now = WallTime(milliseconds: 1_795_905_240_000)
            let ledger = try StoredLedger(path: data.ledger)
            let snapshot = try ledger.snapshot(at: now)
            #expect(snapshot.openSessions.map(\.assignment.cp.text) == ["CP-003", "CP-001"] && snapshot.awaitingRecord.isEmpty)
            #expect(snapshot.availabilities == [points[1]: true])
            let engines = try EngineBooks.read(in: data)
            var records = try LedgerReader(path: data.ledger).auditRecords(engines: engines)
            records.defaultVehicles = 2
            let report = Audit.examine(records)
            #expect(report.holds && report.remarks.isEmpty, "\(report.findings) \(report.remarks)")
            #expect(report.sessions == 12 && report.openSessions == 2 && report.decisions == 19 && report.readings == 46)
            #expect(report.energy == Energy(wattHours: 2613) && report.cost == Money(microEuro: 1_121_250))
            #expect(report.balances.map(\.moved.wattHours) == [138, 750, 2332] && report.balances.map(\.onItsWay.wattHours) == [24, 0, 583])
        }
    }

    @Test("network.json") func network() throws {
        let network = try Network.read(file: fixture.appendingPathComponent("network.json").standardizedFileURL.path)
        #expect(network.name == "before" && network.points.map(\.id) == points && network.sessionDuration == .seconds(6))
        #expect(network.drivers.map(\.vehicles) == [1, 2] && network.drivers[0].every == .seconds(5))
    }
}
