import ChargingModel
import Ledger
import Testing

@testable import LedgerStore

@Suite("The sum of the day") struct ClosedSumTests {
    @Test("it follows the ledger to the same totals as a reading of all, whatever happens, and reads only what changed", arguments: 1...20)
    func follows(_ seed: UInt64) throws {
        try withDirectory { directory in
            var script = Script(seed: seed)
            let store = try StoredLedger(path: directory + "/ledger.db")
            let reader = try LedgerReader(path: directory + "/ledger.db")
            for _ in 0..<Int(seed) { _ = try store.commit(script.group()) }
            let since = WallTime(milliseconds: script.now.milliseconds - 60_000)
            var sum = try ClosedSum(since: since, reader)
            for round in 0..<80 {
                let group = script.group()
                _ = try store.commit(group)
                let read = try sum.follow(reader)
                #expect(read <= group.count, "round \(round)")
                #expect(try sum.totals == ClosedSum(since: since, reader).totals, "seed \(seed), round \(round): \(group)")
                #expect(try sum.follow(reader) == 0)
            }
            #expect(sum.totals.sessions > 0)
        }
    }
}
