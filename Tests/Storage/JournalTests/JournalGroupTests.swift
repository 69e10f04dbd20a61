import Glibc
import Testing

@testable import Journal

@Suite struct JournalGroupTests {
    let disk = MemoryDisk()
    let turns = Turns()

    private func records(of directory: String) throws -> [String] { try texts(Journal.open(in: directory, disk: disk).records) }

    @Test func whatOneTurnAppendsIsOneCommit() throws {
        let a = try Journal.open(in: "/a", disk: disk).journal
        let b = try Journal.open(in: "/b", disk: disk).journal
        let group = turns.group()
        var done: [String] = []
        group.append([record("a1")], to: a) { _ in done.append("a1") }
        group.append([record("b1")], to: b) { _ in done.append("b1") }
        group.append([record("a2"), record("a3")], to: a) { _ in done.append("a2") }
        #expect(turns.commits == 0)
        turns.endTurn()
        #expect(turns.commits == 1 && done.isEmpty && !group.isIdle)
        // While it is in flight the next gathers.
        group.append([record("b2")], to: b) { _ in done.append("b2") }
        group.append([record("a4")], to: a) { _ in done.append("a4") }
        turns.endTurn()
        #expect(turns.commits == 1)
        turns.settle()
        #expect(turns.commits == 2 && done == ["a1", "b1", "a2", "b2", "a4"] && group.isIdle)
        #expect(try records(of: "/a") == ["a1", "a2", "a3", "a4"])
        #expect(try records(of: "/b") == ["b1", "b2"])
        #expect(a.records == 4 && a.size == disk.contents(of: "/a/journal")?.count)
    }

    @Test(arguments: ["write", "sync"])
    func aFailurePoisonsItsJournalAndNoOther(call: String) throws {
        let a = try Journal.open(in: "/a", disk: disk).journal
        let b = try Journal.open(in: "/b", disk: disk).journal
        let group = turns.group()
        var results: [Result<Void, JournalError>] = []
        disk.fail(call, with: ENOSPC)
        group.append([record("lost")], to: a) { results.append($0) }
        turns.settle()
        disk.fail(call, with: nil)
        group.append([record("after")], to: a) { results.append($0) }
        group.append([record("other")], to: b) { results.append($0) }
        turns.settle()
        let action: JournalError.Action = call == "write" ? .write : .sync
        let expected = JournalError.failed(action: action, file: "/a/journal", code: ENOSPC)
        #expect(results.map { if case .failure(let error) = $0 { error } else { nil } } == [expected, expected, nil])
        #expect(a.failure == expected && b.failure == nil)
        #expect(expected.description == "can't \(call) the journal /a/journal: No space left on device")
    }

    @Test func shortWritesAreFinished() throws {
        let journal = try Journal.open(in: "/a", disk: disk).journal
        let group = turns.group()
        disk.limitWrites(to: 3)
        group.append([record("a longer record")], to: journal) { #expect((try? $0.get()) != nil) }
        turns.settle()
        #expect(try records(of: "/a") == ["a longer record"])
    }

    @Test func aSnapshotTakesThePlaceOfWhatWasBefore() throws {
        let journal = try Journal.open(in: "/a", disk: disk).journal
        let group = turns.group()
        for number in 0..<100 { group.append([record("old \(number)")], to: journal) { _ in } }
        turns.settle()
        let size = journal.size
        var done: [String] = []
        group.append([record("just before")], to: journal) { _ in done.append("before") }
        group.compact(journal, to: [record("all"), record("of it")]) { _ in done.append("compacted") }
        group.append([record("just after")], to: journal) { _ in done.append("after") }
        turns.settle()
        #expect(done == ["before", "compacted", "after"])
        #expect(try records(of: "/a") == ["all", "of it", "just after"])
        #expect(journal.records == 3 && journal.size < size)
        group.append([record("later")], to: journal) { _ in }
        turns.settle()
        #expect(try records(of: "/a") == ["all", "of it", "just after", "later"])
    }

    @Test func aFailedCompactionLosesNothing() throws {
        let journal = try Journal.open(in: "/a", disk: disk).journal
        let group = turns.group()
        var results: [Bool] = []
        disk.fail("rename", with: EACCES)
        group.append([record("before")], to: journal) { results.append((try? $0.get()) != nil) }
        group.compact(journal, to: [record("all")]) { results.append((try? $0.get()) != nil) }
        group.append([record("after")], to: journal) { results.append((try? $0.get()) != nil) }
        turns.settle()
        #expect(results == [true, false, true] && journal.failure == nil)
        #expect(try records(of: "/a") == ["before", "after"])
    }

    @Test func aDiskThatStandsStillIsAnError() throws {
        let journal = try Journal.open(in: "/a", disk: disk).journal
        let group = turns.group(limit: 10)
        var failures = 0
        for _ in 0..<3 { group.append([record("12345")], to: journal) { if case .failure = $0 { failures += 1 } } }
        turns.settle()
        #expect(failures == 3 && journal.failure == .overflow(file: "/a/journal"))
    }

    @Test func aClosedJournalTakesNothing() throws {
        let journal = try Journal.open(in: "/a", disk: disk).journal
        let group = turns.group()
        journal.close()
        var failed = false
        group.append([record("x")], to: journal) { if case .failure(.closed) = $0 { failed = true } }
        turns.settle()
        #expect(failed && disk.openDescriptors == 0)
    }
}
