import ChargingModel
public import Platform
import Settings

/// The state file of a running `up`: for tools, and for `wattline ps`.
///
/// ```
/// {"pid":7,"started":"…","network":"demo","broker":{"url":"mqtt://127.0.0.1:1883","port":1883,"own":true,"pid":8},"http_port":null,
///  "processes":[{"name":"CP-001 engine","role":"engine","id":"CP-001","pid":10,"start_ticks":123,"started":"…","restarts":0,"health_port":18001}]}
/// ```
struct UpState: Sendable, Hashable {
    struct Broker: Sendable, Hashable {
        var url: String
        var port: UInt16
        /// True when `up` started it.
        var isOwn: Bool
        /// The port for those who come with a certificate of their own.
        var certificatePort: UInt16?
    }

    struct Process: Sendable, Hashable {
        var name: String
        var role: String
        var id: String
        /// The process id; `nil` while it waits for its restart.
        var pid: Int32?
        /// The clock ticks from boot to its start, which tell it from a later process with its number.
        var startTicks: UInt64?
        var started: WallTime?
        var restarts: Int
        /// The port on which an engine answers health checks; the broker's port.
        var port: UInt16?

        var identity: ProcFS.Identity? {
            guard let pid, let startTicks else { return nil }
            return ProcFS.Identity(pid: pid, startTicks: startTicks)
        }
    }

    var pid: Int32
    var started: WallTime
    var network: String
    var broker: Broker
    var httpPort: UInt16?
    var processes: [Process] = []
}

/// The reason why it can't be told what runs in a data directory: its state file is there, and can't be read.
public struct UnreadableState: ProcessFailure, Hashable, CustomStringConvertible {
    /// The file, its place, and what is wrong there.
    let why: String

    public var description: String { "can't tell what wattline up runs: \(why). A later wattline made it? Then ask that one" }
    public var processExit: ProcessExit { .configuration }
}
