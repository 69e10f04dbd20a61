import ArgumentParser
import Glibc
import Platform
import Settings
import Terminal

extension Wattline {
    /// Runs the program and exits, as `main()` does, except that help and the version go through the one door to standard output, too.
    static func runAndExit() -> Never {
        StandardDescriptors.secure()
        do {
            var command = try parseAsRoot()
            try command.run()
            Glibc.exit(ProcessExit.ok.rawValue)
        } catch {
            guard exitCode(for: error).isSuccess else { exit(withError: error) }
            Output.writeLine(fullMessage(for: error, columns: nil))
            Glibc.exit(ending(.ok).rawValue)
        }
    }
}

/// The exit of the process after its work: what it had to say must have arrived.
/// - Parameter readerMayGo: true when it only said what it heard for as long as somebody read.
func ending(_ exit: ProcessExit, readerMayGo: Bool = false) -> ProcessExit {
    guard let failure = Output.failure else { return exit }
    switch failure {
    case .readerGone:
        guard exit == .ok, !readerMayGo else { return exit }
        // Quietly, and as the system ends whoever writes to nobody: not as if all had been read.
        signal(SIGPIPE, SIG_DFL)
        kill(getpid(), SIGPIPE)
        return .failure
    case .system:
        complain("✖ \(failure)")
        return exit == .ok ? .failure : exit
    }
}
