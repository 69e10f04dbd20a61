/// The exit code of a `wattline` process. The numbers are those of sysexits.h, where it has one.
public enum ProcessExit: Int32, Sendable, CaseIterable {
    /// The process did what it was asked to, a stop by SIGINT or SIGTERM included.
    case ok = 0
    /// The process failed, and said why.
    case failure = 1
    /// The command line makes no sense (EX_USAGE).
    case usage = 64
    /// A file that is to be read is not there (EX_NOINPUT).
    case noInput = 66
    /// The broker can't be started or reached (EX_UNAVAILABLE).
    case unavailable = 69
    /// The data directory can't be created or written (EX_CANTCREAT).
    case cannotCreate = 73
    /// The data directory is in use by another process (EX_TEMPFAIL).
    case inUse = 75
    /// A file or an environment variable holds what can't be accepted: wrong, damaged, or of a later version (EX_CONFIG).
    case configuration = 78

    /// True when starting again with the same settings and files can't help.
    public var isPermanent: Bool { self == .usage || self == .configuration }

    /// The exit of a process that fails for an error: the error's own, and `failure` for one that has none.
    public init(of error: any Error) { self = (error as? any ProcessFailure)?.processExit ?? .failure }
}

/// An error with an exit of its own for the process that fails for it.
public protocol ProcessFailure: Error {
    var processExit: ProcessExit { get }
}
