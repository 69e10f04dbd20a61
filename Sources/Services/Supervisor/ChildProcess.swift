import CSupervisor
package import EventLoop
import Glibc
import Platform

/// A running child: its process, and the pipe that is its standard output and error.
package struct ChildProcess {
    package let pid: Int32
    /// A descriptor that becomes readable when the process ends.
    let processDescriptor: Int32
    /// The reading end of the pipe, non-blocking.
    let output: Int32

    /// Starts a program; it dies with the thread that calls this. The error is an `errno`.
    /// - Parameter errors: the descriptor of its standard error, when that is not `output`.
    static func spawn(_ spec: ProcessSpec, environment: [String], errors: Int32? = nil) -> Result<ChildProcess, DescribedError> {
        spawn(spec.executable, spec.arguments, directory: spec.directory, environment: environment, errors: errors)
    }

    /// - Parameter directory: the one that it starts in; `nil` for this process's own.
    package static func spawn(
        _ executable: String, _ arguments: [String], directory: String? = nil, environment: [String], errors: Int32? = nil
    ) -> Result<ChildProcess, DescribedError> {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return .failure(DescribedError(errno)) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        let name = executable.split(separator: "/").last.map(String.init) ?? executable
        let pid = withCStrings([name] + arguments) { arguments in
            withCStrings(environment) { environment in
                wattline_spawn(executable, arguments, environment, directory, ends[1], errors ?? ends[1])
            }
        }
        close(ends[1])
        guard pid > 0 else {
            close(ends[0])
            return .failure(DescribedError(-pid))
        }
        let descriptor = wattline_pidfd(pid)
        guard descriptor >= 0 else {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            close(ends[0])
            return .failure(DescribedError(-descriptor))
        }
        return .success(ChildProcess(pid: pid, processDescriptor: descriptor, output: ends[0]))
    }

    /// The end of the process, if it has ended; takes it out of the kernel's table.
    func reap() -> ProcessEnd? {
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        return wattline_exited(status) != 0 ? .exited(wattline_exit_code(status)) : .signalled(wattline_signal(status))
    }
}

extension ChildProcess {
    /// Calls back on the loop with each line that the child writes, and after its last words, once, with its end. On the loop only.
    /// - Throws: when that can't be; then the child is gone.
    package func attend(
        on loop: EventLoop, onLine: @escaping (String) -> Void, onEnd: @escaping (ProcessEnd) -> Void
    ) throws(EventLoopError) {
        let child = self
        let lines = ChildOutput(output)
        var source: SourceToken?
        let pass = {
            guard lines.isOpen else { return }
            for line in lines.read() { onLine(line) }
            guard !lines.isOpen else { return }
            if let source { loop.unwatch(source) }
            close(child.output)
        }
        var end: SourceToken?
        do throws(EventLoopError) {
            source = try loop.watch(output, .read) { _ in pass() }
            end = try loop.watch(processDescriptor, .read) { _ in
                // While it is a zombie its process group is its own: whoever it started goes along.
                kill(-child.pid, SIGKILL)
                guard let found = child.reap() else { return }
                if let end { loop.unwatch(end) }
                close(child.processDescriptor)
                pass()
                onEnd(found)
            }
        } catch {
            if let source { loop.unwatch(source) }
            abandon()
            throw error
        }
    }

    /// Ends a process that nobody can attend to.
    private func abandon() {
        kill(-pid, SIGKILL)
        waitpid(pid, nil, 0)
        close(processDescriptor)
        close(output)
    }
}

/// The lines that a child writes, at the reading end of its pipe.
private final class ChildOutput {
    private let descriptor: Int32
    private var splitter = LineSplitter()
    private var chunk = [UInt8](repeating: 0, count: 65_536)
    /// False after the end: then there is nothing to read any more, and the descriptor's number may be another's.
    private(set) var isOpen = true

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// The lines that are there now, of a limited amount each time.
    func read() -> [String] {
        guard isOpen else { return [] }
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count > 0 { return splitter.add(chunk[..<count]) }
        guard count == 0 || (errno != EAGAIN && errno != EINTR) else { return [] }
        isOpen = false
        return splitter.finish().map { [$0] } ?? []
    }
}

/// An `errno` in words.
package struct DescribedError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ code: Int32) { description = errorText(code) }
}

private func withCStrings<Result>(_ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result) -> Result {
    var pointers = strings.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("it holds the nil at least") }
        return body(base)
    }
}
