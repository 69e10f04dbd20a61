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
        let first = "/d/journals/engine/a/journal"
        #expect(disk.contents(of: first) != nil)
        try Journal.removeUnused(together: "../../journals/engine/a", besides: directories("a")[0], disk: disk)
        #expect(disk.contents(of: first) == nil)
        let second = "/d/journals/engine/b/journal"
        for (name, expected) in all.sorted(by: { $0.key < $1.key }) {
            try Journal.removeUnused(together: "../../journals/engine/b", besides: directories("b")[0], disk: disk)
            #expect(disk.contents(of: second) != nil)
            #expect(try texts(open(name)[0].records) == expected)
        }
        try Journal.removeUnused(together: "../../journals/engine/b", besides: directories("b")[0], disk: disk)
        #expect(disk.contents(of: second) == nil)
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
        for (names, missing) in [("b", ["b"]), ("ab", ["a", "b"]), ("bc", ["b"])] {
            #expect(throws: JournalError.missing(files: missing.map { "/d/engine/\($0)/journal" }, keptIn: home)) { try open(names) }
        }
        let said = JournalError.missing(files: ["/1", "/2", "/3", "/4", "/5"], keptIn: "/x").description
        #expect(said.hasPrefix("the journals /1, /2, /3 and 2 more are kept in /x") && said.contains("move those away"))
        #expect(throws: JournalError.missing(files: ["/d/engine/b/journal"], keptIn: home)) { try Journal.records(in: ["/d/engine/b"], disk: disk) }
    }

    @Test("a point elsewhere that can't be read keeps nobody here from starting, and loses nothing") func strangerIsDamaged() throws {
        append("one", to: try open("abc"))
        let pointer = disk.contents(of: "/d/engine/c/journal") ?? []
        disk.put(Array("damaged\nand more\n".utf8), at: "/d/engine/c/journal")
        append("two", to: try open("ab"))
        disk.put(pointer, at: "/d/engine/c/journal")
        #expect(try open("c").map { texts($0.records) } == [["one"]])
        // And a file that says a place of another form is damaged, not followed.
        for place in ["../../../../etc", "/etc", "../../journals/engine", "../../journals/engine/..", "../../journals//a", "x"] {
            disk.put(JournalFormat.reference(to: place), at: "/d/engine/c/journal")
            #expect(throws: JournalError.corrupt(file: "/d/engine/c/journal", offset: 0)) { try open("c") }
        }
    }

    @Test("without room for what is being written beside it, a commit has room") func makesRoom() throws {
        let openings = try open("ab", .init(least: 100, portion: 1))
        let group = turns.group()
        for round in 0..<60 where disk.contents(of: "/d/journals/engine/a/journal.new") == nil {
            group.compact(openings[0].journal, to: [record("\(round)")]) { _ in }
            turns.settle()
        }
        #expect(disk.contents(of: "/d/journals/engine/a/journal.new") != nil)
        disk.failOnce("write", with: ENOSPC)
        var isWritten = false
        group.append([record("more")], to: openings[1].journal) { isWritten = (try? $0.get()) != nil }
        turns.settle()
        #expect(isWritten && disk.openDescriptors <= 3)
        #expect(try open("ab").map { texts($0.records) }.last == ["more"])
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
        #expect(longest < 4500, "\(longest)")
        #expect(openings.map(\.journal.records) == [10, 9, 8])
        openings = []
        #expect(disk.openDescriptors == 0)
        #expect(try open("abc").map { texts($0.records) } == [290, 291, 292].map { ($0..<300).map(String.init) })
    }

    @Test("a rewriting that fails costs nothing but room", arguments: ["open", "read", "rename"]) func rewritingFails(call: String) throws {
        let openings = try open("ab", .init(least: 100, portion: 50))
        disk.fail(call, with: EIO)
        let group = turns.group()
        var remarks: [JournalError] = []
        group.onRemark = { remarks.append($0) }
        for round in 0..<40 {
            group.compact(openings[0].journal, to: [record("\(round)")]) { #expect((try? $0.get()) != nil) }
            turns.settle()
        }
        disk.fail(call, with: nil)
        #expect(openings[0].journal.failure == nil && (1...6).contains(remarks.count), "\(remarks)")
        for round in 40..<140 {
            group.compact(openings[0].journal, to: [record("\(round)")]) { #expect((try? $0.get()) != nil) }
            turns.settle()
        }
        #expect(openings[0].journal.size < 4000)
        #expect(try open("ab").map { texts($0.records) } == [["139"], []])
        #expect(disk.openDescriptors == 1)
    }
}
