/// The form of a journal on disk: lines that a person can read.
///
/// ```
/// 5bd6d3a2 {"session":"01JD…"}␞{"register":184281}
/// ```
///
/// A line is what was appended at once: the CRC-32C of all that follows the space, eight hexadecimal digits; a space; the records, parted by the byte
/// 1E (record separator, which no JSON text contains); a line break. So what was appended at once is there as a whole or not at all, and since a line
/// is synced before the next is written, only the last line of a file can be torn.
///
/// This is format 1, which no file says of itself. A file of a later format says so in a line of this form, before anything else that is new, whose
/// first record is `{"format":2}`: whoever reads format 1 refuses it by name there, whatever comes after it, instead of taking it for damage or for
/// the torn end of a line. Format 2 is one line that says where the records are (`SharedJournal`):
///
/// ```
/// a4d0ee23 {"format":2}␞{"kept_in":"../../journals/engine/CP-001"}
/// ```
///
/// There, records that say whose they are stand before the records of each journal; all above of a journal that begins anew is void:
///
/// ```
/// 3bd23f59 {"of":"CP-001","anew":true}␞{"epoch":1795485600000}␞{"of":"CP-002","anew":true}␞{"epoch":1795485600001}␞{"minted":"m-4f9a"}
/// 0a5d116b {"of":"CP-002"}␞{"register":184281}
/// ```
enum JournalFormat {
    /// The last format that is read.
    static let newest = 2
    static let separator: UInt8 = 0x1E
    private static let lineBreak = UInt8(ascii: "\n")
    private static let digits = Array("0123456789abcdef".utf8)

    /// True when the bytes can be a record: not empty, without line break and separator.
    static func isRecord(_ bytes: [UInt8]) -> Bool {
        let bytes = bytes.span
        for index in bytes.indices where bytes[index] == lineBreak || bytes[index] == separator { return false }
        return !bytes.isEmpty
    }

