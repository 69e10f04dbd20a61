internal import Glibc

/// Standard input, output and error of the process.
public enum StandardDescriptors {
    /// Takes the numbers of those that the process was started without, so that no ledger or journal gets one of them and is written to by a log. A
    /// write there fails, as it did before. A file that may not grow any more is reported by an error from now on, like a full disk, not by a signal
    /// that kills.
    public static func secure() {
        for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(number, F_GETFD) == -1 {
            _ = open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
        signal(SIGXFSZ, SIG_IGN)
    }
}
