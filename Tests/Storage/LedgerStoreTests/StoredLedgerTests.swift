import ChargingModel
import Foundation
import Ledger
import SQL
import SQLite
import Testing

@testable import LedgerStore

@Suite("The ledger on disk") struct StoredLedgerTests {
    @Test("it answers every operation as the ledger in memory does, across restarts", arguments: 1...10)
    func conforms(_ seed: UInt64) throws {
        try withDirectory { directory in
            try Conformance.answers(seed) { try StoredLedger(path: directory + "/ledger.db") }
        }
    }

    @Test(
        "crash points: whatever part of the log reached the disk, the ledger stands as it was after some whole commit, and never loses a synced one")
    func crashPoints() throws {
        try withDirectory { directory in
            var script = Script(seed: 7)
            var book = LedgerBook()
            let path = directory + "/ledger.db"
            let store = try StoredLedger(path: path)
            var states = [book.snapshot(at: script.now)]
            var sizes = [try size(path + "-wal")]
            let end = WallTime(milliseconds: script.now.milliseconds + 1_000_000)
            for _ in 0..<12 {
                let group = script.group()
                _ = book.apply(group)
                _ = try store.commit(group)
                states.append(book.snapshot(at: end))
                sizes.append(try size(path + "-wal"))
            }
            states[0] = LedgerBook().snapshot(at: end)
            let main = try Data(contentsOf: URL(fileURLWithPath: path))
            let log = try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
            for length in stride(from: sizes[0], through: log.count, by: 997) {
                let copy = directory + "/copy-\(length).db"
                try main.write(to: URL(fileURLWithPath: copy))
                try log.prefix(length).write(to: URL(fileURLWithPath: copy + "-wal"))
                let found = try StoredLedger(path: copy).snapshot(at: end)
                let synced = sizes.lastIndex { $0 <= length } ?? 0
                #expect(found == states[synced], "a log cut at \(length) bytes must hold the first \(synced) commits")
            }
        }
    }

    @Test("a commit that fails in the middle leaves nothing behind, and what was written before stays")
    func allOrNothing() throws {
        try withDirectory { directory in
            var script = Script(seed: 3)
            let store = try StoredLedger(path: directory + "/ledger.db")
            for _ in 0..<20 { _ = try store.commit(script.group()) }
            let before = try store.snapshot(at: script.now)
            let pages = try store.database.row("PRAGMA page_count") { $0.integer(0) } ?? 0
            try store.database.run("PRAGMA max_page_count = \(pages)")
            let group = (1...200).map { LedgerOperation.decide(accepted("X\($0)", at: "CP-9\($0)", script.now), vehicles: .max) }
            #expect(kind { try store.commit(group) } == .full)
            #expect(try store.snapshot(at: script.now) == before)
            try store.database.run("PRAGMA max_page_count = 1000000")
            _ = try store.commit(group)
            #expect(try store.snapshot(at: script.now).openSessions.count == before.openSessions.count + 200)
        }
    }

    @Test("one operation that the schema forbids does not take its group with it, and says so")
    func poison() throws {
        try withDirectory { directory in try Conformance.poison(StoredLedger(path: directory + "/ledger.db")) }
    }

    @Test("I5, S1, S5, I4: what would break an invariant can't be stored")
    func invariants() throws {
        try withDirectory { directory in
            let path = directory + "/ledger.db"
            let store = try StoredLedger(path: path)
            let database = try SQLiteDatabase(path: path)
            try database.run("PRAGMA foreign_keys = ON")
            let others = ["INSERT INTO decisions (driver, request, session, verdict, at_ms) VALUES ('a', 'b', 'no-such-session', 'ACTIVATED', 1)"]
            try Conformance.invariants(store, others: others, database)
        }
    }

    @Test("S12: by whom a request was made, and with which card, is kept with its decision and its session, in memory and on disk")
    func stations() throws {
        try withDirectory { directory in
            let path = directory + "/ledger.db"
            let now = WallTime(milliseconds: 1_795_485_600_000)
            let atStation = Provenance(origin: .station, token: TokenID(known: "card-7"))
            var book = LedgerBook()
            var (first, second) = (accepted("R1", at: "CP-001", now), accepted("R2", at: "CP-002", now))
            first.cp = ChargePointID(known: "CP-001")
            second.cp = ChargePointID(known: "CP-002")
            first.provenance = atStation
            second.provenance = atStation
            // The second comes to nothing: the account has one vehicle.
            let group: [LedgerOperation] = [.decide(first, vehicles: 1), .decide(second, vehicles: 1), .find(first.driver, second.request)]
            let store = try StoredLedger(path: path)
            #expect(try store.commit(group) == book.apply(group))
            let record = SessionRecord(
                session: SessionID(known: "S-R1"), driver: first.driver, meter: MeterID(known: "m-1"), startRegister: .zero,
                endRegister: Energy(wattHours: 9), cost: .zero, started: now, ended: now.advanced(byMilliseconds: 60_000), endReason: .stopped,
                provenance: Provenance(origin: .station, token: TokenID(known: "card-7"), clock: .station))
            let end: [LedgerOperation] = [
                .record(ChargePointID(known: "CP-001"), record, RecordContext(), at: now.advanced(byMilliseconds: 60_000))
            ]
            #expect(try store.commit(end) == book.apply(end))
            let again = try StoredLedger(path: path)
            let held = try #require(try again.session(SessionID(known: "S-R1")))
            #expect(held == book.sessions[SessionID(known: "S-R1")] && held.isComplete)
            #expect(held.provenance == Provenance(origin: .station, token: TokenID(known: "card-7"), clock: .station))
            for request in [first.request, second.request] {
                let decision = try again.decision(of: first.driver, request)
                #expect(decision?.provenance == atStation && decision == book.decision(of: first.driver, request))
            }
            #expect(try Audit.examine(LedgerReader(path: path).auditRecords(engines: [])).findings.isEmpty)
            let database = try SQLiteDatabase(path: path)
            let nobodys =
                "INSERT INTO decisions (driver, request, cp, code, reason, at_ms, origin) VALUES ('a', 'b', 'CP-1', 'CP_BUSY', 'x', 1, 'station')"
            #expect(throws: DatabaseError.self) { try database.execute(nobodys) }
        }
    }

    @Test("a full disk, a locked file, a damaged one, one of something else or of a later version: each is said for what it is")
    func troubles() throws {
        try withDirectory { directory in
            let now = WallTime(milliseconds: 1_795_485_600_000)
            let path = directory + "/ledger.db"
            var store: StoredLedger? = try StoredLedger(path: path)
            let other = try SQLiteDatabase(path: path)
            try other.run("BEGIN IMMEDIATE")
            #expect(kind { try store?.commit([.availability(ChargePointID(known: "CP-001"), outOfOrder: true, at: now)]) } == .busy)
            try other.run("ROLLBACK")
            _ = try store?.commit([.availability(ChargePointID(known: "CP-001"), outOfOrder: true, at: now)])
            try other.run("PRAGMA user_version = 99")
            #expect(kind { try StoredLedger(path: path) } == .later)
            try other.run("PRAGMA user_version = 2; PRAGMA application_id = 1")
            #expect(kind { try StoredLedger(path: path) } == .corrupt)
            #expect(kind { try StoredLedger(path: directory + "/no/such/directory/ledger.db") } == .unavailable)
            store = nil
            try Data(repeating: 7, count: 8192).write(to: URL(fileURLWithPath: directory + "/noise.db"))
            #expect(kind { try StoredLedger(path: directory + "/noise.db") } == .corrupt)
        }
    }

    private func size(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}