    /// The line that holds the records.
    static func line(_ records: [[UInt8]]) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(records.reduce(10) { $0 + $1.count + 1 })
        // In the place of the checksum, which is known last.
        for _ in 0..<9 { line.append(UInt8(ascii: " ")) }
        for record in records {
            if line.count > 9 { line.append(separator) }
            line += record
        }
        let checksum = CRC32C.checksum(line.span.extracting(9...))
        for place in 0..<8 { line[place] = digits[Int(checksum >> UInt32(28 - 4 * place) & 15)] }
        line.append(lineBreak)
        return line
    }

    /// A line with its place in the file.
    struct Line {
        var offset: Int
        var records: [[UInt8]]
    }

    /// The contents of a file.
    struct Contents {
        /// The directory in which the records are kept instead, as seen from the file's own; `nil` for here.
        var keptIn: String?
        /// The length in bytes up to which its lines are whole.
        var validLength = 0
    }

    /// Reads a whole file, line by line. A torn last line is left out; anything else that is wrong is refused with its place, and a later format by its
    /// number.
    /// - Parameter mostTorn: the most bytes behind whole lines that may be left of one commit when not even its beginning is there; `.max`: any number,
    ///   and nothing else need be there, since somebody else knows what is to be found.
    static func read(
        _ bytes: [UInt8], file: String, mostTorn: Int = 4096, _ body: (Line) throws(JournalError) -> Void
    ) throws(JournalError) -> Contents {
        var contents = Contents()
        while contents.validLength < bytes.count {
            let start = contents.validLength
            let end = bytes[start...].firstIndex(of: lineBreak)
            guard let end, let records = records(of: bytes[start..<end]) else {
                let isLast = end == nil || end == bytes.count - 1
                if isLast, couldBeTorn(bytes[start...], isFirst: start == 0, mostTorn), !beginsWithWholeLine(bytes[start...], mostTorn) { break }
                throw .corrupt(file: file, offset: start)
            }
            if let format = format(of: records[0]), format >= newest {
                guard format == newest else { throw .later(file: file, format: format) }
                guard start == 0, end == bytes.count - 1, let place = text(of: "kept_in", in: records.dropFirst().first) else {
                    throw .corrupt(file: file, offset: start)
                }
                contents.keptIn = place
            } else {
                try body(Line(offset: start, records: records))
            }
            contents.validLength = end + 1
        }
        return contents
    }

    /// The number in a record that says the format of what follows; `nil` for any other record.
    private static func format(of record: [UInt8]) -> Int? {
        let beginning = "{\"format\":".utf8
        guard record.starts(with: beginning), record.last == UInt8(ascii: "}") else { return nil }
        return Int(String(decoding: record.dropFirst(beginning.count).dropLast(), as: UTF8.self))
    }

    /// The line that is all of a journal whose records are kept in another directory.
    static func reference(to directory: String) -> [UInt8] {
        line([Array(#"{"format":2}"#.utf8), Array(#"{"kept_in":"\#(directory)"}"#.utf8)])
    }

    /// The record that begins a line of a shared file.
    static func tag(_ name: String, anew: Bool) -> [UInt8] { Array((anew ? #"{"of":"\#(name)","anew":true}"# : #"{"of":"\#(name)"}"#).utf8) }

    /// The name in a tag; `nil` for any other record.
    static func name(in tag: [UInt8]) -> (name: String, anew: Bool)? {
        if let name = text(of: "of", in: tag, before: #"","anew":true}"#) { return (name, true) }
        return text(of: "of", in: tag).map { ($0, false) }
    }

    /// The parts in a line of a shared file; `nil` for what is none.
    static func parts(of records: [[UInt8]]) -> [SharedJournal.Part]? {
        var parts: [SharedJournal.Part] = []
        for record in records {
            if let (name, anew) = name(in: record) {
                parts.append(SharedJournal.Part(name: name, isAnew: anew, records: []))
            } else if parts.isEmpty {
                return nil
            } else {
                parts[parts.count - 1].records.append(record)
            }
        }
        return parts
    }

    /// The text in a record that has one field, and no escapes in it.
    private static func text(of field: String, in record: [UInt8]?, before end: String = #""}"#) -> String? {
        let beginning = "{\"\(field)\":\"".utf8
        guard let record, record.count > beginning.count + end.utf8.count, record.starts(with: beginning),
            record.suffix(end.utf8.count).elementsEqual(end.utf8)
        else { return nil }
        let text = record.dropFirst(beginning.count).dropLast(end.utf8.count)
        return text.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") } ? nil : String(decoding: text, as: UTF8.self)
    }

    static func records(of line: ArraySlice<UInt8>) -> [[UInt8]]? {
        guard let (expected, body) = parts(of: line), CRC32C.checksum(body) == expected else { return nil }
        return body.split(separator: separator, omittingEmptySubsequences: false).map(Array.init)
    }

    /// True for what a crash in the middle of one commit can have left: the beginning of a line, or after whole lines a page of anything. More than
    /// that was synced, and what it held is not to be lost silently.
    private static func couldBeTorn(_ rest: ArraySlice<UInt8>, isFirst: Bool, _ most: Int) -> Bool {
        let checksum = rest.prefix(8).prefix { $0 != 0 }
        let isBeginning = !checksum.isEmpty && checksum.allSatisfy(digits.contains)
        return isBeginning || (!isFirst && rest.count <= most) || most == .max
    }

    /// True when what looks like a torn last line is a whole one that goes on: its line break was damaged, and with it the border to the next.
    private static func beginsWithWholeLine(_ line: ArraySlice<UInt8>, _ most: Int) -> Bool {
        guard let (expected, body) = parts(of: line) else { return false }
        var checksum = CRC32C()
        for index in body.indices.dropLast() {
            checksum.add(body[index])
            guard checksum.value == expected else { continue }
            // Unless the block with its end was never written.
            return !(most == .max && body[(index + 1)...].allSatisfy { $0 == 0 })
        }
        return false
    }

    private static func parts(of line: ArraySlice<UInt8>) -> (checksum: UInt32, body: ArraySlice<UInt8>)? {
        guard line.count > 9, line[line.startIndex + 8] == UInt8(ascii: " ") else { return nil }
        var checksum: UInt32 = 0
        for byte in line.prefix(8) {
            guard let digit = digits.firstIndex(of: byte) else { return nil }
            checksum = checksum << 4 | UInt32(digit)
        }
        return (checksum, line.dropFirst(9))
    }
}
