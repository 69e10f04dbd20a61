import Glibc
public import SQLite

/// A copy of a ledger that is whole, or not there.
public enum LedgerBackup {
    /// Writes, checks and syncs a copy, then gives it its name. Blocks.
    /// - Throws: when the file is there already, can't be written, or the ledger is damaged.
    @discardableResult
    public static func make(of reader: LedgerReader, at path: String) throws(SQLiteError) -> LedgerSize {
        guard access(path, F_OK) != 0 else { throw SQLiteError(kind: .unavailable, "\(path) is there already: choose another name") }
        let unfinished = path + ".unfinished"
        unlink(unfinished)
        do throws(SQLiteError) {
            try reader.copy(to: unfinished)
            let copy = try LedgerReader(path: unfinished)
            if let damage = try copy.damage().first { throw SQLiteError(kind: .corrupt, "\(reader.path) is damaged: \(damage)") }
            let size = try copy.size()
            try sync(unfinished)
            guard rename(unfinished, path) == 0 else { throw failure("name", path) }
            try sync(path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
            return size
        } catch {
            unlink(unfinished)
            throw error
        }
    }

    private static func sync(_ path: String) throws(SQLiteError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync", path) }
    }

    private static func failure(_ what: String, _ path: String) -> SQLiteError {
        SQLiteError(kind: .unavailable, "can't \(what) \(path): \(String(cString: strerror(errno)))")
    }
}
