/// The role of a process in the network.
enum Role: String, Sendable, CaseIterable {
    case broker, central, gateway, engine, monitor, driver

    /// The order in which a network stops: drivers, who ask, first; then those who charge (so that Central can still acknowledge the end of their
    /// sessions), then Central, the broker last.
    var stopStage: Int {
        switch self {
        case .driver: 0
        case .engine, .monitor, .gateway: 1
        case .central: 2
        case .broker: 3
        }
    }

    static let stopStages = 4
}

/// A process that up keeps running.
struct ProcessSpec: Sendable, Hashable {
    /// The name for people: `CP-001 engine`, `driver-alice`, `central`.
    var name: String
    var role: Role
    /// The charge point or driver; empty for broker and central.
    var id: String
    var executable: String
    /// The arguments, without the program's name.
    var arguments: [String]
    /// The directory that it starts in; `nil` for up's own.
    var directory: String?
    /// The port on which an engine answers health checks, or stations are served, or the port of the broker.
    var port: UInt16?
    /// The variables that it alone gets in its environment, as `NAME=value`.
    var environment: [String] = []
}

/// The end of a process.
package enum ProcessEnd: Sendable, Hashable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    package var description: String {
        switch self {
        case .exited(let code): "exited with status \(code)"
        case .signalled(let number): "was killed by \(ProcessEnd.signalName(number))"
        }
    }

    static func signalName(_ number: Int32) -> String {
        switch number {
        case 1: "SIGHUP"
        case 2: "SIGINT"
        case 3: "SIGQUIT"
        case 4: "SIGILL"
        case 5: "SIGTRAP"
        case 6: "SIGABRT"
        case 7: "SIGBUS"
        case 8: "SIGFPE"
        case 9: "SIGKILL"
        case 11: "SIGSEGV"
        case 13: "SIGPIPE"
        case 15: "SIGTERM"
        default: "signal \(number)"
        }
    }
}
