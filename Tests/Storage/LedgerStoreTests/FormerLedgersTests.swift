import ChargingModel
import Foundation
import Ledger
import SQL
import SQLite
import Testing

@testable import LedgerStore

/// Ledgers as each version of the schema made them: `Tests/Fixtures/ledgers`.
@Suite("Ledgers of versions before") struct FormerLedgersTests {
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Fixtures/ledgers").path

    /// Makes a ledger of a version in a directory; returns its path.
    private func make(_ version: Int, in directory: String) throws -> String {
        let path = directory + "/ledger.db"
        try SQLiteDatabase(path: path).run(String(contentsOfFile: "\(Self.fixtures)/version-\(version).sql", encoding: .utf8))
        return path
    }

    private func tables(_ database: any Database) throws -> [String] {
        try database.rows("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name") {
            "\($0.text(0)) \($0.text(1)): \($0.text(2))"
        }
    }

    private func version(of path: String) throws -> Int64? { try SQLiteDatabase(path: path).row("PRAGMA user_version") { $0.integer(0) } }

    @Test("a migration that was released never changes: each version's tables are those of its ledger", arguments: 1...Schema.newest)
    func released(_ version: Int) throws {
        try withDirectory { directory in
            let fixture = try SQLiteDatabase(path: make(version, in: directory))
            let made = try SQLiteDatabase(path: directory + "/made.db")
            for migration in Schema.migrations[..<version] { try made.run(migration) }
            #expect(try tables(fixture) == tables(made))
        }
    }

    @Test("each version opens with everything it holds, the audit holds, and Central goes on with it", arguments: 1...Schema.newest)
    func opens(_ version: Int) throws {
        try withDirectory { directory in
            let path = try make(version, in: directory)
            let ledger = try StoredLedger(path: path)
            #expect(try self.version(of: path) == Int64(Schema.newest) && tables(ledger.database) == tables(fresh(in: directory)))
            let reader = try LedgerReader(path: path)
            #expect(try reader.damage().isEmpty)
            let records = try reader.auditRecords(engines: [])
            let report = Audit.examine(records)
            #expect(report.findings.isEmpty, "\(report.findings)")
            #expect(report.sessions == 4 && report.openSessions == 1 && report.decisions == 5 && report.orphans == 1 && report.contradictions == 1)
            #expect(report.energy == Energy(wattHours: 70) && report.undecided == (version < 6 ? 2 : 1))
            #expect(report.prunedRecords == (version < 2 ? 0 : 2) && report.readings == (version < 2 ? 0 : 13))
            #expect(try reader.sessions(SessionFilter()).map(\.stationReason?.text) == [nil, nil, nil, version < 10 ? nil : "EVDisconnected"])
            let words = records.log.prefix(11).map { "\($0.what.rawValue) \($0.session?.text ?? "-") \($0.energy?.wattHours ?? -1)" }
            // Version 1 told a contradiction before the closing that it brought.
            #expect(Set(words) == Self.log && (version == 1 || words == Self.log.sorted { Self.order[$0, default: 0] < Self.order[$1, default: 0] }))
            let now = WallTime(milliseconds: 1_795_485_690_000)
            let snapshot = try ledger.snapshot(at: now)
            #expect(snapshot.openSessions.map(\.id.text) == ["S4"] && snapshot.openSessions[0].isStopAsked == (version >= 5))
            #expect(snapshot.availabilities == [ChargePointID(known: "CP-003"): true])
            _ = try ledger.commit([.close(SessionID(known: "S4"), .fault, Seen(), at: now)])
            #expect(try ledger.openSessions().isEmpty && Audit.examine(reader.auditRecords(engines: [])).findings.isEmpty)
        }
    }

    /// The first lines of the log in today's words, whichever version wrote them.
    private static let lines = [
        "ACCEPTED S1 -1", "DENIED - -1", "CLOSED S1 61", "ACCEPTED S2 -1", "CLOSED S2 -1", "RECORD S2 9", "ACCEPTED S3 -1", "CLOSED S3 -1",
        "CONTRADICTED S3 -1", "ORPHAN S9 7", "ACCEPTED S4 -1",
    ]
    private static let log = Set(lines)
    private static let order = Dictionary(uniqueKeysWithValues: lines.enumerated().map { ($1, $0) })

    private func fresh(in directory: String) throws -> any Database { try StoredLedger(path: directory + "/fresh.db").database }
}
