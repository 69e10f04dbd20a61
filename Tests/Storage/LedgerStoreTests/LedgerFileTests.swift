import ChargingModel
import Foundation
import Ledger
import SQL
import Testing

@testable import LedgerStore

@Suite("What SQLite would take for nothing") struct LedgerFileTests {
    private func refusal(_ path: String) -> String? {
        do {
            _ = try StoredLedger(path: path)
            return nil
        } catch { return error.description }
    }

    @Test("an empty ledger beside a log, and a log that is none, are refused by name; zeros are what a power cut leaves")
    func files() throws {
        try withDirectory { directory in
            let path = directory + "/ledger.db"
            let log = URL(fileURLWithPath: path + "-wal")
            try Data("garbage".utf8).write(to: log)
            _ = FileManager.default.createFile(atPath: path, contents: nil)
            #expect(refusal(path)?.contains("\(path) is empty") == true)
            try FileManager.default.removeItem(at: log)
            do { _ = try StoredLedger(path: path).snapshot(at: WallTime(milliseconds: 0)) }
            try Data("garbage".utf8).write(to: log)
            #expect(refusal(path)?.contains("\(path)-wal is no write-ahead log") == true, "\(refusal(path) ?? "opened")")
            try Data(count: 4096).write(to: log)
            #expect(refusal(path) == nil)
        }
    }
}
