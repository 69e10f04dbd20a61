@testable internal import Journal

/// Journal files. The first byte chooses: one as it comes, or whole lines of the records in it, of which one byte is changed.
enum JournalBody {
    private struct Read: Equatable {
        var lines: [[[UInt8]]] = []
        var offsets: [Int] = []
        var keptIn: String?
        var validLength = 0
    }

    private static func read(_ file: [UInt8], mostTorn: Int) throws(JournalError) -> Read {
        var read = Read()
        let contents = try JournalFormat.read(file, file: "f", mostTorn: mostTorn) { (line) throws(JournalError) in
            read.lines.append(line.records)
            read.offsets.append(line.offset)
        }
        read.keptIn = contents.keptIn
        read.validLength = contents.validLength
        return read
    }

    static func run(_ bytes: [UInt8]) throws(Finding) {
        guard let kind = bytes.first else { return }
        let mostTorn = kind & 1 == 0 ? 4096 : Int.max
        if kind & 2 == 0 { try asItComes(Array(bytes.dropFirst()), mostTorn) } else { try damaged(bytes.dropFirst(), mostTorn) }
    }

    /// What is read is, line for line, what would be written.
    private static func asItComes(_ file: [UInt8], _ mostTorn: Int) throws(Finding) {
        guard let found = Answer({ () throws(JournalError) in try read(file, mostTorn: mostTorn) }).value else { return }
        try hold((0...file.count).contains(found.validLength), "more is said to be whole than there is")
        let whole = Array(file[..<found.validLength])
        if let place = found.keptIn {
            try hold(found.lines.isEmpty && JournalFormat.reference(to: place).count == whole.count, "a reference is not as it is written")
        } else {
            try hold(found.lines.flatMap(JournalFormat.line) == whole, "what was read is not what is written")
        }
        try hold(
            Answer { () throws(JournalError) in try read(whole, mostTorn: mostTorn) } == .value(found), "it is another when its torn end is cut off")
        for records in found.lines {
            guard let parts = JournalFormat.parts(of: records) else { continue }
            let again = parts.flatMap { [JournalFormat.tag($0.name, anew: $0.isAnew)] + $0.records }
            try hold(again == records, "the parts of a shared journal's line are not what is written")
        }
    }

    /// Two bytes for the damage, then records, with line breaks between those that are written at once and the next.
    private static func damaged(_ bytes: ArraySlice<UInt8>, _ mostTorn: Int) throws(Finding) {
        guard bytes.count > 3 else { return }
        let (place, flip, rest) = (
            Int(bytes[bytes.startIndex]) | Int(bytes[bytes.startIndex + 1]) << 8, bytes[bytes.startIndex + 2], bytes.dropFirst(3)
        )
        var lines: [[[UInt8]]] = []
        for line in rest.split(separator: UInt8(ascii: "\n")).prefix(20) {
            let records = line.split(separator: JournalFormat.separator).map(Array.init)
            guard let first = records.first, !first.starts(with: Array("{\"format\":".utf8)) else { continue }
            lines.append(records)
        }
        // No JSON text has a zero byte; behind FF FF FF FF a CRC-32C is the same for any number of them.
        guard !lines.isEmpty, !rest.contains(0) else { return }
        let written = lines.map(JournalFormat.line)
        var file = written.flatMap(\.self)
        let whole = Answer { () throws(JournalError) in try read(file, mostTorn: mostTorn) }
        try hold(whole.value?.lines == lines && whole.value?.validLength == file.count, "what was written is not what is read")
        guard flip != 0 else { return }
        file[place % file.count] ^= flip
        let lastLine = file.count - (written.last?.count ?? 0)
        guard let found = Answer({ () throws(JournalError) in try read(file, mostTorn: mostTorn) }).value else { return }
        try hold(place % file.count >= lastLine, "damage before the last line is not seen")
        try hold(found.lines == Array(lines.dropLast()), "damage in the last line changes what is before it")
    }
}
