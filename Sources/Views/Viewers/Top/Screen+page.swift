internal import ChargingModel
internal import NetworkView

extension Screen {
    /// Draws the page of a point, with all that is known of it.
    mutating func drawPage(of cp: ChargePointID, _ frame: inout Frame, _ y: Int, _ end: Int, at now: WallTime) {
        let view = shown
        drawTitle(cp.text, &frame, 0, y, width)
        guard end > y + 1 else { return }
        guard let point = view.points[cp] else {
            frame.put("\(cp) is not there any more.", 2, y + 1, .faint)
            return
        }
        let facts = facts(of: point, view, at: now)
        let log = view.log.entries.filter { $0.cp == cp }
        let chartHeight = 6
        // What does not fit is reached by PgDn.
        let total = facts.count + 1 + chartHeight + 1 + max(1, log.count)
        firstLine = max(0, min(firstLine, total - (end - y - 1)))
        var line = y + 1 - firstLine
        for fact in facts {
            if line > y, line < end {
                frame.put(fact.name, 2, line, .faint)
                var x = 14
                for (text, ink) in fact.texts { x = frame.put(text, x, line, ink) }
            }
            line += 1
        }
        if line > y, line < end { drawTitle("Power", &frame, 0, line, width, hint: "the last 2 minutes") }
        line += 1
        drawChart(point, &frame, line, chartHeight, clip: (y + 1)..<end, at: now)
        line += chartHeight
        if line > y, line < end { drawTitle("Log", &frame, 0, line, width) }
        line += 1
        if line < end { drawLog(log, &frame, 2, max(line, y + 1), width - 1, end) }
    }

    private struct Fact {
        var name: String
        var texts: [(String, Ink)]

        init(_ name: String, _ texts: (String, Ink)...) {
            self.name = name
            self.texts = texts
        }
    }

    private func facts(of point: PointView, _ view: NetworkView, at now: WallTime) -> [Fact] {
        let (verdict, why) = point.shown(view.central)
        var facts = [
            Fact(
                "State", ("\(glyphs.sign(verdict)) \(verdict.rawValue)", Ink(verdict)), (": \(why)", .plain),
                (", for \(Format.age(point.since, now))", .faint))
        ]
        if view.central.isOnline, let report = point.verdict {
            let breaker = report.breaker == .closed ? Ink.plain : Ink(.yellow)
            facts.append(
                Fact(
                    "Central", (report.available ? "offers it to drivers" : "does not offer it", report.available ? Ink(.green) : .plain),
                    (", breaker ", .plain), (report.breaker.rawValue, breaker)))
        } else {
            facts.append(Fact("Central", ("is not there: this is what engine and monitor say", Ink(.yellow))))
        }
        facts.append(engine(point))
        facts.append(monitor(point))
        if let info = point.info {
            facts.append(Fact("Is", ("\(info.kind), \(info.power), \(info.price)", .plain), (", \(info.software)", .faint)))
        }
        let register = point.register.map { "\($0.wattHours) Wh" } ?? "not shown yet"
        let lost = point.readingsLost > 0 ? ", \(point.readingsLost) readings were missed" : ""
        facts.append(Fact("Meter", (point.info?.meter.text ?? "unknown", .plain), (", register \(register)\(lost)", .faint)))
        facts += session(at: point, view)
        return facts
    }

    private func engine(_ point: PointView) -> Fact {
        guard let state = point.engine.state else { return Fact("Engine", ("was not heard", .faint)) }
        return Fact("Engine", (state.state.rawValue, .plain), (": \(state.reason)", .plain), (", epoch \(point.engine.epoch)", .faint))
    }

    private func monitor(_ point: PointView) -> Fact {
        guard let health = point.monitor.health else { return Fact("Monitor", ("was not heard", .faint)) }
        let ink =
            switch health.health {
            case .ok: Ink(.green)
            case .faulty: Ink(.red)
            case .unmonitored: Ink(.yellow)
            }
        return Fact("Monitor", (health.health.rawValue, ink), (": \(health.reason)", .plain), (", epoch \(point.monitor.epoch)", .faint))
    }

    private func session(at point: PointView, _ view: NetworkView) -> [Fact] {
        guard let id = point.session(view.central) else { return [Fact("Session", ("none", .faint)), Fact("")] }
        guard let session = view.sessions[id] else { return [Fact("Session", (id.text, .plain)), Fact("")] }
        let (word, ink) = phase(session)
        let bill = "\(session.energy), €\(Format.euro(session.cost)) after \(Format.time(session.elapsedSeconds))"
        let text = " \(session.driver?.text ?? "somebody"), \(bill)"
        return [Fact("Session", (word, ink), (text, .plain)), Fact("", (id.text, .faint))]
    }

    /// Draws the power of the last two minutes, the newest on the right.
    private func drawChart(_ point: PointView, _ frame: inout Frame, _ y: Int, _ lines: Int, clip: Range<Int>, at now: WallTime) {
        let columns = max(1, min(120, width - 14))
        let rated = max(1, point.info?.power.watts ?? point.curve.map(\.power.watts).max() ?? 1)
        let span = network.settings.curveTime.milliseconds
        var heights = Array(repeating: 0, count: columns)
        for column in 0..<columns {
            let time = now.milliseconds - span + (Int64(column) + 1) * span / Int64(columns)
            guard let sample = point.curve.last(where: { $0.at.milliseconds <= time }), sample.power.watts > 0 else { continue }
            // A reading holds for a second; what is older was lost.
            guard time - sample.at.milliseconds < 3000 else { continue }
            heights[column] = max(1, Int(min(sample.power.watts, rated) * Int64(lines * 8) / rated))
        }
        for line in 0..<lines where clip.contains(y + line) {
            if line == 0 { frame.put(right: Format.kilowatts(Power(watts: rated)) + " kW", 12, y, .faint, width: 11) }
            if line == lines - 1 { frame.put(right: "0 kW", 12, y + line, .faint, width: 11) }
            let bottom = (lines - 1 - line) * 8
            for column in 0..<columns {
                let text = glyphs.column(heights[column] - bottom)
                if text != " " { frame.put(text, 13 + column, y + line, Ink(.blue)) }
            }
        }
    }
}
