import Testing

@testable import Journal

/// Processes with changing points, killed or without power at every single call of the operating system.
@Suite("Journals kept together, after a crash at any call") struct SharedCrashTests {
    private static let names = ["a", "b", "c"]
    /// The points of each process, one after the other.
    private static let hosted = [["a"], ["a", "b", "c"], ["b", "a"], ["c"], ["b", "c"], ["a", "b", "c"]]

    /// The last number that was acknowledged and begun, by point.
    struct Progress {
        var acknowledged: [String: Int] = [:]
        var begun: [String: Int] = [:]
    }

    private static func open(_ names: [String], _ disk: MemoryDisk) throws -> [Journal.Opening] {
        let directories = names.map { "/d/engine/\($0)" }
        guard names.count > 1 else { return [try Journal.open(in: directories[0], disk: disk)] }
        var gathering = JournalGathering(directories, "../../journals/engine/\(names[0])", disk, .init(least: 100, portion: 40))
        return try gathering.openings()
    }

    /// An owner of each counts: its state is the last number, its snapshot says so.
    private static func work(on disk: MemoryDisk, seed: UInt64, _ progress: inout Progress) throws {
        var random = CrashTests.Seeded(state: seed)
        for names in hosted {
            let openings = try open(names, disk)
            let turns = Turns()
            let group = turns.group()
            var acknowledged = progress.acknowledged
            for _ in 0..<6 {
                for (name, opening) in zip(names, openings) where Int.random(in: 0..<3, using: &random) > 0 {
                    let next = (progress.begun[name] ?? 0) + 1
                    progress.begun[name] = next
                    group.append([record("\(next)")], to: opening.journal) { if case .success = $0 { acknowledged[name] = next } }
                    if Int.random(in: 0..<4, using: &random) == 0 {
                        group.compact(opening.journal, to: [record("\(next)")]) { if case .success = $0 { acknowledged[name] = next } }
                    }
                }
                turns.endTurn()
                if Bool.random(using: &random) { turns.finishCommit() }
                progress.acknowledged = acknowledged
            }
            turns.settle()
            progress.acknowledged = acknowledged
        }
    }

    private static func check(_ disk: MemoryDisk, _ progress: Progress, as names: [String], _ what: Comment) throws {
        for (name, opening) in zip(names, try open(names, disk)) {
            let numbers = texts(opening.records).compactMap { Int($0) }
            let last = numbers.last ?? 0
            #expect(numbers.count == opening.records.count, what)
            #expect(last >= progress.acknowledged[name] ?? 0 && last <= progress.begun[name] ?? 0, what)
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 }, what)
        }
    }

    @Test(arguments: UInt64(0)..<6) func everyCallMayBeTheLast(seed: UInt64) throws {
        let whole = MemoryDisk()
        var progress = Progress()
        try SharedCrashTests.work(on: whole, seed: seed, &progress)
        for calls in 0...whole.calls.count {
            let disk = MemoryDisk()
            disk.die(after: calls)
            var progress = Progress()
            try? SharedCrashTests.work(on: disk, seed: seed, &progress)
            for (number, heirs) in [["a", "b", "c"], ["b", "c"], ["c"], ["b"]].enumerated() {
                var kill: CrashTests.Seeded?
                let what: Comment = "killed after \(calls) calls, seed \(seed), then \(heirs)"
                try SharedCrashTests.check(disk.reborn(powerCut: &kill), progress, as: heirs, what)
                var random: CrashTests.Seeded? = CrashTests.Seeded(state: seed &* 1000 &+ UInt64(number))
                let cut: Comment = "power cut after \(calls) calls, seed \(seed), then \(heirs)"
                try SharedCrashTests.check(disk.reborn(powerCut: &random), progress, as: heirs, cut)
            }
        }
    }
}
