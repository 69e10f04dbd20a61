import ChargingModel
import Foundation
import Ledger
import SQL
import SQLite
import Testing

@testable import LedgerStore

@Suite("Upkeep of the ledger") struct UpkeepTests {
    private let day: Int64 = 86_400_000
    private let cp = ChargePointID(known: "CP-001")
    private let meter = MeterID(known: "m-1")
    private let alice = DriverID(known: "driver-alice")

    /// Long ago, for the ledger has a look at the real clock.
    private func time(_ days: Int64) -> WallTime { WallTime(milliseconds: 1_700_000_000_000 + days * day) }

    private func decision(_ id: String, _ days: Int64) -> Decision {
        let assignment = Assignment(
            session: SessionID(known: "S-\(id)"), cp: cp, power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: 300_000), meter: meter,
            energyTarget: nil, duration: nil)
        return Decision(driver: alice, request: RequestID(known: id), cp: nil, ruling: .accepted(assignment), verdict: .activated, at: time(days))
    }

    private func denial(_ id: String, _ days: Int64) -> Decision {
        Decision(
            driver: alice, request: RequestID(known: id), cp: cp, ruling: .denied(.busy, reason: "busy"), verdict: .supplying, at: time(days))
    }

    private func record(_ id: String, _ from: Int64, _ to: Int64) -> SessionRecord {
        SessionRecord(
            session: SessionID(known: "S-\(id)"), driver: alice, meter: meter, startRegister: Energy(wattHours: from),
            endRegister: Energy(wattHours: to), cost: Price(microEuroPerKilowattHour: 300_000).cost(of: Energy(wattHours: to - from)),
            started: nil, ended: time(0), endReason: .completed)
    }

    private func charge(_ store: StoredLedger, _ id: String, _ from: Int64, _ to: Int64, day: Int64) throws {
        _ = try store.commit([.decide(decision(id, day), vehicles: .max), .record(cp, record(id, from, to), RecordContext(), at: time(day))])
    }

    /// Three old sessions, one of them incomplete, an old orphan, a denial and a fault; then one of today.
    private func filled(_ path: String) throws -> StoredLedger {
        let store = try StoredLedger(path: path)
        try charge(store, "A", 0, 100, day: 0)
        _ = try store.commit([.decide(decision("B", 1), vehicles: .max), .close(SessionID(known: "S-B"), .fault, Seen(), at: time(1))])
        try charge(store, "C", 100, 150, day: 2)
        _ = try store.commit([
            .record(cp, record("by-hand", 150, 160), RecordContext(), at: time(3)), .decide(denial("D", 2), vehicles: .max),
            .fault(cp, .faulty, why: "engine lost", at: time(3)),
            .recovery(cp, at: time(4)),
        ])
        try charge(store, "E", 160, 200, day: 50)
        return store
    }

    private func audit(_ path: String, register: Int64, pending: [SessionRecord] = []) throws -> AuditReport {
        let register = Energy(wattHours: register)
        let books = EngineBooks(cp: cp, meter: meter, register: register, pending: pending, active: nil, registerAfter: register)
        return Audit.examine(try LedgerReader(path: path).auditRecords(engines: [books]))
    }

    @Test("pruning keeps each meter's sum, what is incomplete and the last 30 days; the audit holds before and after, and no record counts twice")
    func prune() throws {
        try withDirectory { directory in
            let path = directory + "/ledger.db"
            let store = try filled(path)
            #expect(try audit(path, register: 200).findings.isEmpty)
            #expect(try store.pruningLimit(olderThan: 0, at: time(55)) == time(20), "no less than 30 days, from the newest decision")
            var portions = 0
            let pruned = try store.prune(before: time(20), at: time(55), portion: 1) { _ in portions += 1 }
            #expect(portions >= 6, "Central may write between any two rows")
            #expect(pruned.sessions == 2 && pruned.orphans == 1 && pruned.decisions == 3 && pruned.faults == 1)
            #expect(pruned.energy == Energy(wattHours: 160))
            let after = try audit(path, register: 200)
            #expect(after.findings.isEmpty, "\(after.findings)")
            #expect(after.sessions == 2 && after.prunedRecords == 3)
            #expect(try LedgerReader(path: path).sessions(SessionFilter()).map(\.id.text) == ["S-E", "S-B"])
            // Sent again by an engine that never heard the ACK.
            #expect(try audit(path, register: 200, pending: [record("A", 0, 100)]).findings.isEmpty, "it is not on its way: it came")
            for (id, from, to) in [("A", 0, 100), ("C", 100, 150), ("by-hand", 150, 160)] {
                let again = LedgerOperation.record(cp, record(id, Int64(from), Int64(to)), RecordContext(), at: time(51))
                #expect(try store.commit([again]) == [.recorded(.alreadyHeld, nil, [])])
            }
            // The one that was missing.
            _ = try store.commit([.record(cp, record("B", 200, 200), RecordContext(), at: time(51))])
            #expect(try audit(path, register: 200).findings.isEmpty)
            #expect(try store.prune(before: time(20), at: time(55)).isNothing, "its ticket changed just now")
            _ = try store.commit([.decide(denial("F", 90), vehicles: .max)])
            #expect(try store.prune(before: time(52), at: time(90)).sessions == 2)
            #expect(try audit(path, register: 200).findings.isEmpty)
            #expect(try !audit(path, register: 201).holds)
        }
    }

    @Test("S2: a clock that was ahead makes nothing old: pruning counts back from now, and refuses when the newest decision is of the future")
    func wrongClock() throws {
        try withDirectory { directory in
            let path = directory + "/ledger.db"
            let store = try filled(path)
            #expect(try store.pruningLimit(olderThan: 0, at: time(49)) == time(19), "from now, when the newest decision is a little ahead")
            let error = #expect(throws: DatabaseError.self) { try store.pruningLimit(olderThan: 0, at: time(10)) }
            #expect(error?.description.contains("more than a day after this machine's clock") == true)
            // A hundred years ahead, once.
            try charge(store, "F", 200, 210, day: 36_500)
            let database = try SQLiteDatabase(path: path)
            try database.execute("INSERT INTO decisions (driver, request, code, reason, at_ms) VALUES ('d', 'r', 'BUSY', '', unixepoch() * 1000)")
            #expect(throws: DatabaseError.self) { try database.execute("DELETE FROM decisions WHERE driver = 'd'") }
        }
    }

    @Test("two who prune at once count nothing twice")
    func pruneTwice() throws {
        try withDirectory { directory in
            let path = directory + "/ledger.db"
            let store = try filled(path)
            let other = try StoredLedger(path: path)
            var isFirst = true
            _ = try store.prune(before: time(20), at: time(55), portion: 1) { _ in
                guard isFirst else { return }
                isFirst = false
                _ = try? other.prune(before: time(20), at: time(55))
            }
            let after = try audit(path, register: 200)
            #expect(after.findings.isEmpty, "\(after.findings)")
            #expect(after.prunedRecords == 3)
        }
    }

    @Test("S2: nobody can remove a decision of the last 30 days, or a session that waits for its record")
    func kept() throws {
        try withDirectory { directory in
            let path = directory + "/ledger.db"
            _ = try filled(path)
            let database = try SQLiteDatabase(path: path)
            for attempt in ["DELETE FROM decisions WHERE request = 'E'", "DELETE FROM sessions WHERE id = 'S-B'"] {
                #expect(throws: DatabaseError.self) { try database.execute(attempt) }
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
            #expect(throws: DatabaseError.self) { try LedgerBackup.make(of: reader, at: copy) }
            #expect(throws: DatabaseError.self) { try LedgerBackup.make(of: reader, at: directory + "/no/such/copy.db") }
            #expect(try StoredLedger(path: copy).snapshot(at: time(50)) == store.snapshot(at: time(50)))
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).allSatisfy { !$0.contains("unfinished") })
        }
    }

    @Test("a file that holds nothing is no ledger to a reader, and stays as it is")
    func empty() throws {
        try withDirectory { directory in
            let path = directory + "/empty.db"
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
            #expect(throws: DatabaseError.self) { try LedgerReader(path: path) }
            let content = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(content.isEmpty)
        }
    }

    /// A ledger as an earlier wattline left it.
    private func makeLedger(at path: String, version: Int, _ rows: String) throws {
        let old = try SQLiteDatabase(path: path)
        for migration in Schema.migrations[..<version] { try old.run(migration) }
        try old.run("PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = \(version);")
        try old.run(rows)
    }

    @Test("a ledger of version 1 is brought up to date with all it holds; a reader says that it has to be")
    func migration() throws {
        try withDirectory { directory in
            let path = directory + "/ledger.db"
            try makeLedger(
                at: path, version: 1,
                """
                INSERT INTO sessions VALUES ('S1', 'driver-alice', 'R1', 'CP-001', 'm-1', 22000, 300000, NULL, 10000, 1795485600000, 1, 61, 0, 61,
                    1795485600000, 1795485610000, 1795485610000, 'completed', 1, NULL, 1, 1795485610000);
                -- Closed without its record, which came later.
                INSERT INTO sessions VALUES ('S2', 'driver-alice', 'R2', 'CP-001', 'm-1', 22000, 300000, NULL, 10000, 1795485620000, 1, 9, 61, 70,
                    1795485620000, 1795485625000, 1795485630000, 'fault', 1, NULL, 2, 1795485640000);
                -- Closed by a record that contradicts, and closed before one came that does.
                INSERT INTO sessions VALUES ('S3', 'driver-alice', 'R3', 'CP-001', 'm-1', 22000, 300000, NULL, 10000, 1795485650000, 1, 0, NULL, 99,
                    NULL, NULL, 1795485660000, 'completed', 0, 'another meter', 3, 1795485660000);
                INSERT INTO sessions VALUES ('S4', 'driver-alice', 'R4', 'CP-001', 'm-1', 22000, 300000, NULL, 10000, 1795485670000, 1, 0, NULL, 99,
                    NULL, NULL, 1795485680000, 'fault', 0, 'another meter', 4, 1795485690000);
                INSERT INTO decisions (driver, request, session, verdict, at_ms) VALUES
                    ('driver-alice', 'R1', 'S1', 'ACTIVATED', 1795485600000), ('driver-alice', 'R2', 'S2', 'ACTIVATED', 1795485620000),
                    ('driver-alice', 'R3', 'S3', 'ACTIVATED', 1795485650000), ('driver-alice', 'R4', 'S4', 'ACTIVATED', 1795485670000);
                INSERT INTO decisions (driver, request, cp, code, reason, verdict, at_ms) VALUES
                    ('driver-alice', 'R5', 'CP-001', 'BUSY', 'is charging', 'SUPPLYING', 1795485605000);
                INSERT INTO stray_records VALUES
                    ('S3', 'contradiction', 'CP-001', 'driver-alice', 'm-2', 0, 5, 0, NULL, 1795485660000, 'completed', 1795485660000),
                    ('S4', 'contradiction', 'CP-001', 'driver-alice', 'm-2', 5, 9, 0, NULL, 1795485690000, 'completed', 1795485690000);
                INSERT INTO audit_log (at_ms, what, cp, driver, session, request, why) VALUES
                    (1795485600000, 'ACCEPTED', NULL, 'driver-alice', 'S1', 'R1', NULL),
                    (1795485605000, 'DENIED', 'CP-001', 'driver-alice', NULL, 'R5', 'BUSY: is charging'),
                    (1795485610000, 'CLOSED', 'CP-001', 'driver-alice', 'S1', 'R1', 'completed, complete, 0.061 kWh'),
                    (1795485620000, 'ACCEPTED', 'CP-001', 'driver-alice', 'S2', 'R2', NULL),
                    (1795485630000, 'CLOSED', 'CP-001', 'driver-alice', 'S2', 'R2', 'fault, incomplete'),
                    (1795485640000, 'CLOSED', 'CP-001', 'driver-alice', 'S2', 'R2', 'fault, complete, 0.009 kWh'),
                    (1795485650000, 'ACCEPTED', 'CP-001', 'driver-alice', 'S3', 'R3', NULL),
                    (1795485660000, 'CONTRADICTION', 'CP-001', 'driver-alice', 'S3', NULL, '0.005 kWh'),
                    (1795485660000, 'CLOSED', 'CP-001', 'driver-alice', 'S3', 'R3', 'completed, incomplete: another meter'),
                    (1795485670000, 'ACCEPTED', 'CP-001', 'driver-alice', 'S4', 'R4', NULL),
                    (1795485680000, 'CLOSED', 'CP-001', 'driver-alice', 'S4', 'R4', 'fault, incomplete'),
                    (1795485690000, 'CONTRADICTION', 'CP-001', 'driver-alice', 'S4', NULL, '0.004 kWh'),
                    (1795485690000, 'CLOSED', 'CP-001', 'driver-alice', 'S4', 'R4', 'fault, incomplete: another meter');
                """)
            let error = #expect(throws: DatabaseError.self) { try LedgerReader(path: path) }
            #expect(error?.description.contains("brings the ledger up to date") == true)
            let held = try StoredLedger(path: path).session(SessionID(known: "S1"))
            #expect(held?.isComplete == true && held?.energy == Energy(wattHours: 61) && held?.readings == 0)
            let reader = try LedgerReader(path: path)
            #expect(try reader.damage().isEmpty)
            let records = try reader.auditRecords(engines: [])
            let report = Audit.examine(records)
            #expect(report.findings.isEmpty, "\(report.findings)")
            let lines = records.log.filter { $0.session != SessionID(known: "S1") }.map {
                "\($0.what.rawValue) \($0.why ?? "") \($0.energy?.wattHours ?? -1)"
            }
            #expect(
                lines == [
                    "DENIED BUSY: is charging -1", "ACCEPTED  -1", "CLOSED fault -1", "RECORD fault 9", "ACCEPTED  -1",
                    "CONTRADICTED another meter -1",
                    "CLOSED completed -1", "ACCEPTED  -1", "CLOSED fault -1", "CONTRADICTED another meter -1",
                ])
        }
    }

    @Test("version 2 logged no closing by a record that contradicts: version 3 says it")
    func migrationOfContradictions() throws {
        try withDirectory { directory in
            let path = directory + "/ledger.db"
            try makeLedger(
                at: path, version: 2,
                """
                INSERT INTO sessions VALUES ('S3', 'driver-alice', 'R3', 'CP-001', 'm-1', 22000, 300000, NULL, 10000, 1795485650000, 1, 0, NULL, 99,
                    NULL, NULL, 1795485660000, 'completed', 0, 'another meter', 3, 1795485660000, NULL, 0, 0);
                INSERT INTO decisions (driver, request, session, verdict, at_ms) VALUES ('driver-alice', 'R3', 'S3', 'ACTIVATED', 1795485650000);
                INSERT INTO audit_log (at_ms, what, cp, driver, session, request, why) VALUES
                    (1795485650000, 'ACCEPTED', 'CP-001', 'driver-alice', 'S3', 'R3', NULL),
                    (1795485660000, 'CONTRADICTED', 'CP-001', 'driver-alice', 'S3', 'R3', 'another meter');
                """)
            _ = try StoredLedger(path: path)
            let records = try LedgerReader(path: path).auditRecords(engines: [])
            #expect(records.log.map(\.what) == [.accepted, .closed, .contradicted])
            #expect(Audit.examine(records).findings.isEmpty)
        }
    }

    @Test("S1: what is open in a ledger of version 4 goes on in version 5, and can be stopped")
    func migrationOfOpenSessions() throws {
        try withDirectory { directory in
            let path = directory + "/ledger.db"
            try makeLedger(
                at: path, version: 4,
                """
                INSERT INTO sessions VALUES ('S1', 'driver-alice', 'R1', 'CP-001', 'm-1', 22000, 300000, NULL, 10000, 1795485600000, 1, 0, NULL, NULL,
                    NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, 0, 0);
                INSERT INTO decisions (driver, request, session, verdict, at_ms) VALUES ('driver-alice', 'R1', 'S1', 'ACTIVATED', 1795485600000);
                INSERT INTO audit_log (at_ms, what, cp, driver, session, request, why) VALUES
                    (1795485600000, 'ACCEPTED', 'CP-001', 'driver-alice', 'S1', 'R1', NULL);
                """)
            let session = SessionID(known: "S1")
            var ledger = try StoredLedger(path: path)
            #expect(try ledger.session(session)?.isStopAsked == false)
            _ = try ledger.commit([.askStop(session, at: WallTime(milliseconds: 1_795_485_605_000))])
            ledger = try StoredLedger(path: path)
            #expect(try ledger.session(session)?.isStopAsked == true && ledger.openSessions().map(\.id) == [session])
            #expect(Audit.examine(try LedgerReader(path: path).auditRecords(engines: [])).findings.isEmpty)
        }
    }
}
