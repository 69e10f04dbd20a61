internal import ChargingModel
public import Demand

extension UsageReport {
    /// The report as one HTML page that is well-formed XML, too, and needs nothing else: no script, no network, no font. Times are UTC.
    public func page() -> String {
        let sections = [kindsSection, timeSection, meanDaySection, distributionSection, denialsSection, numbersSection, groundSection]
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/>
            <link rel="icon" href="data:,"/>
            <title>\(title)</title>
            <style>
            \(PageStyle.source)
            </style>
            </head>
            <body>
            \(Self.patterns)
            <header>
            <h1>\(title)</h1>
            <p class="soft">\(spanWords)</p>
            \(keyFigures)
            </header>
            <main>
            \(sections)
            </main>
            </body>
            </html>

            """
        return page.source
    }

    /// The stripes of bars. They lie flat, so that they stay as they are when a plot is stretched.
    private static let patterns: Markup = """
        <svg xmlns="http://www.w3.org/2000/svg" width="0" height="0" style="position:absolute" aria-hidden="true"><defs>\
        <pattern id="stripes" width="4" height="3.5" patternUnits="userSpaceOnUse">\
        <rect width="4" height="2.2" style="fill:var(--denied)"/></pattern>\
        </defs></svg>
        """

    /// The span in words: `Fri 27 Nov 2026, 00:00 to 24:00 UTC, 40 charge points`.
    private var spanWords: String {
        let points = total.points
        let last = ends.inDay == 0 && !slots.isEmpty ? WallTime(milliseconds: ends.milliseconds - 1) : ends
        let endClock = last < ends ? "24:00" : ends.exactClock
        let time =
            begins.date == last.date
            ? "\(begins.date), \(begins.exactClock) to \(endClock) UTC" : "\(begins.date) \(begins.exactClock) to \(last.date) \(endClock) UTC"
        return "A simulation. \(time); \(FigureText.page.number(points)) charge point\(points == 1 ? "" : "s")."
    }

    private var keyFigures: Markup {
        let figures = FigureText.page
        let (total, whole, waits) = (total, whole, realWaits)
        func share(_ part: Int, _ all: Int) -> String { all > 0 ? figures.percent(Double(part) / Double(all), decimals: 0) + "\u{A0}%" : "–" }
        let atOnce = "\(figures.number(acceptedAtOnce)) of \(figures.number(whole.arrivals)) vehicles"
        func ofTime(_ share: Double?) -> String { share == nil ? "–" : figures.percent(share) + "\u{A0}%" }
        func figure(_ name: String, _ value: String, _ note: String) -> Markup {
            "<div><dt>\(name)</dt><dd>\(value)<small>\(note)</small></dd></div>\n"
        }
        let wait = waits.percentile(0.5).map { figures.words($0) } ?? "–"
        let longest = waits.percentile(0.95).map { "median of \(figures.number(waits.count)); 95 % up to \(figures.words($0))" } ?? "nobody waited"
        return """
            <dl class="key">
            \(figure("Energy", figures.words(total.energy), total.meanEnergy.map { figures.words($0) + " per session" } ?? "no session"))\
            \(figure("Income", "€" + figures.euro(total.income, decimals: total.income.microEuro < 10_000_000_000 ? 2 : 0), incomeNote(total)))\
            \(figure("Sessions", figures.number(total.sessions), "\(figures.number(total.failed)) failed"))\
            \(figure("Points occupied", ofTime(utilisation(total)), "supplying \(ofTime(supplyingShare(total))) of the time"))\
            \(figure("Accepted at once", share(acceptedAtOnce, whole.arrivals), atOnce))\
            \(figure("Wait of those who waited", wait, longest))\
            \(figure("Left without a charge", figures.number(whole.unserved), "\(share(whole.unserved, whole.arrivals)) of all who came"))\
            \(figure("Peak power", peak.map { figures.words($0.power) } ?? "–", peakNote))\
            </dl>
            """
    }

    private var peakNote: String {
        let happened = incidents == 0 ? "no incident played" : "\(FigureText.page.number(incidents)) incident\(incidents == 1 ? "" : "s") played"
        return peak.map { "at \(peakTime($0.slot)); \(happened)" } ?? happened
    }

    private func incomeNote(_ total: Usage) -> String {
        guard total.billed > .zero else { return "no energy was sold" }
        let price = Double(total.income.microEuro) / 1_000_000 / (Double(total.billed.wattHours) / 1000)
        return "€\(FigureText.page.number(price, decimals: 3)) per kWh"
    }

    /// The section on the numbers' assumptions, and on the way to get them again.
    private var groundSection: Markup {
        var list: Markup = assumptions.isEmpty ? "<li class=\"none\">None were noted.</li>\n" : ""
        for assumption in assumptions { list += "<li>\(assumption)</li>\n" }
        return """
            <section><h2>Assumptions</h2>
            <ul>
            \(list)</ul>
            </section>
            <section><h2>Play it again</h2>
            <pre><code>\(command)</code></pre>
            </section>

            """
    }
}
