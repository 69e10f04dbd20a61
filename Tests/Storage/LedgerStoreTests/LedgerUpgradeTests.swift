import ChargingModel
import Foundation
import Ledger
import SQL
import SQLite
import Testing

@testable import LedgerStore

@Suite("Up and down a version of the ledger") struct LedgerUpgradeTests {
    /// Makes a ledger of a version, with a session in it; returns its path.
    private func make(_ version: Int, in directory: String) throws -> String {
        let path = directory + "/ledger.db"
        try SQLiteDatabase(path: path).run(String(contentsOfFile: "\(FormerLedgersTests.fixtures)/version-\(version).sql", encoding: .utf8))
        return path
    }

    private func refusal(_ path: String) -> DatabaseError? {
        do {
            _ = try StoredLedger(path: path)
            return nil
        } catch { return error }
    }

    private func files(_ directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }.sorted()
    }

    private func rows(_ database: any Database) throws -> [String] {
        let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        return try database.rows(names) { $0.text(0) }.flatMap { table in
            let names = try database.rows("SELECT name FROM pragma_table_info('\(table)')") { $0.text(0) }
            let row = names.map { "quote(\($0))" }.joined(separator: " || '|' || ")
            return try database.rows("SELECT '\(table): ' || \(row) FROM \(table) ORDER BY 1") { $0.text(0) }
        }
    }

    @Test("before its version rises a copy is kept for its owner alone, whole, as it was; a new ledger and today's leave none")
    func copy() throws {
        try withDirectory { directory in
            let path = try make(4, in: directory)
            let before = try rows(SQLiteDatabase(path: path))
            let upgrade = try StoredLedger(path: path).upgrade
            #expect(upgrade == LedgerUpgrade(from: 4, to: Schema.newest, copy: path + ".v4"))
            #expect(try files(directory) == ["ledger.db", "ledger.db.v4"])
            let copy = try SQLiteDatabase(path: path + ".v4", .readOnly)
            #expect(try rows(copy) == before && copy.damage().isEmpty && copy.row("PRAGMA user_version") { $0.integer(0) } == 4)
            let mode = try FileManager.default.attributesOfItem(atPath: path + ".v4")[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try StoredLedger(path: path).upgrade == nil && StoredLedger(path: directory + "/new.db").upgrade == nil)
            #expect(try files(directory) == ["ledger.db", "ledger.db.v4", "new.db"])
        }
    }

    @Test("down: the copy put back is the ledger of then; up again: what was kept before stays beside what is kept now")
    func down() throws {
        try withDirectory { directory in
            let path = try make(5, in: directory)
            let now = WallTime(milliseconds: 1_795_485_690_000)
            do { _ = try StoredLedger(path: path).commit([.close(SessionID(known: "S4"), .fault, Seen(), at: now)]) }
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.copyItem(atPath: path + ".v5", toPath: path)
            let former = try rows(SQLiteDatabase(path: path))
            do { try SQLiteDatabase(path: path).execute("UPDATE sessions SET is_confirmed = 0 WHERE id = 'S4'") }
            let ledger = try StoredLedger(path: path)
            #expect(try ledger.openSessions().map(\.id.text) == ["S4"] && ledger.upgrade?.copy == path + ".v5.2")
            #expect(try files(directory) == ["ledger.db", "ledger.db.v5", "ledger.db.v5.2"])
            #expect(try rows(SQLiteDatabase(path: path + ".v5")) == former && rows(SQLiteDatabase(path: path + ".v5.2")) != former)
        }
    }

    @Test("without room for the copy it is left as it is, and says so") func noCopy() throws {
        try withDirectory { directory in
            let path = try make(4, in: directory)
            // What can't be replaced stands in the way.
            try FileManager.default.createDirectory(atPath: path + ".v4.unfinished/x", withIntermediateDirectories: true)
            let error = try #require(refusal(path))
            #expect(error.kind == .unavailable && error.description.contains("\(path) has version 4 and is left so"), "\(error)")
            #expect(error.description.contains("\(path).v4.unfinished: File exists"), "\(error)")
            #expect(try SQLiteDatabase(path: path).row("PRAGMA user_version") { $0.integer(0) } == 4)
            try FileManager.default.removeItem(atPath: path + ".v4.unfinished")
            #expect(refusal(path) == nil)
        }
    }

    @Test("a migration that fails leaves the ledger as it was, and one copy however often it is tried") func failing() throws {
        try withDirectory { directory in
            let path = try make(5, in: directory)
            do { try SQLiteDatabase(path: path).run("CREATE TABLE write_probe (number INTEGER)") }
            let before = try rows(SQLiteDatabase(path: path))
            for _ in 0..<3 { #expect(refusal(path)?.description.contains("already exists") == true) }
            let database = try SQLiteDatabase(path: path)
            #expect(try rows(database) == before && database.row("PRAGMA user_version") { $0.integer(0) } == 5)
            #expect(try files(directory) == ["ledger.db", "ledger.db.v5"])
        }
    }

    @Test("a ledger of a later version is refused by its name and its version, with what to do, and left as it is") func later() throws {
        try withDirectory { directory in
            let path = directory + "/ledger.db"
            do { _ = try StoredLedger(path: path) }
            do { try SQLiteDatabase(path: path).run("PRAGMA user_version = 99; PRAGMA journal_mode = DELETE") }
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            let said =
                "\(path) has version 99, this wattline reads \(Schema.newest): a later wattline made it, and it is left as it is. Start that one; "
            #expect(refusal(path)?.kind == .later && refusal(path)?.description == said + "to go down, put back the copy from before")
            let error = #expect(throws: DatabaseError.self) { try LedgerReader(path: path) }
            #expect(error == refusal(path))
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before && files(directory) == ["ledger.db"])
            _ = FileManager.default.createFile(atPath: path + ".v\(Schema.newest)", contents: nil)
            #expect(refusal(path)?.description == said + "to go down, put back \(path).v\(Schema.newest)")
        }
    }
}
