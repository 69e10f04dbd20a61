public import ChargingModel
internal import NetworkView

extension Screen {
    /// The picture of the screen as it is now.
    public mutating func frame(at now: Now) -> Frame {
        var frame = Frame(width: width, height: height)
        var y = drawHead(&frame, at: now.wall)
        let foot = max(y, height - 1)
        switch place {
        case .help: drawHelp(&frame, y + 1, foot)
        case .point(let cp): drawPage(of: cp, &frame, y, foot, at: now.wall)
        case .points:
            let rows = rows()
            let room = share(foot - y - 1, rows: rows.count)
            drawTable(rows, &frame, y, room.rows)
            y += room.rows + 1
            if room.panel > 0 { drawPanels(&frame, y, foot, at: now.wall) }
        }
        if height > 1 { drawFoot(&frame, height - 1) }
        return frame
    }

    /// The rows of the table and the lines of the panel below it, its title included: the table gets what it needs, up to two thirds where there is
    /// more to see.
    private func share(_ lines: Int, rows: Int) -> (rows: Int, panel: Int) {
        guard lines > 8 else { return (max(0, lines), 0) }
        let rows = min(max(1, rows), max(lines - 6, lines * 2 / 3))
        return (rows, lines - rows)
    }

    // MARK: The head

    /// Draws the head.
    /// - Returns: the line below it.
    private func drawHead(_ frame: inout Frame, at now: WallTime) -> Int {
        let view = shown
        var x = frame.put(" wattline ", 0, 0, Ink(.cyan, bold: true, reverse: true)) + 1
        let clock = Format.clock(now) + " UTC "
        let right = width - PlainText.width(clock)
        frame.put(clock, max(x, right), 0, .faint)
        if isPaused { x = frame.put(" PAUSED ", x, 0, Ink(.yellow, bold: true, reverse: true), end: right) + 1 }
        x = frame.put(glyphs.sign(of: view), x, 0, Ink(view.bus.isConnected && view.central.isOnline ? .green : .red, bold: true), end: right) + 1
        x = frame.put(presence(view), x, 0, .strong, end: right) + 2
        frame.put(broker, x, 0, .faint, end: right - 1)
        guard height > 10 else { return 1 }
        var y = 1
        if let notice = notice(view, now) {
            frame.put(" " + notice, 0, y, Ink(.yellow))
            y += 1
        }
        let totals = view.totals
        drawStates(totals, &frame, y)
        drawSums(totals, view.counts, &frame, y + 1)
        return y + 2
    }

    private func presence(_ view: NetworkView) -> String {
        if !view.bus.isConnected { return "no connection" }
        switch view.central.presence {
        case .online: return "Central is online"
        case .offline: return "Central is OFFLINE"
        case .unknown: return "Central was not heard"
        }
    }

    /// The notice that a person must know to read the rest; `nil` when there is none.
    private func notice(_ view: NetworkView, _ now: WallTime) -> String? {
        if !view.bus.isConnected {
            let since = view.bus.since.map { " for \(Format.age($0, now))" } ?? ""
            return "No connection\(since): \(view.bus.reason ?? "connecting to the broker")"
        }
        switch view.central.presence {
        case .online: return nil
        case .offline(let reason):
            let since = view.central.since.map { " for \(Format.age($0, now))" } ?? ""
            return "Central is offline\(since) (\(reason)): states as the points tell them"
        case .unknown: return "Central was never heard here: states as the points tell them"
        }
    }

    private func drawStates(_ totals: Totals, _ frame: inout Frame, _ y: Int) {
        var x = frame.put(" \(totals.points) \(totals.points == 1 ? "point" : "points")", 0, y, .strong) + 2
        for verdict in [Verdict.supplying, .assigned, .activated, .stopped, .faulty, .disconnected] where totals[verdict] > 0 {
            x = frame.put("\(glyphs.sign(verdict)) \(totals[verdict]) \(verdict.rawValue.lowercased())", x, y, Ink(verdict)) + 2
        }
        if totals.openBreakers > 0 {
            // Its breaker is open, or lets one through on trial.
            frame.put("\(totals.openBreakers) tripped", x, y, Ink(.yellow))
        }
    }

    private func drawSums(_ totals: Totals, _ counts: Counts, _ frame: inout Frame, _ y: Int) {
        var x = frame.put(" \(Format.kilowatts(totals.power))", 0, y, .strong)
        x = frame.put(" of \(Format.kilowatts(totals.rated)) kW ", x, y)
        x = drawBar(totals.power, of: totals.rated, &frame, x, y, width: width < 100 ? 10 : 20) + 2
        let sessions = "\(totals.openSessions) \(totals.openSessions == 1 ? "session" : "sessions")"
        x = frame.put(sessions, x, y, .strong)
        x = frame.put(" \(Format.kilowattHours(totals.energy)) kWh €\(Format.euro(totals.cost))", x, y) + 2
        guard x < width - 12 else { return }
        let closed = "since start: \(counts.completed) completed, \(counts.failed) failed, \(counts.denied) denied, €\(Format.euro(counts.income))"
        let short = "done \(counts.completed), failed \(counts.failed)"
        frame.put(PlainText.width(closed) < width - x ? closed : short, x, y, .faint)
    }

    /// - Returns: the column after it.
    @discardableResult
    func drawBar(_ part: Power, of whole: Power, _ frame: inout Frame, _ x: Int, _ y: Int, width columns: Int) -> Int {
        let bar = glyphs.bar(part.watts, of: whole.watts, width: columns)
        frame.put(String(repeating: glyphs.track, count: columns), x, y, .faint)
        frame.put(bar, x, y, Ink(.blue))
        return x + columns
    }

    // MARK: The foot

    private func drawFoot(_ frame: inout Frame, _ y: Int) {
        if isTyping {
            let x = frame.put(" Filter: \(filter)\(glyphs.cursor)", 0, y, Ink(.yellow, bold: true))
            frame.put("Enter keeps it, Esc clears it", x + 2, y, .faint)
            return
        }
        let keys: [(String, String)] =
            switch place {
            case .points:
                (filter.isEmpty ? [] : [("Esc", "clear")]) + [
                    ("q", "quit"), ("s/S", "sort"), ("f", "filter"), ("Space", isPaused ? "go on" : "pause"), ("Enter", "open"),
                    ("Tab", panel == .log ? "sessions" : "log"), ("?", "help"),
                ]
            case .point: [("Esc", "back"), ("↑↓", "other points"), ("Space", isPaused ? "go on" : "pause"), ("q", "quit"), ("?", "help")]
            case .help: [("Esc", "back"), ("q", "quit")]
            }
        var x = 1
        if !filter.isEmpty, place == .points { x = frame.put("Filter: \(filter)", x, y, Ink(.yellow, bold: true), end: width / 2) + 2 }
        for (key, what) in keys where key != "Tab" || !hasBothPanels {
            x = frame.put(glyphs.isASCII && key == "↑↓" ? "j/k" : key, x, y, Ink(.cyan, bold: true)) + 1
            x = frame.put(what, x, y, .faint) + 2
        }
    }
}

extension Glyphs {
    fileprivate func sign(of view: NetworkView) -> String { view.bus.isConnected && view.central.isOnline ? good : bad }
}
