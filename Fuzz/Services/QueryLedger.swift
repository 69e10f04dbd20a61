internal import Foundation
internal import LedgerStore

/// A ledger with sessions in it, made once for a process from the one that version 0.1.0 left, and removed with it.
final class QueryLedger: @unchecked Sendable {
    static let shared = QueryLedger()

    let reader: LedgerReader

    private init() {
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Tests/Fixtures")
        let copy = FileManager.default.temporaryDirectory.appendingPathComponent("wattline-fuzz-\(UUID().uuidString).db")
        do {
            try FileManager.default.copyItem(at: fixtures.appendingPathComponent("wattline-0.1.0/central/ledger.db"), to: copy)
            _ = try StoredLedger(path: copy.path)
            reader = try LedgerReader(path: copy.path)
        } catch {
            fatalError("the ledger for fuzzing can't be made: \(error)")
        }
        // It stays open for the reader.
        let folder = copy.deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where name.hasPrefix(copy.lastPathComponent) {
            try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
        }
    }
}
