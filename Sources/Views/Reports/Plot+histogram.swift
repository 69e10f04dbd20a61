internal import ChargingModel

extension Plot {
    /// A histogram: the frequency of values.
    struct Histogram: Sendable {
        var title: String
        var unit: String
        /// The name of the things counted.
        var things: String
        /// The values in the unit, sorted.
        var values: [Double]

        /// The plot, with bars of a round width; the few values far out are not drawn, but told.
        func drawn() -> Markup {
            guard let last = values.last else {
                return "<figure><figcaption><b>\(title)</b></figcaption><p class=\"none\">None in this span.</p></figure>"
            }
            let far = values[min(values.count - 1, Int(Double(values.count) * 0.99))]
            let binWidth = ValueAxis.roundStep(max(far, 1e-3) / (values.count < 100 ? 10 : 18))
            let bins = max(1, Int((far / binWidth + 1e-9).rounded(.down)) + 1)
            let end = Double(bins) * binWidth
            var counts = Array(repeating: 0, count: bins)
            var beyond = 0
            for value in values {
                let bin = Int((value / binWidth + 1e-9).rounded(.down))
                if bin < bins { counts[bin] += 1 } else { beyond += 1 }
            }
            return figure(counts, end: end, binWidth: binWidth, beyond: beyond, last: last)
        }

        private func at(_ share: Double) -> Double { values[min(values.count, max(1, Int((share * Double(values.count) - 1e-9).rounded(.up)))) - 1] }

        private func figure(_ counts: [Int], end: Double, binWidth: Double, beyond: Int, last: Double) -> Markup {
            let (head, height) = (34.0, 90.0)
            let (median, most) = (at(0.5), at(0.95))
            let figures = FigureText.page
            let across = ValueAxis(to: end, steps: 3)
            let upward = ValueAxis(to: Double(counts.max() ?? 0), steps: 2, whole: true)
            let scale = height / upward.top
            var bars = Markup()
            for (bin, count) in counts.enumerated() where count > 0 {
                let y = coordinate(height - Double(count) * scale)
                bars += "M\(coordinate(Double(bin) + 0.06)) \(coordinate(height))V\(y)H\(coordinate(Double(bin) + 0.94))V\(coordinate(height))Z"
            }
            var scales = Markup()
            for tick in upward.ticks {
                let y = head + height - tick * scale
                scales += """
                    <line class="\(tick == 0 ? "base" : "grid")" x1="0" x2="100%" y1="\(coordinate(y))" y2="\(coordinate(y))"/>\
                    <text class="end" x="-6" y="\(coordinate(y + 4))">\(upward.label(tick))</text>
                    """
            }
            for tick in across.ticks {
                let x = coordinate(tick / end * 100)
                scales += """
                    <line class="base" x1="\(x)%" x2="\(x)%" y1="\(coordinate(head + height))" y2="\(coordinate(head + height + 4))"/>\
                    <text class="mid" x="\(x)%" y="\(coordinate(head + height + 17))">\(across.label(tick))</text>
                    """
            }
            func line(_ value: Double, _ words: String, row: Double) -> Markup {
                let place = min(1, value / end)
                let (x, side, dx): (Markup, Markup, Markup) = (coordinate(place * 100), place > 0.5 ? "end" : "start", place > 0.5 ? "-4" : "4")
                return """
                    <line class="ruler" x1="\(x)%" x2="\(x)%" y1="\(coordinate(row - 8))" y2="\(coordinate(head + height))"/>\
                    <text class="mark \(side)" x="\(x)%" dx="\(dx)" y="\(coordinate(row))">\(words) \(figures.rough(value))\u{A0}\(unit)</text>
                    """
            }
            let description =
                "\(figures.number(values.count)) \(things): median \(figures.rough(median)) \(unit), 95 % up to \(figures.rough(most)) \(unit), "
                + "the greatest \(figures.rough(last)) \(unit)."
            let note =
                "\(things) per \(across.text(binWidth)) \(unit)"
                + (beyond > 0 ? "; \(figures.number(beyond)) beyond, up to \(figures.rough(last)) \(unit)" : "")
            return """
                <figure><figcaption><b>\(title)</b>, \(unit)<br/><span class="note">\(note)</span></figcaption>
                <svg xmlns="http://www.w3.org/2000/svg" class="plot" width="100%" height="\(coordinate(head + height + 22))" role="img" \
                aria-label="\(title). \(description)">
                <title>\(title)</title><desc>\(description)</desc>
                <svg y="\(coordinate(head))" width="100%" height="\(coordinate(height))" viewBox="0 0 \(counts.count) \(coordinate(height))" \
                preserveAspectRatio="none"><path class="flow" d="\(bars)"/></svg>
                \(scales)\(line(most, "95 % ≤", row: 10))\(line(median, "median", row: 26))
                </svg></figure>
                """
        }
    }
}

extension ValueAxis {
    /// A width along the axis, with the decimals it needs.
    func text(_ width: Double) -> String { ValueAxis(to: width, steps: 1).label(width) }
}
