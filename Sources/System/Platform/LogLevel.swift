/// The importance of a line.
public enum LogLevel: String, Sendable, CaseIterable, Comparable {
    case debug, info, warning, error

    public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }
}

/// The reader for whom lines are written.
public enum LogFormat: String, Sendable, CaseIterable {
    /// For people: each line as its author wrote it.
    case text
    /// For machines: one JSON object per line.
    case json
}

/// The choice whether to colour.
public enum ColorChoice: String, Sendable, CaseIterable {
    /// Colours when standard output is a terminal that can show them, and `NO_COLOR` is not set (https://no-color.org).
    case auto
    /// Always colours, `NO_COLOR` or not: who asks by hand is obeyed.
    case always
    case never

    /// The result of the choice: true to colour.
    public func resolve(isTerminal: Bool, noColor: String?, term: String?) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto: isTerminal && (noColor ?? "").isEmpty && term != "dumb"
        }
    }
}
