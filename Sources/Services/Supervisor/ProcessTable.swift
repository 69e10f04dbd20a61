import Glibc
internal import Platform
public import Settings
import Terminal

/// The table of `wattline ps`.
public enum ProcessTable {
    /// The processes that run in a data directory as a table, or a line that says that none does.
    /// - Throws: when it can't be told.
    public static func text(data: DataDirectory, colors: Bool = false) throws(UnreadableState) -> String {
        guard let state = try UpState.read(data.stateFile) else {
            return "Nothing runs here: no \(data.stateFile). Start a network with: wattline up\n"
        }
        let running = state.processes.filter { $0.identity.map(ProcFS.isRunning) ?? false }
        let isUp = ProcFS.identity(of: state.pid) != nil && !canLock(data.upLock)
        guard isUp || !running.isEmpty else {
            return "Nothing runs here: \(data.stateFile) is left over from process \(state.pid), which is gone. The next wattline up cleans it up\n"
        }
        var table = Table([
            Table.Column("NAME"), Table.Column("ROLE"), Table.Column("PID", right: true), Table.Column("UPTIME", right: true),
            Table.Column("RESTARTS", right: true), Table.Column("CPU", right: true), Table.Column("RSS", right: true),
            Table.Column("PORT", right: true),
        ])
        if isUp { table.add(row("up", "up", pid: state.pid, restarts: nil, port: nil)) }
        for process in state.processes {
            let isRunning = process.identity.map(ProcFS.isRunning) ?? false
            table.add(row(process.name, process.role, pid: isRunning ? process.pid : nil, restarts: process.restarts, port: process.port))
        }
        let broker = "Broker \(state.broker.url)" + (state.broker.isOwn ? "" : " (external)")
        let warning = isUp ? "" : "⚠️  Process \(state.pid) (wattline up) is gone, but these still run; the next wattline up kills them\n"
        return "Network \(state.network) · \(broker)\n" + warning + table.text(colors: colors)
    }

    /// The id of a running process, by its name as the table has it; `-` is as good as a space in it.
    public static func pid(of name: String, data: DataDirectory) throws(UnreadableState) -> Int32? {
        guard let state = try UpState.read(data.stateFile) else { return nil }
        if name == "up" { return ProcFS.identity(of: state.pid) != nil && !canLock(data.upLock) ? state.pid : nil }
        let process = state.processes.first {
            $0.name == name || $0.name == name.replacing("-engine", with: " engine").replacing("-monitor", with: " monitor")
        }
        guard let process, process.identity.map(ProcFS.isRunning) ?? false else { return nil }
        return process.pid
    }

    /// The processes of the network that `up` runs in the data directory, restarting ones included; none when it doesn't.
    public static func running(data: DataDirectory) throws(UnreadableState) -> [(role: String, id: String)] {
        guard let state = try UpState.read(data.stateFile), ProcFS.identity(of: state.pid) != nil, !canLock(data.upLock) else { return [] }
        return state.processes.map { ($0.role, $0.id) }
    }

    /// The broker of the network that `up` runs in the data directory; `nil` when it doesn't.
    public static func broker(data: DataDirectory) throws(UnreadableState) -> BrokerURL? {
        guard let state = try UpState.read(data.stateFile), ProcFS.identity(of: state.pid) != nil, !canLock(data.upLock) else { return nil }
        return AllSettings.mqtt.parser(state.broker.url)
    }

    private static func row(_ name: String, _ role: String, pid: Int32?, restarts: Int?, port: UInt16?) -> [String] {
        let usage = pid.flatMap { ProcFS.usage(of: $0) }
        return [
            name, role, pid.map { "\($0)" } ?? "-", usage.map { uptime($0.uptimeSeconds) } ?? "down", restarts.map { "\($0)" } ?? "",
            usage.map { processor($0) } ?? "", usage.map { megabytes($0.residentBytes) } ?? "", port.map { "\($0)" } ?? "",
        ]
    }

    /// True when nobody holds the lock.
    private static func canLock(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) == 0
    }

    static func uptime(_ seconds: Double) -> String {
        let whole = Int(seconds)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        if whole >= 86_400 { return "\(whole / 86_400)d \(two(whole / 3600 % 24))h" }
        if whole >= 3600 { return "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))" }
        return "\(whole / 60):\(two(whole % 60))"
    }

    /// The share of one processor that it has used since its start.
    private static func processor(_ usage: ProcFS.Usage) -> String {
        guard usage.uptimeSeconds > 0 else { return "" }
        let tenths = Int((usage.processorSeconds / usage.uptimeSeconds * 1000).rounded())
        return "\(tenths / 10).\(tenths % 10)%"
    }

    private static func megabytes(_ bytes: Int) -> String {
        let tenths = (bytes * 10 + 524_288) / 1_048_576
        return "\(tenths / 10).\(tenths % 10) MB"
    }
}
