import Testing

@testable import Journal

/// Kills the process, or cuts the power, at every single call of the operating system, and opens what is left.
@Suite struct CrashTests {
    /// A generator that can be repeated (SplitMix64).
    struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// An owner that counts: its state is the last number, its snapshot says so.
    private func work(on disk: MemoryDisk, seed: UInt64, resting: Bool) throws -> (acknowledged: Int, begun: Int) {
        var random = Seeded(state: seed)
        let journal = try Journal.open(in: "/a", resting: resting, disk: disk).journal
        let turns = Turns()
        let group = turns.group()
        var begun = 0
        var acknowledged = 0
        for _ in 0..<12 {
            let count = Int.random(in: 1...3, using: &random)
            let last = begun + count
            group.append((begun + 1...last).map { record("\($0)") }, to: journal) { if case .success = $0 { acknowledged = max(acknowledged, last) } }
            begun = last
            if Int.random(in: 0..<4, using: &random) == 0 {
                group.compact(journal, to: [record("\(last)")]) { if case .success = $0 { acknowledged = max(acknowledged, last) } }
            }
            turns.endTurn()
            if Bool.random(using: &random) { turns.finishCommit() }
        }
        turns.settle()
        return (acknowledged, begun)
    }

    private func check(_ disk: MemoryDisk, acknowledged: Int, begun: Int, _ what: Comment) throws {
        let opening = try Journal.open(in: "/a", disk: disk)
        let numbers = texts(opening.records).compactMap { Int($0) }
        #expect(numbers.count == opening.records.count)
        #expect((numbers.last ?? 0) >= acknowledged && (numbers.last ?? 0) <= begun, what)
        // Nothing is missing in between: each is one more than the one before it.
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 }, what)
        // And it goes on from there.
        let turns = Turns()
        var went = false
        turns.group().append([record("\((numbers.last ?? 0) + 1)")], to: opening.journal) { went = (try? $0.get()) != nil }
        turns.settle()
        #expect(went, what)
        #expect(try Journal.open(in: "/a", disk: disk).tornBytes == 0, what)
    }

    @Test(arguments: UInt64(0)..<20, [false, true]) func everyCallMayBeTheLast(seed: UInt64, resting: Bool) throws {
        let whole = MemoryDisk()
        whole.limitWrites(to: 5)
        _ = try work(on: whole, seed: seed, resting: resting)
        for calls in 0...whole.calls.count {
            let disk = MemoryDisk()
            disk.limitWrites(to: 5)
            disk.die(after: calls)
            let (acknowledged, begun) = (try? work(on: disk, seed: seed, resting: resting)) ?? (0, 0)
            var kill: Seeded?
            try check(disk.reborn(powerCut: &kill), acknowledged: acknowledged, begun: begun, "killed after \(calls) calls, seed \(seed)")
            for cut in UInt64(0)..<4 {
                var random: Seeded? = Seeded(state: seed &* 1000 &+ cut)
                let left = disk.reborn(powerCut: &random)
                try check(left, acknowledged: acknowledged, begun: begun, "power cut \(cut) after \(calls) calls, seed \(seed)")
            }
        }
    }
}
