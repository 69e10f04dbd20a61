public import ChargingModel
internal import Terminal

/// A table of sessions.
public enum SessionsText {
    public static func text(_ sessions: [LedgerSession], colors: Bool) -> String {
        guard !sessions.isEmpty else { return "No session fits.\n" }
        var table = Table([
            Table.Column("ACCEPTED (UTC)"), Table.Column("SESSION"), Table.Column("DRIVER"), Table.Column("POINT"), Table.Column("STATUS"),
            Table.Column("ENDED BY"), Table.Column("ENERGY", right: true), Table.Column("COST", right: true), Table.Column("RECORD"),
        ])
        for session in sessions {
            table.add([
                session.accepted.brief, session.id.text, session.driver.text, session.assignment.cp.text, session.status,
                session.closing?.reason.words ?? "", "\(session.energy)", "\(session.cost)", session.recordWords,
            ])
        }
        return table.text(colors: colors)
    }
}

extension WallTime {
    /// The time without milliseconds: `2026-11-26 12:08:28`.
    var brief: String { String(text.prefix(19)).replacing("T", with: " ") }
}

extension LedgerSession {
    /// The status: OPEN, COMPLETED or FAILED.
    var status: String { closing?.reason.outcome.rawValue ?? "OPEN" }

    var recordWords: String {
        if isComplete { return "complete" }
        if contradiction != nil { return "contradicted" }
        return isOpen ? "" : "missing"
    }
}

extension EndReason {
    /// The reason in words, for people.
    var words: String {
        switch self {
        case .completed: "time"
        case .target: "energy target"
        case .stopped: "driver"
        case .outOfOrder: "out of order"
        case .shutdown: "shutdown"
        case .fault: "fault"
        case .interrupted: "interruption"
        case .neverStarted: "never started"
        }
    }
}
