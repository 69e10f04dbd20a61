import Glibc
import Testing

@testable import Journal

/// Journals of several directories in one file.
@Suite("A process that hosts many points keeps one journal") struct SharedJournalTests {
    let disk = MemoryDisk()
    let turns = Turns()

    private func directories(_ names: String) -> [String] { names.map { "/d/engine/\($0)" } }

    private func open(_ names: String, _ rewriting: SharedJournal.Rewriting = .init()) throws -> [Journal.Opening] {
        guard names.count > 1 else { return [try Journal.open(in: directories(names)[0], disk: disk)] }
        var gathering = JournalGathering(directories(names), "../../journals/engine/\(names.prefix(1))", disk, rewriting)
        return try gathering.openings()
    }

    private func append(_ text: String, to openings: [Journal.Opening]) {
        let group = turns.group()
        for opening in openings { group.append([record(text)], to: opening.journal) { #expect((try? $0.get()) != nil) } }
        turns.settle()
    }

    @Test("a commit is one write and one sync, whatever the number of its points", arguments: [2, 500])
    func oneWriteOneSync(points: Int) throws {
        let directories = (0..<points).map { "/d/engine/CP-\($0)" }
        let journals = try Journal.open(in: directories, together: "../../journals/engine/CP-0", disk: disk).map(\.journal)
        let before = disk.calls.count
        let group = turns.group()
        for journal in journals { group.append([record("x")], to: journal) { #expect((try? $0.get()) != nil) } }
        turns.settle()
        #expect(disk.calls.dropFirst(before).elementsEqual(["write", "sync"]))
        #expect(journals.allSatisfy { $0.records == 1 })
        #expect(disk.openDescriptors == 1)
    }

    @Test("points that move between processes take their records along") func moving() throws {
        append("alone", to: try open("a") + open("b"))
        append("ab", to: try open("ab"))
        // In another company, and behind another first.
        append("bac", to: try open("bac"))
        let all = ["a": ["alone", "ab", "bac"], "b": ["alone", "ab", "bac"], "c": ["bac"]]
        for (name, expected) in all { #expect(try Journal.records(in: directories(name), disk: disk).map { texts($0 ?? []) } == [expected]) }
        // Nobody is kept in the first file any more.
        #expect(disk.contents(of: "/d/journals/engine/a/journal") == nil)
        for (name, expected) in all.sorted(by: { $0.key < $1.key }) { #expect(try texts(open(name)[0].records) == expected) }
        #expect(disk.contents(of: "/d/journals/engine/b/journal") != nil)
        append("again", to: try open("b"))
        #expect(try texts(open("abc")[1].records) == ["alone", "ab", "bac", "again"])
    }

    @Test("points that this process does not host are kept for whoever does") func strangers() throws {
        append("one", to: try open("abc"))
        append("two", to: try open("ab"))
        append("three", to: try open("ad"))
        #expect(try open("c").map { texts($0.records) } == [["one"]])
        #expect(try open("b").map { texts($0.records) } == [["one", "two"]])
        #expect(try open("da").map { texts($0.records) } == [["three"], ["one", "two", "three"]])
    }

    @Test("a journal that is not where its directory says is no empty one") func missing() throws {
        append("one", to: try open("ab"))
        let home = "/d/journals/engine/a/journal"
        try disk.remove(home)
        for attempt in [{ try open("b") }, { try open("ab") }, { try open("bc") }] {
            let error = #expect(throws: JournalError.self) { try attempt() }
            #expect(
                error == .missing(file: "/d/engine/\(error?.description.contains("engine/a/journal says") == true ? "a" : "b")/journal", keptIn: home)
            )
        }
        #expect(throws: JournalError.missing(file: "/d/engine/b/journal", keptIn: home)) { try Journal.records(in: ["/d/engine/b"], disk: disk) }
    }

    @Test("a failure to write or sync is everybody's", arguments: ["write", "sync"]) func failures(call: String) throws {
        let openings = try open("abc")
        let group = turns.group()
        disk.fail(call, with: ENOSPC)
        var failed = 0
        for opening in openings.dropLast() { group.append([record("x")], to: opening.journal) { if case .failure = $0 { failed += 1 } } }
        group.compact(openings[1].journal, to: [record("y")]) { if case .failure = $0 { failed += 1 } }
        turns.settle()
        #expect(failed == 3 && openings.allSatisfy { $0.journal.failure != nil })
    }

    @Test("what snapshots made void is left behind, in portions; the file stays short", arguments: [64, 100_000]) func rewriting(portion: Int) throws
    {
        var openings = try open("abc", .init(least: 1000, portion: portion))
        let group = turns.group()
        var longest = 0
        for round in 0..<300 {
            for (index, opening) in openings.enumerated() {
                group.append([record("\(round)")], to: opening.journal) { #expect((try? $0.get()) != nil) }
                if round % 10 == index { group.compact(opening.journal, to: [record("\(round)")]) { #expect((try? $0.get()) != nil) } }
            }
            turns.settle()
            longest = max(longest, disk.contents(of: "/d/journals/engine/a/journal")?.count ?? 0)
        }
        #expect(longest < 4000, "\(longest)")
        #expect(openings.map(\.journal.records) == [10, 9, 8])
        openings = []
        #expect(disk.openDescriptors == 0)
        #expect(try open("abc").map { texts($0.records) } == [290, 291, 292].map { ($0..<300).map(String.init) })
    }

    @Test("a rewriting that fails costs nothing but room", arguments: ["open", "read", "rename"]) func rewritingFails(call: String) throws {
        let openings = try open("ab", .init(least: 100, portion: 50))
        disk.fail(call, with: EIO)
        let group = turns.group()
        for round in 0..<40 {
            group.compact(openings[0].journal, to: [record("\(round)")]) { #expect((try? $0.get()) != nil) }
            turns.settle()
        }
        disk.fail(call, with: nil)
        #expect(openings[0].journal.failure == nil)
        for round in 40..<140 {
            group.compact(openings[0].journal, to: [record("\(round)")]) { #expect((try? $0.get()) != nil) }
            turns.settle()
        }
        #expect(openings[0].journal.size < 4000)
        #expect(try open("ab").map { texts($0.records) } == [["139"], []])
        #expect(disk.openDescriptors == 1)
    }
}
