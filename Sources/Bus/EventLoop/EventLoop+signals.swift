internal import CLinux
public import Glibc

extension EventLoop {
    /// Keeps the signals from their default effect, so that a loop can receive them. To be called in `main` before any thread is started: threads inherit it.
    public static func blockSignals(_ signals: [Int32] = [SIGTERM, SIGINT]) {
        var set = signalSet(signals)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Calls the handler on the loop with the number of each signal that arrives. They must be blocked in all threads (`blockSignals`). The
    /// descriptor behind it stays open until the process ends. On the loop only.
    /// - Throws: when no descriptor is left.
    @discardableResult
    public func watchSignals(_ signals: [Int32] = [SIGTERM, SIGINT], _ handler: @escaping (Int32) -> Void) throws(EventLoopError) -> SourceToken {
        var set = Self.signalSet(signals)
        let descriptor = signalfd(-1, &set, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
        guard descriptor >= 0 else { throw .system("signalfd") }
        return try watch(descriptor, .read) { _ in
            var info = signalfd_siginfo()
            while read(descriptor, &info, MemoryLayout<signalfd_siginfo>.size) == MemoryLayout<signalfd_siginfo>.size {
                handler(Int32(info.ssi_signo))
            }
        }
    }

    private static func signalSet(_ signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }
}
