import EventLoop
import Glibc

/// A real mosquitto of one test: on a free port, with a directory of its own, gone when the test is.
final class TestBroker {
    struct Failure: Error, CustomStringConvertible { let description: String }

    let port: UInt16
    private let directory: String
    private var process: pid_t

    /// - Parameter settings: more lines for its configuration.
    init(_ settings: String = "", anonymous: Bool = true) throws {
        var template = Array("/tmp/wattline-broker-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "no temporary directory: errno \(errno)") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var attempt = 0
        while true {
            attempt += 1
            let port = try Self.freePort()
            try Self.write(
                """
                listener \(port) 127.0.0.1
                allow_anonymous \(anonymous)
                        user root
                persistence true
                persistence_location \(directory)/
                autosave_on_changes true
                autosave_interval 1
                max_queued_messages 0
                set_tcp_nodelay true
                sys_interval 1
                log_dest file \(directory)/log
                \(settings)

                """, to: "\(directory)/conf")
            let process = try Self.spawn("\(directory)/conf")
            if Self.waitUntilItListens(process, port) {
                self.port = port
                self.process = process
                return
            }
            guard attempt < 10 else { throw Failure(description: "mosquitto does not start:\n" + Self.read("\(directory)/log")) }
        }
    }

    deinit {
        kill(SIGKILL)
        for name in ["conf", "log", "mosquitto.db", "mosquitto.db.new", "passwords"] { unlink("\(directory)/\(name)") }
        rmdir(directory)
    }

    /// What it logged so far.
    var log: String { Self.read("\(directory)/log") }

    /// Sends the signal and waits for the end.
    func kill(_ signal: Int32) {
        guard process > 0 else { return }
        if signal == SIGKILL { Glibc.kill(process, SIGCONT) }
        Glibc.kill(process, signal)
        waitpid(process, nil, 0)
        process = 0
    }

    /// Stands still, or goes on (SIGSTOP, SIGCONT).
    func send(_ signal: Int32) { Glibc.kill(process, signal) }

    /// Again on the same port, with what it saved.
    func start() throws {
        process = try Self.spawn("\(directory)/conf")
        guard Self.waitUntilItListens(process, port) else { throw Failure(description: "mosquitto does not start again:\n" + log) }
    }

    /// Forgets what it saved; between `kill` and `start`.
    func forget() { unlink("\(directory)/mosquitto.db") }

    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw -> UInt16? in
                guard bind(descriptor, raw, length) == 0, getsockname(descriptor, raw, &length) == 0 else { return nil }
                return UInt16(bigEndian: UnsafeRawPointer(raw).assumingMemoryBound(to: sockaddr_in.self).pointee.sin_port)
            }
        }
        guard let port else { throw Failure(description: "no free port: errno \(errno)") }
        return port
    }

    private static func spawn(_ configuration: String) throws -> pid_t {
        var process: pid_t = 0
        let words: [String] = ["mosquitto", "-c", configuration]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        // Children inherit the signal mask, and the threads that tests run on block SIGTERM.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let result = posix_spawn(&process, "/usr/sbin/mosquitto", nil, &attributes, &arguments, environ)
        guard result == 0 else { throw Failure(description: "mosquitto can't be started: errno \(result)") }
        return process
    }

    /// False when it ended instead, as it does when somebody else has the port.
    private static func waitUntilItListens(_ process: pid_t, _ port: UInt16) -> Bool {
        for _ in 0..<5000 {
            guard waitpid(process, nil, WNOHANG) == 0 else { return false }
            if answers(port) { return waitpid(process, nil, WNOHANG) == 0 }
            usleep(2000)
        }
        Glibc.kill(process, SIGKILL)
        waitpid(process, nil, 0)
        return false
    }

    private static func answers(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
    }

    static func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw Failure(description: "can't write \(path): errno \(errno)") }
    }

    private static func read(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = Glibc.read(descriptor, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
