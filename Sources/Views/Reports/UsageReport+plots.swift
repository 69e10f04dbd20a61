internal import ChargingModel
internal import Demand

extension UsageReport {
    /// The section of all that has a time, over the span.
    var timeSection: Markup {
        guard !slots.isEmpty else { return "<section><h2>Over time</h2><p class=\"none\">The span is empty.</p></section>\n" }
        let timeline = Timeline(self)
        let whole = whole
        let figures = FigureText.page
        var panels = [power(timeline), occupied(timeline), income(timeline), arrivals(timeline)]
        let isDenied = whole.denied > 0 || whole.unserved > 0
        if isDenied { panels.append(denials(timeline)) }
        let strips = timeline.buckets.map { strip($0) }
        return """
            <section><h2>Over time</h2>
            <p class="soft">Each step is \(timeline.per == "day" || timeline.per == "week" || timeline.per == "hour" ? "one " : "")\(timeline.per). \
            The thin line over power is the highest moment, the one over arrivals counts those accepted.\
            <span class="hover"> Rest the pointer on a step for its numbers.</span>\
            \(isDenied ? "" : " No request was denied and nobody left without a charge.")</p>
            <div class="plots">
            \(Plot.stack(panels, over: timeline, label: "\(figures.number(panels.count)) plots over time, in UTC", strips: strips))
            </div></section>

            """
    }

    /// The section of the mean day, for spans over two days, where the hours would drown.
    var meanDaySection: Markup {
        guard span > .seconds(2 * 86_400), let day = Timeline(meanDayOf: self) else { return "" }
        let panels = [power(day), occupied(day), arrivals(day)]
        return """
            <section><h2>The mean day</h2>
            <p class="soft">All days laid over each other: the mean of each hour, and the highest moment that any day had.</p>
            <div class="plots">
            \(Plot.stack(panels, over: day, label: "Three plots over the hours of the mean day, in UTC", strips: []))
            </div></section>

            """
    }

    private func when(_ values: [Double], _ timeline: Timeline) -> String {
        guard let greatest = values.max(), let index = values.firstIndex(of: greatest) else { return "" }
        return timeline.buckets[index].name
    }

    private func power(_ timeline: Timeline) -> Plot.Panel {
        let figures = FigureText.page
        let means = timeline.buckets.map(\.meanKilowatts)
        let peaks = timeline.buckets.map { Double($0.slot.peak.watts) / 1000 }
        let name = when(peaks, timeline)
        let energy = figures.words(timeline.energyShown)
        return Plot.Panel(
            title: "Power", unit: "kW", note: "mean of each \(timeline.per); line: highest moment; the area is \(energy)", up: means, line: peaks,
            marksLine: true,
            mark: { "\(figures.short($0)) kW, \($1)" },
            description: "mean power per \(timeline.per), \(energy), highest moment \(figures.short(peaks.max() ?? 0)) kW at \(name).")
    }

    private func occupied(_ timeline: Timeline) -> Plot.Panel {
        let figures = FigureText.page
        let points = total.points
        let shares = timeline.buckets.map { $0.occupiedPercent(of: points) }
        let name = when(shares, timeline)
        let most = figures.number(shares.max() ?? 0)
        let mean = figures.percent(span * points > .zero ? whole.occupied / (span * points) : nil)
        return Plot.Panel(
            title: "Points occupied", unit: "%", note: "of \(figures.number(points)); \(mean) % over all", up: shares,
            mark: { "\(figures.number($0)) %, \($1)" },
            description: "share of \(figures.number(points)) points per \(timeline.per), mean \(mean) %, most \(most) % at \(name).")
    }

    private func income(_ timeline: Timeline) -> Plot.Panel {
        let figures = FigureText.page
        let values = timeline.buckets.map(\.euro)
        let name = when(values, timeline)
        let sum = "€" + figures.euro(whole.income)
        return Plot.Panel(
            title: "Income", unit: "€ per \(timeline.per)", note: "\(sum) in all", up: values,
            mark: { "€\(figures.number($0, decimals: $0 < 99.995 ? 2 : 0)), \($1)" },
            description: "\(sum) in all, most in \(name), €\(figures.short(values.max() ?? 0)).")
    }

