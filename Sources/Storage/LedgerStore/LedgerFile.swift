internal import Glibc
internal import SQL

/// Checks of a ledger's files that SQLite does not make: it would take some damage for an empty log.
enum LedgerFile {
    private static let remedy = "keep the files, and bring back a copy (wattline ledger backup makes them)"
    /// The first bytes of a write-ahead log, by SQLite's file format: one for each order of bytes in its checksums.
    private static let magics: [[UInt8]] = [[0x37, 0x7F, 0x06, 0x82], [0x37, 0x7F, 0x06, 0x83]]

    /// Checks that SQLite will not lose the write-ahead log: with an empty database it forgets the log, and a log that is none it overwrites, and
    /// either way what was promised is gone.
    /// - Throws: when that would happen.
    static func check(_ path: String) throws(DatabaseError) {
        let log = path + "-wal"
        guard let logSize = size(of: log), logSize > 0 else { return }
        if size(of: path) ?? 0 == 0 {
            throw DatabaseError(kind: .corrupt, "\(path) is empty, and its write-ahead log \(log) is not: \(remedy)")
        }
        let beginning = beginning(of: log)
        // Zeros are what a power cut leaves of a log of which nothing was synced.
        guard beginning.count < 4 || beginning.allSatisfy({ $0 == 0 }) || magics.contains(beginning) else {
            throw DatabaseError(kind: .corrupt, "\(log) is no write-ahead log of SQLite: \(remedy)")
        }
    }

    private static func size(of path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    private static func beginning(of path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4)
        let count = read(descriptor, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }
}
