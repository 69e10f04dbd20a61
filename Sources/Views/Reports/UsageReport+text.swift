internal import ChargingModel
public import Demand
internal import Terminal

extension UsageReport {
    /// The report for the terminal: a table by kind of point and the figures below it, 110 columns at most unless a kind or a code has a very long
    /// name.
    public func text(colors: Bool) -> String {
        let figures = FigureText.terminal
        var text = Style.bold(title, enabled: colors) + "\n"
        text += "\(begins.brief) to \(ends.brief) UTC, \(figures.words(span))\n\n"
        text += usageTable(figures).text(colors: colors) + "\n"
        for (name, words) in lines(figures) {
            text += name.padded(to: 20) + words + "\n"
        }
        return text
    }

    private func usageTable(_ figures: FigureText) -> Table {
        var table = Table([
            Table.Column("KIND"), Table.Column("POINTS", right: true), Table.Column("SESSIONS", right: true), Table.Column("FAILED", right: true),
            Table.Column("ENERGY kWh", right: true), Table.Column("INCOME €", right: true), Table.Column("OCCUPIED %", right: true),
            Table.Column("SUPPLYING %", right: true), Table.Column("kWh/SESSION", right: true),
        ])
        for (kind, usage) in kinds + [(kind: "Total", usage: total)] {
            table.add([
                kind, figures.number(usage.points), figures.number(usage.sessions), figures.number(usage.failed), figures.kilowattHours(usage.energy),
                figures.euro(usage.income), figures.percent(utilisation(usage)), figures.percent(supplyingShare(usage)),
                usage.meanEnergy.map { figures.kilowattHours($0) } ?? "–",
            ])
        }
        return table
    }

    private func lines(_ figures: FigureText) -> [(String, String)] {
        let whole = whole
        func share(_ count: Int, of all: Int) -> String { all > 0 ? " (\(figures.percent(Double(count) / Double(all), decimals: 0)) %)" : "" }
        var lines = [("Arrivals", "\(figures.number(whole.arrivals)) vehicles")]
        lines.append(
            (
                "Accepted at once",
                "\(figures.number(acceptedAtOnce))\(share(acceptedAtOnce, of: whole.arrivals)), within \(figures.words(Self.atOnce)) of arriving"
            ))
        lines.append(("Waited", "\(figures.number(realWaits.count))\(share(realWaits.count, of: whole.arrivals))" + waitWords(figures)))
        lines.append(("Left unserved", "\(figures.number(whole.unserved))\(share(whole.unserved, of: whole.arrivals)), without a charge"))
        let denials = whole.denialsByCount
        lines.append(("Denials", denials.isEmpty ? "none" : "\(figures.number(whole.denied)) requests"))
        for (code, count) in denials { lines.append(("  " + code.rawValue, "\(figures.number(count)), \(code.words)")) }
        lines.append(("Peak power", peak.map { "\(figures.words($0.power)) at \(peakTime($0.slot))" } ?? "none"))
        lines.append(("Incidents", incidents == 0 ? "none" : figures.number(incidents)))
        return lines
    }

    private func waitWords(_ figures: FigureText) -> String {
        let waits = realWaits
        guard let median = waits.percentile(0.5), let most = waits.percentile(0.95) else { return "" }
        return ": median \(figures.words(median)), 95th percentile \(figures.words(most))"
    }

    /// The time of a slot: `18:15`, with the day where there is more than one.
    func peakTime(_ slot: Int) -> String {
        let time = time(atSlot: slot)
        return span <= .seconds(86_400) ? time.exactClock : "\(time.weekday) \(time.day) \(time.month) \(time.exactClock)"
    }
}
