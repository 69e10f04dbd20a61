internal import ChargingModel
internal import NetworkView

extension Screen {
    var hasBothPanels: Bool { width >= 124 }

    /// Draws the log and the sessions: beside each other where there is room, else one of them.
    func drawPanels(_ frame: inout Frame, _ y: Int, _ end: Int, at now: WallTime) {
        let view = shown
        let open = view.sessions.count
        guard hasBothPanels else {
            switch panel {
            case .log:
                drawTitle("Log", &frame, 0, y, width, hint: "Tab: sessions (\(open))")
                drawLog(view.log.entries, &frame, 1, y + 1, width - 1, end)
            case .sessions:
                drawTitle("Sessions (\(open) open)", &frame, 0, y, width, hint: "Tab: log")
                drawSessions(view, &frame, 1, y + 1, width - 1, end)
            }
            return
        }
        let middle = 66
        drawTitle("Sessions (\(open) open)", &frame, 0, y, middle - 1)
        drawSessions(view, &frame, 1, y + 1, middle - 2, end)
        drawTitle("Log", &frame, middle, y, width)
        drawLog(view.log.entries, &frame, middle + 1, y + 1, width - 1, end)
    }

    func drawTitle(_ title: String, _ frame: inout Frame, _ x: Int, _ y: Int, _ end: Int, hint: String? = nil) {
        frame.put(String(repeating: glyphs.line, count: max(0, end - x)), x, y, .faint, end: end)
        frame.put(" \(title) ", x + 1, y, .strong, end: end)
        if let hint { frame.put(right: " \(hint) ", end - 1, y, .faint, width: 30) }
    }

    /// Draws the last lines of a log, the newest at the bottom.
    func drawLog(_ entries: some BidirectionalCollection<LogEntry>, _ frame: inout Frame, _ x: Int, _ y: Int, _ right: Int, _ end: Int) {
        let lines = entries.suffix(max(0, end - y))
        if lines.isEmpty { frame.put("Nothing has happened since this screen began.", x, y, .faint, end: right) }
        for (line, entry) in lines.enumerated() {
            var column = frame.put(Format.clock(entry.at), x, y + line, .faint, end: right) + 1
            let (sign, ink) = sign(entry.level)
            column = frame.put(sign, column, y + line, ink, end: right) + 1
            frame.put(entry.text, column, y + line, entry.level == .bad ? Ink(.red) : entry.level == .warning ? Ink(.yellow) : .plain, end: right)
        }
    }

    private func sign(_ level: LogEntry.Level) -> (String, Ink) {
        switch level {
        case .good: (glyphs.good, Ink(.green))
        case .info: (glyphs.dot, .faint)
        case .warning: ("!", Ink(.yellow, bold: true))
        case .bad: (glyphs.bad, Ink(.red, bold: true))
        }
    }

    /// Draws the open sessions, the oldest first; below them those that closed last, as far as there is room.
    private func drawSessions(_ view: NetworkView, _ frame: inout Frame, _ x: Int, _ y: Int, _ right: Int, _ end: Int) {
        let room = max(0, end - y)
        let open = view.sessions.values.sorted { ($0.since, $0.session) < ($1.since, $1.session) }
        let shownOpen = open.count > room ? Array(open.prefix(max(0, room - 1))) : open
        let sessions = shownOpen + (open.count > room ? [] : view.closed.newest(room - open.count))
        if sessions.isEmpty { frame.put("Nobody charges.", x, y, .faint, end: right) }
        for (line, session) in sessions.enumerated() { draw(session, &frame, x, y + line, right) }
        if open.count > room, room > 0 { frame.put("and \(open.count - shownOpen.count) more", x, end - 1, .faint, end: right) }
    }

    private func draw(_ session: SessionView, _ frame: inout Frame, _ x: Int, _ y: Int, _ right: Int) {
        let (word, ink) = phase(session)
        let base = session.phase.isOpen ? Ink.plain : .faint
        frame.put(session.cp?.text ?? "", x, y, base, end: min(right, x + 8))
        frame.put(session.driver?.text ?? "", x + 9, y, base, end: min(right, x + 25))
        frame.put(word, x + 26, y, ink, end: min(right, x + 39))
        frame.put(right: Format.kilowattHours(session.energy) + " kWh", min(right, x + 50), y, base, width: 11)
        frame.put(right: "€" + Format.euro(session.cost), min(right, x + 57), y, base, width: 7)
        if session.phase.isOpen, session.elapsedSeconds > 0 {
            frame.put(right: Format.time(session.elapsedSeconds), min(right, x + 64), y, base, width: 6)
        }
    }

    func phase(_ session: SessionView) -> (String, Ink) {
        switch session.phase {
        case .starting: ("starting", Ink(.cyan))
        case .charging: ("charging", Ink(.blue))
        case .settling: ("settling", Ink(.cyan))
        case .noContact: ("no contact", Ink(.red))
        case .closed(.completed, _, let isComplete): (isComplete ? "completed" : "completed…", Ink(.green, dim: true))
        case .closed(.failed, let reason, _): (reason ?? "failed", Ink(.red, dim: true))
        }
    }
}
