/// How much a line matters.
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

/// For whom the lines are.
public enum LogFormat: String, Sendable, CaseIterable {
    /// For people: each line as its author wrote it.
    case text
    /// For machines: one JSON object per line.
    case json
}

/// Whether to colour.
public enum ColorChoice: String, Sendable, CaseIterable {
    /// When standard output is a terminal that can, and `NO_COLOR` is not set (https://no-color.org).
    case auto
    /// Always, `NO_COLOR` or not: who asks by hand is obeyed.
    case always
    case never

    /// What the choice comes to.
    public func resolve(isTerminal: Bool, noColor: String?, term: String?) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto: isTerminal && (noColor ?? "").isEmpty && term != "dumb"
        }
    }
}
