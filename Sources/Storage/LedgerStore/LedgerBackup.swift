import Glibc
public import SQL
internal import SQLite

/// A copy of a ledger that is whole, or not there.
public enum LedgerBackup {
    /// Writes, checks and syncs a copy, then gives it its name. Blocks.
    /// - Throws: when the file is there already, can't be written, or the ledger is damaged.
    @discardableResult
    public static func make(of reader: LedgerReader, at path: String) throws(DatabaseError) -> LedgerSize {
        guard access(path, F_OK) != 0 else { throw DatabaseError(kind: .unavailable, "\(path) is there already: choose another name") }
        guard let file = reader.file else {
            throw DatabaseError(
                kind: .unavailable, "\(reader.name) is on a server, which has its own way: pg_dump --schema=wattline, or pg_basebackup")
        }
        return try write(file, for: path, isPrivate: false) { unfinished throws(DatabaseError) in
            let size = try LedgerReader(path: unfinished).size()
            try name(unfinished, path)
            return size
        }
    }

    /// Keeps a copy of a ledger of any version for its owner alone. Another one is not overwritten: then this one has a number at its end, unless it is
    /// the same. Blocks.
    /// - Returns: the copy's path.
    /// - Throws: when it can't be written, or the ledger is damaged.
    static func keep(_ database: SQLiteDatabase, at path: String) throws(DatabaseError) -> String {
        try write(database, for: path, isPrivate: true) { unfinished throws(DatabaseError) in
            var place = path
            var number = 1
            while access(place, F_OK) == 0 {
                if isSame(place, unfinished) {
                    unlink(unfinished)
                    return place
                }
                number += 1
                place = "\(path).\(number)"
            }
            try name(unfinished, place)
            return place
        }
    }

    /// Writes a copy under a name that is not its own yet, checks and syncs it, and hands it on to be named. Nothing is left of it after an error.
    private static func write<Result>(
        _ database: SQLiteDatabase, for path: String, isPrivate: Bool, _ finish: (_ unfinished: String) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        let unfinished = path + ".unfinished"
        unlink(unfinished)
        do throws(DatabaseError) {
            if isPrivate { try create(unfinished) }
            try database.copy(to: unfinished)
            if let damage = try SQLiteDatabase(path: unfinished, .readOnly).damage().first {
                throw DatabaseError(kind: .corrupt, "\(database.path) is damaged: \(damage)")
            }
            try sync(unfinished)
            return try finish(unfinished)
        } catch {
            unlink(unfinished)
            throw error
        }
    }

    /// Makes an empty file that only its owner can read; SQLite fills an empty one as it is.
    private static func create(_ path: String) throws(DatabaseError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("make", path) }
        close(descriptor)
    }

    private static func name(_ unfinished: String, _ path: String) throws(DatabaseError) {
        guard rename(unfinished, path) == 0 else { throw failure("name", path) }
        try sync(path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
    }

    private static func isSame(_ first: String, _ second: String) -> Bool {
        let descriptors = [first, second].map { (path: String) in open(path, O_RDONLY | O_CLOEXEC) }
        defer { for descriptor in descriptors where descriptor >= 0 { close(descriptor) } }
        guard descriptors.allSatisfy({ $0 >= 0 }) else { return false }
        var blocks = [[UInt8]](repeating: [UInt8](repeating: 0, count: 65_536), count: 2)
        while true {
            var counts = [0, 0]
            for index in 0..<2 { counts[index] = read(descriptors[index], &blocks[index], blocks[index].count) }
            guard counts[0] >= 0, counts[0] == counts[1], blocks[0].prefix(counts[0]) == blocks[1].prefix(counts[0]) else { return false }
            if counts[0] == 0 { return true }
        }
    }

    private static func sync(_ path: String) throws(DatabaseError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync", path) }
    }

    private static func failure(_ what: String, _ path: String) -> DatabaseError {
        let code = errno
        let kind: DatabaseError.Kind = code == ENOSPC || code == EDQUOT ? .full : code == EROFS ? .readOnly : .unavailable
        return DatabaseError(kind: kind, "can't \(what) \(path): \(String(cString: strerror(code)))")
    }
}
