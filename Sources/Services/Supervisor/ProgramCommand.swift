import CSupervisor
import Glibc
import Platform
import Settings

/// A run of another program to its end.
public enum ProgramCommand {
    public struct Result: Hashable, Sendable {
        /// The exit code; 128 plus the signal's number when a signal killed it.
        public var status: Int32
        public var output: String
        public var errors: String

        /// The last 400 characters that it wrote, for a failure: those of its errors, if there are any.
        public var complaint: String { String((errors.isEmpty ? output : errors).suffix(400)) }
    }

    /// The reason why it did not start.
    public struct Failure: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// Runs a program and blocks until it has ended. It dies with the thread that calls this.
    public static func run(_ executable: String, _ arguments: [String]) -> Swift.Result<Result, Failure> {
        let spec = ProcessSpec(name: executable, role: .driver, id: "", executable: executable, arguments: arguments)
        // In memory: a second pipe would have to be read at the same time.
        let errors = wattline_memory_file()
        guard errors >= 0 else { return .failure(Failure(description: errorText(errno))) }
        defer { close(errors) }
        let child: ChildProcess
        switch ChildProcess.spawn(spec, environment: Environment.process.variables.map { "\($0.key)=\($0.value)" }, errors: errors) {
        case .success(let started): child = started
        case .failure(let error): return .failure(Failure(description: error.description))
        }
        defer {
            close(child.output)
            close(child.processDescriptor)
        }
        _ = fcntl(child.output, F_SETFL, 0)
        let output = readAll(child.output)
        var status: Int32 = 0
        while waitpid(child.pid, &status, 0) < 0, errno == EINTR {}
        let code = wattline_exited(status) != 0 ? wattline_exit_code(status) : 128 + wattline_signal(status)
        lseek(errors, 0, SEEK_SET)
        return .success(Result(status: code, output: output, errors: readAll(errors)))
    }

    private static func readAll(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count > 0 { bytes += chunk[..<count] }
            if count == 0 || (count < 0 && errno != EINTR) { return String(decoding: bytes, as: UTF8.self) }
        }
    }

    /// The first program of this name on the PATH.
    public static func find(_ name: String, path: String?) -> String? {
        (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
