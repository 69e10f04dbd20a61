import Foundation
import Synchronization

/// A program of its own, started and waited for by its number.
///
/// Not Foundation's `Process`: that learns of an end by a socket that another child, started at the same moment, can inherit, and then
/// takes the one for running as long as the other runs.
final class ChildProcess: Sendable {
    /// The status that `waitpid` told, once the program has ended and is nobody's number any more.
    private let ended = Mutex<Int32?>(nil)
    let pid: pid_t

    /// `arrange` says what its descriptors 0, 1 and 2 are; all others are closed in it.
    init(
        _ executable: String, _ arguments: [String], environment: [String: String], inNewSession: Bool = false,
        _ arrange: (inout posix_spawn_file_actions_t) -> Void
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        arrange(&actions)
        // One that is not open is passed over. More than these the tests do not have at once.
        for descriptor in Int32(3)..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads of tests have signals blocked, and a child inherits that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        let newSession: Int16 = 0x80
        posix_spawnattr_setflags(&attributes, (inNewSession ? newSession : 0) | Int16(POSIX_SPAWN_SETSIGMASK))
        var argv: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, executable, &actions, &attributes, &argv, &envp)
        guard failure == 0 else { throw ScenarioError("can't start \(executable): \(String(cString: strerror(failure)))") }
        self.pid = pid
    }

    deinit {
        guard status == nil else { return }
        kill(pid, SIGKILL)
        while waitpid(pid, nil, 0) < 0, errno == EINTR {}
    }

    /// The exit status, or 128 and the signal that ended it; `nil` while it runs.
    var status: Int32? {
        ended.withLock { ended in
            if ended == nil {
                var status: Int32 = 0
                guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
                ended = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
            }
            return ended
        }
    }

    /// Sends a signal, to nobody once it has ended.
    func signal(_ signal: Int32) { if status == nil { kill(pid, signal) } }
}
