import Glibc
import Testing

@testable import Journal

/// The same on a real disk.
@Suite struct SystemDiskTests {
    let directory = TemporaryDirectory()

    private func write(_ records: [String], to journal: Journal) {
        let turns = Turns()
        let group = turns.group()
        for text in records { group.append([record(text)], to: journal) { #expect((try? $0.get()) != nil) } }
        turns.settle()
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let opening = try Journal.open(in: directory.path)
        #expect(opening.records.isEmpty && opening.tornBytes == 0)
        write([#"{"epoch":1}"#, "zwei ✅"], to: opening.journal)
        opening.journal.close()
        let again = try Journal.open(in: directory.path)
        #expect(texts(again.records) == [#"{"epoch":1}"#, "zwei ✅"])
        // The next process appends, and compacts.
        write(["three"], to: again.journal)
        let turns = Turns()
        turns.group().compact(again.journal, to: [record("all")]) { #expect((try? $0.get()) != nil) }
        turns.settle()
        write(["four"], to: again.journal)
        #expect(try texts(Journal.open(in: directory.path).records) == ["all", "four"])
        #expect(access(directory.path + "/journal.new", F_OK) != 0)
    }

    @Test("journals that rest are open only while they are written, some at a time, and never made anew") func resting() throws {
        let disk = MemoryDisk()
        let journals = try (0..<200).map { try Journal.open(in: "/\($0)", resting: true, disk: disk).journal }
        #expect(disk.openDescriptors == 0)
        let turns = Turns()
        let group = turns.group()
        for journal in journals { group.append([record("one")], to: journal) { #expect((try? $0.get()) != nil) } }
        turns.settle()
        group.compact(journals[0], to: [record("all")]) { #expect((try? $0.get()) != nil) }
        group.append([record("two")], to: journals[1]) { #expect((try? $0.get()) != nil) }
        turns.settle()
        #expect(disk.openDescriptors == 0 && disk.mostOpenDescriptors <= 70)
        #expect(try texts(Journal.open(in: "/0", disk: disk).records) == ["all"])
        #expect(try texts(Journal.open(in: "/1", disk: disk).records) == ["one", "two"])
        #expect(try texts(Journal.open(in: "/199", disk: disk).records) == ["one"])
        try disk.remove("/5/journal")
        group.append([record("two")], to: journals[5]) { #expect((try? $0.get()) == nil) }
        turns.settle()
        #expect(journals[5].failure != nil && disk.contents(of: "/5/journal") == nil)
    }

    @Test("what is written at its end alone is read as far as it can be, whatever a crash tore") func keptForGood() throws {
        #expect(try Journal.eachRecord(keptIn: directory.path) { _ in } == nil)
        for text in ["one", "two"] {
            let journal = try Journal.openAtEnd(in: directory.path)
            write([text], to: journal)
            let descriptor = open(journal.path, O_WRONLY | O_APPEND)
            #expect(Glibc.write(descriptor, "0123abcd {\"half", 15) == 15)
            close(descriptor)
        }
        write(["three"], to: try Journal.openAtEnd(in: directory.path))
        var found: [String] = []
        let damaged = try Journal.eachRecord(keptIn: directory.path) { found.append(String(decoding: $0, as: UTF8.self)) }
        #expect(found == ["one", "two", "three"] && damaged == 2)
    }

    @Test func aTornLineIsCutOffAndTold() throws {
        let journal = try Journal.open(in: directory.path).journal
        write(["one"], to: journal)
        let descriptor = open(journal.path, O_WRONLY | O_APPEND)
        #expect(Glibc.write(descriptor, "0123abcd {\"half", 15) == 15)
        close(descriptor)
        let again = try Journal.open(in: directory.path)
        #expect(texts(again.records) == ["one"] && again.tornBytes == 15)
        #expect(try Journal.open(in: directory.path).tornBytes == 0)
    }

    @Test func manyAreOneFile() throws {
        let directories = (0..<50).map { "\(directory.path)/engine/\($0)" }
        for path in ["/engine", "/journals", "/journals/engine", "/journals/engine/0"] { mkdir(directory.path + path, 0o700) }
        for path in directories { mkdir(path, 0o700) }
        let openings = try Journal.open(in: directories, together: "../../journals/engine/0")
        let turns = Turns()
        let group = turns.group()
        var done = 0
        for opening in openings { group.append([record("x")], to: opening.journal) { if case .success = $0 { done += 1 } } }
        turns.settle()
        #expect(done == 50 && turns.commits == 1)
        #expect(Set(openings.map(\.journal.path)) == [directory.path + "/journals/engine/0/journal"])
        #expect(try Journal.open(in: directories, together: "../../journals/engine/0").allSatisfy { texts($0.records) == ["x"] })
        #expect(try Journal.records(in: directories + ["/none"]).map { texts($0 ?? []) } == directories.map { _ in ["x"] } + [[]])
        #expect(try texts(Journal.open(in: directories[7]).records) == ["x"])
    }

    @Test func aFullDiskIsAnErrorThatSaysSo() throws {
        let error = #expect(throws: JournalError.self) { try Journal.open(in: "/none") }
        #expect(error?.description == "can't open the journal /none/journal: No such file or directory")
        // What is written to /dev/full never fits.
        let descriptor = try SystemDisk().open("/dev/full", to: .append)
        let journal = Journal(.own(JournalFile(directory: directory.path, disk: SystemDisk(), descriptor: descriptor, length: 0)))
        let turns = Turns()
        var failure: JournalError?
        turns.group().append([record("x")], to: journal) { if case .failure(let error) = $0 { failure = error } }
        turns.settle()
        #expect(failure == .failed(action: .write, file: directory.path + "/journal", code: ENOSPC) && journal.failure == failure)
    }
}