    private func arrivals(_ timeline: Timeline) -> Plot.Panel {
        let figures = FigureText.page
        let arrived = timeline.buckets.map { $0.isWhole(timeline) ? Double($0.slot.arrivals) : $0.rate($0.slot.arrivals, per: timeline.bucketLength) }
        let accepted = timeline.buckets.map {
            $0.isWhole(timeline) ? Double($0.slot.accepted) : $0.rate($0.slot.accepted, per: timeline.bucketLength)
        }
        let whole = whole
        let sums = "\(figures.number(whole.arrivals)) came, \(figures.number(whole.accepted)) were accepted"
        return Plot.Panel(
            title: "Arrivals", unit: "vehicles per \(timeline.per)", note: "line: accepted; \(sums)", up: arrived, line: accepted,
            isWhole: arrived.allSatisfy { $0 == $0.rounded() }, mark: { "\(figures.short($0).trimmedZeros), \($1)" },
            description: "\(sums); most arrivals at \(when(arrived, timeline)), \(figures.short(arrived.max() ?? 0)) per \(timeline.per).")
    }

    private func denials(_ timeline: Timeline) -> Plot.Panel {
        let figures = FigureText.page
        let whole = whole
        let denied = timeline.buckets.map { Double($0.slot.denied) }
        let left = timeline.buckets.map { Double($0.slot.unserved) }
        let sums = "\(figures.number(whole.denied)) denials upward, \(figures.number(whole.unserved)) who left without a charge downward"
        return Plot.Panel(
            title: "Denied ▲ and left ▼", unit: "per \(timeline.per)", note: sums, up: denied, down: left, style: "denied", isWhole: true,
            mark: { "\(figures.short($0).trimmedZeros), \($1)" }, description: "\(sums); most denials at \(when(denied, timeline)).")
    }

    /// The text that is shown when the pointer is over a bucket.
    private func strip(_ bucket: Timeline.Bucket) -> String {
        let figures = FigureText.page
        let slot = bucket.slot
        var text = "\(bucket.name)\n\(figures.words(slot.energy)), peak \(figures.words(slot.peak))\n"
        text += "\(figures.number(bucket.occupiedPercent(of: total.points))) % occupied\n€\(figures.euro(slot.income))\n"
        text += "\(figures.number(slot.arrivals)) came, \(figures.number(slot.accepted)) accepted"
        if slot.denied > 0 { text += "\n\(figures.number(slot.denied)) denied" }
        if slot.unserved > 0 { text += "\n\(figures.number(slot.unserved)) left without a charge" }
        return text
    }

    /// The section on waits, energies and stays.
    var distributionSection: Markup {
        let figures = FigureText.page
        let stays = stays.sorted()
        func histogram(_ title: String, _ things: String, _ values: [Duration]) -> Markup {
            let most = values.percentile(0.95) ?? .zero
            let (unit, length): (String, Duration) =
                most > .seconds(5 * 3600) ? ("h", .seconds(3600)) : most > .seconds(150) ? ("min", .seconds(60)) : ("s", .seconds(1))
            return Plot.Histogram(title: title, unit: unit, things: things, values: values.map { $0 / length }).drawn()
        }
        let energies = energies.map { Double($0.wattHours) / 1000 }.sorted()
        return """
            <section><h2>Waiting, charging, staying</h2>
            <p class="soft">\(figures.number(acceptedAtOnce)) of \(figures.number(waits.count)) accepted vehicles did not wait \
            (\(figures.words(Self.atOnce)) at most) and are not in the first plot.</p>
            <div class="few">
            \(histogram("Waiting time", "vehicles", realWaits))
            \(Plot.Histogram(title: "Energy", unit: "kWh", things: "sessions", values: energies).drawn())
            \(histogram("Stay", "sessions", stays))
            </div></section>

            """
    }
}

extension Timeline {
    /// The energy that the area under the power stands for; in the mean day's plot that of one day.
    var energyShown: Energy {
        let wattHours = buckets.reduce(0.0) { $0 + $1.meanKilowatts * 1000 * (min($1.covered, bucketLength) / .seconds(3600)) }
        return Energy(wattHours: Int64(exactly: wattHours.rounded()) ?? 0)
    }
}

extension Timeline.Bucket {
    /// True when its counts are those of one bucket, and not of a mean.
    func isWhole(_ timeline: Timeline) -> Bool { covered <= timeline.bucketLength }
}

extension String {
    /// The text without zeros at the end of its decimals: `12.0` becomes `12`.
    var trimmedZeros: String {
        guard contains(".") else { return self }
        var text = Substring(self)
        while text.last == "0" { text = text.dropLast() }
        return String(text.last == "." ? text.dropLast() : text)
    }
}
