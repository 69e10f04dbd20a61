import Testing

@testable import Journal

@Suite struct JournalFormatTests {
    @Test func checksumIsCRC32C() {
        // RFC 3720, B.4.
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
    }

    @Test func linesAreReadByPeople() {
        let line = JournalFormat.line([record(#"{"a":1}"#), record("b")])
        #expect(String(decoding: line, as: UTF8.self).hasSuffix(" {\"a\":1}\u{1E}b\n"))
    }

    @Test func everyTornLastLineIsLeftOut() throws {
        let first = JournalFormat.line([record("one"), record("two")])
        let last = JournalFormat.line([record("three"), record("four")])
        for length in 0..<last.count {
            let (contents, records) = try JournalFormat.read(first + last.prefix(length), file: "f")
            #expect(texts(records) == ["one", "two"])
            #expect(contents.validLength == first.count)
        }
        #expect(try texts(JournalFormat.read(first + last, file: "f").records) == ["one", "two", "three", "four"])
    }

    @Test func everyFlippedBitBeforeTheLastLineIsRefused() throws {
        let first = JournalFormat.line([record("one")])
        let second = JournalFormat.line([record("two")])
        let last = JournalFormat.line([record("three")])
        let file = first + second + last
        for index in first.count..<(first.count + second.count) {
            for bit in 0..<8 {
                var damaged = file
                damaged[index] ^= 1 << bit
                #expect(throws: JournalError.corrupt(file: "f", offset: first.count)) { try JournalFormat.read(damaged, file: "f") }
            }
        }
        #expect(JournalError.corrupt(file: "/d/journal", offset: 17).description.hasPrefix("the journal /d/journal is damaged at byte 17"))
    }

    @Test func zerosAtTheEndAreATornLine() throws {
        let first = JournalFormat.line([record("one")])
        #expect(try JournalFormat.read(first + [UInt8](repeating: 0, count: 4096), file: "f").contents.validLength == first.count)
    }

    @Test("a file of zeros or garbage is no torn line: it is refused by its name, and says what to do", arguments: [1, 8, 33, 605, 4096, 70_000])
    func whatNeverWasALineIsRefused(length: Int) throws {
        let garbage = (0..<length).map { UInt8(truncatingIfNeeded: 0x80 | $0 &* 167) }
        for bytes in [[UInt8](repeating: 0, count: length), garbage] {
            #expect(throws: JournalError.corrupt(file: "f", offset: 0)) { try JournalFormat.read(bytes, file: "f") }
            // Behind whole lines it may be what a power cut left of one commit, but not of many.
            let line = JournalFormat.line([record("one")])
            let contents = try? JournalFormat.read(line + bytes, file: "f").contents
            #expect(contents?.validLength == (length <= 4096 ? line.count : nil))
        }
        let said = JournalError.corrupt(file: "/d/journal", offset: 0).description
        #expect(said.contains("/d/journal") && said.contains("move it away"))
    }

    @Test("a later format is refused by its number where a line says it, whatever comes then: it is neither damage nor a torn line")
    func laterFormats() throws {
        let line = JournalFormat.line([record("one")])
        let later = JournalFormat.line([record(#"{"format":3}"#), record("more")])
        for rest in ["", "torn", "another\nform\n", String(repeating: "\u{0}", count: 70_000)] {
            for before in [[], line] {
                let file = before + later + Array(rest.utf8)
                #expect(throws: JournalError.later(file: "f", format: 3)) { try JournalFormat.read(file, file: "f") }
            }
        }
        // Only the first record of a line says it, and only in this form; our own format is the reader's affair.
        for other in [#"{"format":1}"#, #"{"format":"3"}"#, #"{"format":3,"x":1}"#, #"{"format":}"#, #"{"format":99999999999999999999}"#] {
            #expect(try texts(JournalFormat.read(JournalFormat.line([record(other)]), file: "f").records) == [other])
        }
        let said = JournalError.later(file: "/d/journal", format: 3).description
        #expect(said.hasPrefix("the journal /d/journal has format 3, this wattline reads 2: a later wattline made it"))
    }

    @Test("format 2 is one line that says where the records are; anything with it is damage") func reference() throws {
        let reference = JournalFormat.reference(to: "../../journals/engine/CP-1")
        let (contents, records) = try JournalFormat.read(reference, file: "f")
        #expect(contents.keptIn == "../../journals/engine/CP-1" && records.isEmpty && contents.validLength == reference.count)
        let line = JournalFormat.line([record("one")])
        for damaged in [line + reference, reference + line, JournalFormat.line([record(#"{"format":2}"#)])] {
            #expect(throws: JournalError.self) { try JournalFormat.read(damaged, file: "f") }
        }
        #expect(try JournalFormat.read(Array(reference.dropLast()), file: "f").contents.validLength == 0)
    }

    @Test("of the first line anything may be torn: nobody was promised what is in it") func theFirstLineMayBeTorn() throws {
        let line = JournalFormat.line([record("one")])
        for length in 0..<line.count {
            #expect(try JournalFormat.read(Array(line.prefix(length)), file: "f").contents.validLength == 0)
            // With all of it there, it is its line break that was damaged.
            if length > 0, length < line.count - 1 {
                #expect(try JournalFormat.read(line.prefix(length) + [UInt8](repeating: 0, count: 512), file: "f").contents.validLength == 0)
            }
        }
    }
}
