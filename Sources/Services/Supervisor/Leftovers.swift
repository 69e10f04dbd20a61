import Glibc
internal import Platform
import Settings

/// Processes that an `up` that was killed may have left. Its children die with it, stopped ones, too; this is for those that the kernel missed.
enum Leftovers {
    /// Kills the processes that the state file names and that still run, and removes the file. Returns their names.
    ///
    /// - Throws: when the file can't be read; it is left there.
    ///
    /// Called with the lock in hand, so whoever wrote the file is gone. A process that only has the number of one of ours is left alone.
    static func cleanUp(stateFile: String) throws(UnreadableState) -> [String] {
        guard let state = try UpState.read(stateFile) else { return [] }
        let running = state.processes.filter { $0.identity.map(ProcFS.isRunning) ?? false }
        for process in running { if let pid = process.pid { kill(pid, SIGKILL) } }
        // Not our children: there is nothing to wait on but /proc. They are gone in a moment.
        for _ in 0..<200 {
            guard running.contains(where: { $0.identity.map(ProcFS.isRunning) ?? false }) else { break }
            poll(nil, 0, 10)
        }
        unlink(stateFile)
        return running.map { "\($0.name) (pid \($0.pid ?? 0))" }
    }
}
