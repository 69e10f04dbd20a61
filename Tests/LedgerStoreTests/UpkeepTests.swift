import ChargingModel
import Foundation
import Ledger
import SQLite
import Testing

@testable import LedgerStore

@Suite("Upkeep of the ledger") struct UpkeepTests {
    private let day: Int64 = 86_400_000
    private let cp = ChargePointID(known: "CP-001")
    private let meter = MeterID(known: "m-1")
    private let alice = DriverID(known: "driver-alice")

    private func time(_ days: Int64) -> WallTime { WallTime(milliseconds: 1_795_485_600_000 + days * day) }

    private func decision(_ id: String, _ days: Int64) -> Decision {
        let assignment = Assignment(
            session: SessionID(known: "S-\(id)"), cp: cp, power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: 300_000), meter: meter,
            energyTarget: nil, duration: nil)
        return Decision(driver: alice, request: RequestID(known: id), cp: nil, ruling: .accepted(assignment), verdict: .activated, at: time(days))
    }

    private func record(_ id: String, _ from: Int64, _ to: Int64) -> SessionRecord {
        SessionRecord(
            session: SessionID(known: "S-\(id)"), driver: alice, meter: meter, startRegister: Energy(wattHours: from),
            endRegister: Energy(wattHours: to), cost: Price(microEuroPerKilowattHour: 300_000).cost(of: Energy(wattHours: to - from)),
            started: nil, ended: time(0), endReason: .completed)
    }

    private func charge(_ store: SQLiteLedger, _ id: String, _ from: Int64, _ to: Int64, day: Int64) throws {
        _ = try store.commit([.decide(decision(id, day)), .record(cp, record(id, from, to), Seen(), at: time(day))])
    }

    /// Three old sessions, one of them incomplete, an old orphan, a denial and a fault; then one of today.
    private func filled(_ path: String) throws -> SQLiteLedger {
        let store = try SQLiteLedger(path: path)
        try charge(store, "A", 0, 100, day: 0)
        _ = try store.commit([.decide(decision("B", 1)), .close(SessionID(known: "S-B"), .fault, Seen(), at: time(1))])
        try charge(store, "C", 100, 150, day: 2)
        let denial = Decision(
            driver: alice, request: RequestID(known: "D"), cp: cp, ruling: .denied(.busy, reason: "busy"), verdict: .supplying, at: time(2))
        _ = try store.commit([
            .record(cp, record("by-hand", 150, 160), Seen(), at: time(3)), .decide(denial), .fault(cp, .faulty, why: "engine lost", at: time(3)),
            .recovery(cp, at: time(4)),
        ])
        try charge(store, "E", 160, 200, day: 50)
        return store
    }

    private func audit(_ path: String, register: Int64) throws -> AuditReport {
        var records = try LedgerReader(path: path).auditRecords()
        records.engines = [EngineBooks(cp: cp, meter: meter, register: Energy(wattHours: register), pending: [], active: nil)]
        return Audit.examine(records)
    }

    @Test("pruning keeps each meter's sum, what is incomplete and the last 30 days; the audit holds before and after, and no record counts twice")
    func prune() throws {
        try withDirectory { directory in
            let path = directory + "/ledger.db"
            let store = try filled(path)
            #expect(try audit(path, register: 200).findings.isEmpty)
            #expect(try store.pruningLimit(olderThan: 0) == time(20), "no less than 30 days, from the newest decision")
            let pruned = try store.prune(before: time(20), portion: 1)
            #expect(pruned.sessions == 2 && pruned.orphans == 1 && pruned.decisions == 3 && pruned.faults == 1)
            #expect(pruned.energy == Energy(wattHours: 160))
            let after = try audit(path, register: 200)
            #expect(after.findings.isEmpty, "\(after.findings)")
            #expect(after.sessions == 2 && after.prunedRecords == 3)
            #expect(try LedgerReader(path: path).sessions(SessionFilter()).map(\.id.text) == ["S-E", "S-B"])
            // Sent again by an engine that never heard the ACK.
            #expect(try store.commit([.record(cp, record("A", 0, 100), Seen(), at: time(51))]) == [.recorded(.alreadyHeld, nil, [])])
            // The one that was missing.
            _ = try store.commit([.record(cp, record("B", 200, 200), Seen(), at: time(51))])
            #expect(try audit(path, register: 200).findings.isEmpty)
            #expect(try store.prune(before: time(20)).sessions == 1)
            #expect(try store.prune(before: time(20)).isNothing)
            #expect(try audit(path, register: 200).findings.isEmpty)
            #expect(try !audit(path, register: 201).holds)
        }
    }

    @Test("S2: nobody can remove a decision of the last 30 days, or a session that waits for its record")
    func kept() throws {
        try withDirectory { directory in
            let path = directory + "/ledger.db"
            _ = try filled(path)
            let database = try Database(path: path)
            for attempt in ["DELETE FROM decisions WHERE request = 'E'", "DELETE FROM sessions WHERE id = 'S-B'"] {
                #expect(throws: SQLiteError.self) { try database.execute(attempt) }
            }
        }
    }

    @Test("a backup is whole, taken while the ledger is open, and never overwrites")
    func backup() throws {
        try withDirectory { directory in
            let path = directory + "/ledger.db"
            let store = try filled(path)
            let reader = try LedgerReader(path: path)
            let copy = directory + "/copy.db"
            #expect(try LedgerBackup.make(of: reader, at: copy).sessions == 4)
            #expect(throws: SQLiteError.self) { try LedgerBackup.make(of: reader, at: copy) }
            #expect(throws: SQLiteError.self) { try LedgerBackup.make(of: reader, at: directory + "/no/such/copy.db") }
            #expect(try SQLiteLedger(path: copy).snapshot(at: time(50)) == store.snapshot(at: time(50)))
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).allSatisfy { !$0.contains("unfinished") })
        }
    }

    @Test("a ledger of version 1 is brought up to date with all it holds; a reader says that it has to be")
    func migration() throws {
        try withDirectory { directory in
            let path = directory + "/ledger.db"
            do {
                let old = try Database(path: path)
                try old.run(Schema.migrations[0])
                try old.run("PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = 1;")
                try old.run(
                    """
                    INSERT INTO sessions VALUES ('S1', 'driver-alice', 'R1', 'CP-001', 'm-1', 22000, 300000, NULL, 10000, 1795485600000, 1, 61, 0, 61,
                        1795485600000, 1795485610000, 1795485610000, 'completed', 1, NULL, 1, 1795485610000);
                    INSERT INTO decisions (driver, request, session, verdict, at_ms) VALUES ('driver-alice', 'R1', 'S1', 'ACTIVATED', 1795485600000);
                    """)
            }
            let error = #expect(throws: SQLiteError.self) { try LedgerReader(path: path) }
            #expect(error?.description.contains("brings the ledger up to date") == true)
            let held = try SQLiteLedger(path: path).session(SessionID(known: "S1"))
            #expect(held?.isComplete == true && held?.energy == Energy(wattHours: 61) && held?.readings == 0)
            #expect(try LedgerReader(path: path).damage().isEmpty)
        }
    }
}
