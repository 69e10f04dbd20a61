internal import Glibc
internal import Journal
internal import Platform
internal import Settings

/// A journal of this process as it is found at the start, with the locks on its directory and on the file that it shares with others of the process.
struct LockedJournal {
    let locks: [DirectoryLock]
    let opening: Journal.Opening

    /// The ways in which journals are kept.
    enum Keeping {
        /// In directories that are locked, in files that stay open.
        case usual
        /// The same, but a file of one alone is open only while it is written: of a process that gets one after the other, for thousands.
        case resting
        /// So, in directories that nobody uses who does not hold another lock.
        case guarded
    }

    /// Opens the journals in directories beside each other: one file for all, when they are several. Blocks.
    /// - Throws: when a directory is in use, or a journal can't be read or is damaged.
    static func open(_ directories: [String], in data: DataDirectory, _ keeping: Keeping = .usual) throws -> [LockedJournal] {
        var locks: [[DirectoryLock]] = []
        for directory in directories {
            switch keeping {
            case .usual, .resting: locks.append([try data.lock(directory)])
            case .guarded:
                try DataDirectory.create(directory)
                locks.append([])
            }
        }
        let rests = keeping != .usual
        guard let first = directories.first else { return [] }
        let home = data.journals(of: first)
        guard directories.count > 1 else {
            let opening = try Journal.open(in: first, resting: rests)
            // From when it was the first of several.
            if access(home.directory, F_OK) == 0, let lock = try free(home.directory, in: data) {
                try Journal.removeUnused(together: home.reference, besides: first)
                withExtendedLifetime(lock) {}
            }
            return [LockedJournal(locks: locks[0], opening: opening)]
        }
        let shared = try free(home.directory, in: data)
        let openings = try Journal.open(in: directories, together: shared == nil ? nil : home.reference, resting: rests)
        return zip(locks, openings).map { LockedJournal(locks: $0 + (shared.map { [$0] } ?? []), opening: $1) }
    }

    /// The lock on the directory of a file that is shared; `nil` while others, of this process or another, still have their journals there: whoever
    /// leaves them takes his own along.
    private static func free(_ directory: String, in data: DataDirectory) throws(DataDirectoryError) -> DirectoryLock? {
        do throws(DataDirectoryError) {
            return try data.lock(directory)
        } catch {
            guard case .inUse = error else { throw error }
            return nil
        }
    }
}
