internal import Platform
import Settings
import Terminal

/// The reason why a network stops.
enum StopCause: Sendable, Hashable {
    case signal(Int32)
    case duration(Duration)

    var description: String {
        switch self {
        case .signal(2): "Ctrl-C"
        case .signal(let number): ProcessEnd.signalName(number)
        case .duration(let duration): "\(text(duration)) are over"
        }
    }
}

/// A message of `up` itself while a network runs.
enum Report: Sendable, Hashable {
    /// The end of a process, or its failure to start.
    enum End: Sendable, Hashable, CustomStringConvertible {
        case died(String, pid: Int32, ProcessEnd)
        case notStarted(String, reason: String)

        var description: String {
            switch self {
            case .died(let name, let pid, let end): "\(name) (pid \(pid)) \(end)"
            case .notStarted(let name, let reason): "\(name) could not be started: \(reason)"
            }
        }
    }

    /// The reason why a restart takes longer than usual.
    enum Slowness: Sendable, Hashable {
        /// The exit status says that its settings or files can't be accepted.
        case settings
        /// The process has died early, so many times in a row.
        case repeated(Int)
    }

    case ended(End, restartIn: Duration, Slowness?)
    case restarted(String, pid: Int32)
    case endedBadly(String, pid: Int32, ProcessEnd)
    case brokerDidNotStart(End, words: String?)
    case brokerNeverListened(String, pid: Int32, Duration)
    /// Advice when the broker's memory may be the reason for its end, or could not be used.
    case memorySetAside(SetAside, because: String)
    case memoryPutBack(SetAside)
    case memoryInTheWay(file: String, reason: String)
    case stopping(StopCause, processes: Int)
    case killing(String, pid: Int32, after: Duration)
    case killingAll(Int)

    var level: LogLevel {
        switch self {
        case .restarted, .stopping: .info
        case .endedBadly, .killing, .killingAll, .brokerNeverListened, .memorySetAside, .memoryPutBack: .warning
        case .ended, .brokerDidNotStart, .memoryInTheWay: .error
        }
    }

    /// The event's name in JSON lines.
    var event: String {
        switch self {
        case .ended: "process_ended"
        case .restarted: "process_restarted"
        case .endedBadly: "process_ended_badly"
        case .brokerDidNotStart, .brokerNeverListened: "broker_not_started"
        case .memorySetAside: "broker_memory_set_aside"
        case .memoryPutBack: "broker_memory_put_back"
        case .memoryInTheWay: "broker_memory_not_set_aside"
        case .stopping: "stopping"
        case .killing, .killingAll: "killing"
        }
    }

    /// The event's fields in JSON lines.
    var fields: KeyValuePairs<String, LogValue> {
        switch self {
        case .ended(.died(let name, let pid, let end), let delay, _):
            ["process": .text(name), "pid": .integer(pid), "end": .text(end.description), "restart_in_s": .seconds(delay)]
        case .ended(.notStarted(let name, let reason), let delay, _):
            ["process": .text(name), "reason": .text(reason), "restart_in_s": .seconds(delay)]
        case .restarted(let name, let pid), .killing(let name, let pid, _): ["process": .text(name), "pid": .integer(pid)]
        case .endedBadly(let name, let pid, let end): ["process": .text(name), "pid": .integer(pid), "end": .text(end.description)]
        case .stopping(_, let processes), .killingAll(let processes): ["processes": .integer(processes)]
        case .memorySetAside(let aside, let reason): ["file": .text(aside.file), "kept_as": .text(aside.keptAs), "reason": .text(reason)]
        case .memoryPutBack(let aside): ["file": .text(aside.file)]
        case .memoryInTheWay(let file, let reason): ["file": .text(file), "reason": .text(reason)]
        case .brokerNeverListened(let name, let pid, _): ["process": .text(name), "pid": .integer(pid)]
        case .brokerDidNotStart: [:]
        }
    }

    /// The message for people, without anything in front.
    var message: String {
        switch self {
        case .ended(let end, let delay, nil): "✖ \(end); restarting in \(text(delay))"
        case .ended(let end, let delay, .settings):
            "✖ \(end): its settings or files can't be accepted (see above); trying again in \(text(delay)) all the same"
        case .ended(let end, let delay, .repeated(let count)): "✖ \(end), early for the \(ordinal(count)) time; restarting in \(text(delay))"
        case .restarted(let name, let pid): "↻ \(name) restarted (pid \(pid))"
        case .endedBadly(let name, let pid, let end): "⚠ \(name) (pid \(pid)) \(end) while stopping"
        case .brokerDidNotStart(let end, let words): "✖ \(end) before it listened\(words.map { " (\($0))" } ?? ""): no broker, no network"
        case .brokerNeverListened(let name, let pid, let patience): "⚠ \(name) (pid \(pid)) did not listen within \(text(patience)): killed"
        case .memorySetAside(let aside, let reason):
            "⚠ \(reason). What the broker remembers may be damaged: \(aside.file) is set aside as \(aside.name);"
                + " it starts without, and what was retained comes back by itself (F10)"
        case .memoryPutBack(let aside): "⚠ The broker ended without what it remembers, too, so that is not why: \(aside.file) is back in its place"
        case .memoryInTheWay(let file, let reason):
            "✖ \(file) may be why the broker does not start, and can't be set aside: \(reason). Move it away; what was retained comes back by itself (F10)"
        case .stopping(let cause, let processes): "■ Stopping \(processes) processes (\(cause.description)); once more to kill them"
        case .killing(let name, let pid, let grace): "⚠ \(name) (pid \(pid)) did not stop within \(text(grace)): killed"
        case .killingAll(let count): "⚠ Killing \(count) processes"
        }
    }
}

/// The duration in words: `1 s`, `0.25 s`, `2 min`.
func text(_ duration: Duration) -> String {
    let milliseconds = Int64(duration / .milliseconds(1))
    if milliseconds >= 120_000, milliseconds % 60_000 == 0 { return "\(milliseconds / 60_000) min" }
    var decimals = String(milliseconds % 1000 + 1000).dropFirst()
    while decimals.last == "0" { decimals = decimals.dropLast() }
    return "\(milliseconds / 1000)" + (decimals.isEmpty ? "" : "." + decimals) + " s"
}

private func ordinal(_ number: Int) -> String {
    let suffix =
        switch (number % 100, number % 10) {
        case (11...13, _): "th"
        case (_, 1): "st"
        case (_, 2): "nd"
        case (_, 3): "rd"
        default: "th"
        }
    return "\(number)\(suffix)"
}
