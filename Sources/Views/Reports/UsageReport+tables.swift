internal import ChargingModel
internal import Demand

extension UsageReport {
    /// The section on the usage of the points of each kind.
    var kindsSection: Markup {
        var rows = Markup()
        for (kind, usage) in kinds { rows += row(kind, usage) }
        return """
            <section><h2>By kind of point</h2>
            <div class="frame" tabindex="0" role="region" aria-label="Table by kind of point"><table>
            <thead><tr><th scope="col">Kind</th><th scope="col">Points</th><th scope="col">Sessions</th><th scope="col">Failed</th>\
            <th scope="col">Energy<small>kWh</small></th><th scope="col">Income<small>€</small></th>\
            <th scope="col">Mean energy<small>kWh per session</small></th><th scope="col">Occupied<small>% of the time</small></th>\
            <th scope="col">Supplying<small>% of the time</small></th>\
            <th scope="col" class="bar" aria-hidden="true"><small>0 to 100 %;<br/>narrow: supplying</small></th></tr></thead>
            <tbody>
            \(rows)</tbody>
            <tfoot>\(row("Total", total))</tfoot>
            </table></div></section>

            """
    }

    private func row(_ kind: String, _ usage: Usage) -> Markup {
        let figures = FigureText.page
        return """
            <tr><th scope="row">\(kind)</th><td>\(figures.number(usage.points))</td><td>\(figures.number(usage.sessions))</td>\
            <td>\(figures.number(usage.failed))</td><td>\(figures.kilowattHours(usage.energy))</td><td>\(figures.euro(usage.income))</td>\
            <td>\(usage.meanEnergy.map { figures.kilowattHours($0) } ?? "–")</td><td>\(figures.percent(utilisation(usage)))</td>\
            <td>\(figures.percent(supplyingShare(usage)))</td>\
            <td class="bar" aria-hidden="true">\(Plot.shareBar(occupied: utilisation(usage) ?? 0, supplying: supplyingShare(usage) ?? 0))</td></tr>

            """
    }

    /// The section on the reasons of denials; nothing when no request was denied.
    var denialsSection: Markup {
        let denials = whole.denialsByCount
        guard let greatest = denials.first?.count else { return "" }
        var rows = Markup()
        for (code, count) in denials {
            rows += """
                <tr><th scope="row"><code>\(code.rawValue)</code></th><td class="said">\(code.words)</td><td>\(FigureText.page.number(count))</td>\
                <td>\(Plot.countBar(count, of: greatest))</td></tr>

                """
        }
        return """
            <section><h2>Denials</h2>
            <p class="soft">Requests, by the code of the answer. A driver that asks again may be denied again.</p>
            <table class="codes"><tbody>
            \(rows)</tbody></table></section>

            """
    }

    /// The section with the plots' numbers as a table, in steps that can be read.
    var numbersSection: Markup {
        guard !slots.isEmpty else { return "" }
        let figures = FigureText.page
        let days = span / .seconds(86_400)
        let timeline = Timeline(self, limit: 62, atLeast: days > 60 ? .seconds(604_800) : days > 2 ? .seconds(86_400) : .seconds(3600))
        var rows = Markup()
        for bucket in timeline.buckets {
            let slot = bucket.slot
            rows += """
                <tr><th scope="row">\(bucket.name)</th><td>\(figures.kilowattHours(slot.energy))</td><td>\(figures.words(slot.peak))</td>\
                <td>\(figures.number(bucket.occupiedPercent(of: total.points), decimals: 1))</td><td>\(figures.euro(slot.income))</td>\
                <td>\(figures.number(slot.arrivals))</td><td>\(figures.number(slot.accepted))</td><td>\(figures.number(slot.denied))</td>\
                <td>\(figures.number(slot.unserved))</td></tr>

                """
        }
        return """
            <details><summary>The numbers, per \(timeline.per)</summary>
            <div class="frame" tabindex="0" role="region" aria-label="Numbers over time"><table>
            <thead><tr><th scope="col">Time (UTC)</th><th scope="col">Energy<small>kWh</small></th><th scope="col">Peak</th>\
            <th scope="col">Occupied<small>%</small></th><th scope="col">Income<small>€</small></th><th scope="col">Came</th>\
            <th scope="col">Accepted</th><th scope="col">Denied</th><th scope="col">Left</th></tr></thead>
            <tbody>
            \(rows)</tbody></table></div></details>

            """
    }
}
