public import ChargingModel

/// A line of the log that people read.
public struct LogEntry: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case verdict
        case session
        case denial
        case refusal
        /// The point was removed.
        case point
        case central
        case bus
    }

    public enum Level: String, Hashable, Sendable, CaseIterable {
        case good
        case info
        case warning
        case bad
    }

    /// The number of the entry, counted from 1.
    public var number: UInt64
    /// The time by the viewer's clock.
    public var at: WallTime
    public var kind: Kind
    public var level: Level
    public var text: String
    public var cp: ChargePointID?
    public var driver: DriverID?
    public var session: SessionID?
}

/// The last entries of a log, the oldest first.
public struct EventLog: Sendable {
    private let limit: Int
    private var kept: [LogEntry] = []
    /// The number of the last entry; 0 before the first.
    public private(set) var last: UInt64 = 0

    init(limit: Int) { self.limit = max(1, limit) }

    public var entries: ArraySlice<LogEntry> { kept.suffix(limit) }

    /// The entries with a greater number, as far as they are kept.
    public func entries(after number: UInt64) -> [LogEntry] { number >= last ? [] : Array(kept.suffix(Int(min(last - number, UInt64(limit))))) }

    mutating func add(_ entry: LogEntry) {
        last += 1
        kept.append(entry)
        kept[kept.count - 1].number = last
        if kept.count >= limit * 2 { kept.removeFirst(kept.count - limit) }
    }
}

extension NetworkView {
    mutating func tell(
        _ kind: LogEntry.Kind, _ level: LogEntry.Level, _ text: String, cp: ChargePointID? = nil, driver: DriverID? = nil, session: SessionID? = nil,
        at now: Now
    ) {
        log.add(LogEntry(number: 0, at: now.wall, kind: kind, level: level, text: text, cp: cp, driver: driver, session: session))
        changes.log += 1
    }
}
