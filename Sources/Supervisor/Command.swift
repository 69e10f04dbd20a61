import CSupervisor
import Glibc
import Settings

/// Another program, run to its end.
public enum Command {
    public struct Result: Hashable, Sendable {
        /// Its exit code; 128 and the signal's number when one killed it.
        public var status: Int32
        /// What it wrote, errors included.
        public var output: String
    }

    /// Why it did not start.
    public struct Failure: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// Blocks until it has ended. It dies with the thread that calls this.
    public static func run(_ executable: String, _ arguments: [String]) -> Swift.Result<Result, Failure> {
        let spec = ProcessSpec(name: executable, role: .driver, id: "", executable: executable, arguments: arguments)
        let child: ChildProcess
        switch ChildProcess.spawn(spec, environment: Environment.process.variables.map { "\($0.key)=\($0.value)" }) {
        case .success(let started): child = started
        case .failure(let error): return .failure(Failure(description: error.description))
        }
        defer {
            close(child.output)
            close(child.processDescriptor)
        }
        _ = fcntl(child.output, F_SETFL, 0)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(child.output, &chunk, chunk.count)
            if count > 0 { bytes += chunk[..<count] }
            if count == 0 || (count < 0 && errno != EINTR) { break }
        }
        var status: Int32 = 0
        while waitpid(child.pid, &status, 0) < 0, errno == EINTR {}
        let code = wattline_exited(status) != 0 ? wattline_exit_code(status) : 128 + wattline_signal(status)
        return .success(Result(status: code, output: String(decoding: bytes, as: UTF8.self)))
    }

    /// The first program of this name on the PATH.
    public static func find(_ name: String, path: String?) -> String? {
        (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
