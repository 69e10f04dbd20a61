internal import ChargingModel

/// Plots, as SVG that keeps the size of its text whatever its width is: marks are drawn in a stretched inner `svg`, text is placed by per cent.
enum Plot {
    /// A panel with one quantity over time.
    struct Panel {
        var title: String
        var unit: String
        /// A note after the title, where there is room.
        var note: String
        /// The bars upward.
        var up: [Double]
        /// The bars downward, by the same scale.
        var down: [Double] = []
        /// A stepped line over the bars.
        var line: [Double] = []
        /// The class of the bars: `area` or `denied`; those downward are `lost`.
        var style: Markup = "area"
        /// True for counted things, which have no ticks between whole numbers.
        var isWhole = false
        /// True when the greatest value that is marked is the line's.
        var marksLine = false
        /// The mark at the greatest value, made from that and its time.
        var mark: (Double, String) -> String
        /// A description for those who do not see the plot.
        var description: String

        /// The greatest height, that of the line included.
        var greatest: Double { max(up.max() ?? 0, line.max() ?? 0) }
        var leastDown: Double { down.max() ?? 0 }
    }

    /// The height above the bars, in pixels: the title's row and that of the mark.
    static let headHeight = 40.0
    static let barHeight = 84.0
    static let gap = 16.0
    /// The height of the mark's row below bars that go downward, in pixels.
    static let markHeight = 16.0
    static let axisHeight = 22.0

    /// The panels one over another with one time axis, and a strip over each bucket that shows its numbers.
    static func stack(_ panels: [Panel], over timeline: Timeline, label: String, strips: [String]) -> Markup {
        var body = Markup()
        var y = 0.0
        for panel in panels {
            body += panel.drawn(at: y, over: timeline)
            y += headHeight + barHeight + (panel.leastDown > 0 ? markHeight : 0) + gap
        }
        let bottom = y - gap
        let height = bottom + axisHeight + 4
        var grid = Markup()
        for tick in timeline.axis.ticks {
            let x = coordinate(tick.position * 100)
            let wide: Markup = tick.onlyWide ? " wide" : ""
            grid += """
                <line class="grid\(wide)" x1="\(x)%" x2="\(x)%" y1="\(coordinate(headHeight))" y2="\(coordinate(bottom + 4))"/>
                """
            guard !tick.label.isEmpty else { continue }
            body += """
                <text class="mid\(wide)" x="\(coordinate(tick.labelPosition * 100))%" y="\(coordinate(height - 4))">\(tick.label)</text>
                """
        }
        var hits = Markup()
        for (index, strip) in strips.enumerated() {
            let width = min(1, timeline.width - Double(index))
            hits += "<rect x=\"\(index)\" width=\"\(coordinate(width))\" height=\"1\"><title>\(strip)</title></rect>"
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" class="plot" width="100%" height="\(coordinate(height))" role="group" aria-label="\(label)">
            \(grid)\(body)
            <svg class="hits" aria-hidden="true" width="100%" height="\(coordinate(bottom))" \
            viewBox="0 0 \(coordinate(timeline.width)) 1" preserveAspectRatio="none">\(hits)</svg>
            </svg>
            """
    }

    /// The outline of bars that stand side by side, as steps: heights in units of the value, upward from `zero`.
    static func steps(_ values: [Double], width: Double, zero: Double, scale: Double, closed: Bool) -> Markup {
        var path: Markup = closed ? "M0 \(coordinate(zero))" : ""
        var last = Double.nan
        for (index, value) in values.enumerated() {
            let y = ((zero - value * scale) * 10).rounded() / 10
            if y != last { path += index == 0 && !closed ? "M0 \(coordinate(y))" : "V\(coordinate(y))" }
            last = y
            // Equal neighbours are one step.
            let isSame = index + 1 < values.count && ((zero - values[index + 1] * scale) * 10).rounded() / 10 == y
            if !isSame { path += "H\(coordinate(min(Double(index + 1), width)))" }
        }
        return closed ? path + "V\(coordinate(zero))Z" : path
    }
}

extension Plot.Panel {
    fileprivate func drawn(at y: Double, over timeline: Timeline) -> Markup {
        let greatest = max(greatest, leastDown)
        // Those that go both ways share the height.
        let parts = leastDown > 0 ? self.greatest + leastDown : greatest
        let axis = ValueAxis(to: greatest, steps: 2, whole: isWhole)
        let scale = Plot.barHeight / max(parts, axis.top)
        let zero = leastDown > 0 ? self.greatest * scale : Plot.barHeight
        var inner = Markup()
        if !up.isEmpty {
            inner += "<path class=\"\(style)\" d=\"\(Plot.steps(up, width: timeline.width, zero: zero, scale: scale, closed: true))\"/>"
        }
        if leastDown > 0 {
            inner += "<path class=\"lost\" d=\"\(Plot.steps(down, width: timeline.width, zero: zero, scale: -scale, closed: true))\"/>"
        }
        if !line.isEmpty {
            let path = Plot.steps(line, width: timeline.width, zero: zero, scale: scale, closed: false)
            inner += "<path class=\"over\(timeline.buckets.count > 150 ? " fine" : "")\" d=\"\(path)\"/>"
        }
        let top = y + Plot.headHeight
        var scales = Markup()
        for tick in axis.ticks {
            for sign in tick == 0 ? [1.0] : [1.0, -1.0] {
                let at = zero - sign * tick * scale
                guard at >= -0.5, at <= Plot.barHeight + 0.5 else { continue }
                let line = coordinate(top + at)
                scales += """
                    <line class="\(tick == 0 ? "base" : "grid")" x1="0" x2="100%" y1="\(line)" y2="\(line)"/>\
                    <text class="end" x="-6" y="\(coordinate(top + at + 4))">\(axis.label(tick))</text>
                    """
            }
        }
        return """
            <text class="name" x="-44" y="\(coordinate(y + 14))">\(title)\
            <tspan class="unit">, \(unit)</tspan><tspan class="wide note" dx="10">\(note)</tspan></text>
            \(scales)<svg role="img" aria-label="\(title): \(description)" y="\(coordinate(top))" width="100%" \
            height="\(coordinate(Plot.barHeight))" viewBox="0 0 \(coordinate(timeline.width)) \(coordinate(Plot.barHeight))" \
            preserveAspectRatio="none">\
            <title>\(title), \(unit)</title><desc>\(description)</desc>\(inner)</svg>
            \(markings(top: top, zero: zero, scale: scale, timeline: timeline))
            """
    }

    /// The marks at the greatest values, with their names.
    private func markings(top: Double, zero: Double, scale: Double, timeline: Timeline) -> Markup {
        func marking(_ values: [Double], sign: Double) -> Markup {
            guard let value = values.max(), value > 0, let index = values.firstIndex(of: value) else { return "" }
            let place = min((Double(index) + 0.5) / timeline.width, 1)
            let side: Markup = place < 0.3 ? "start" : place > 0.7 ? "end" : "mid"
            let x = coordinate(place * 100)
            let y = top + zero - sign * value * scale
            return """
                <circle class="dot" cx="\(x)%" cy="\(coordinate(y))" r="2.5"/>\
                <text class="mark \(side)" x="\(x)%" y="\(coordinate(sign > 0 ? y - 6 : y + 14))">\(mark(value, timeline.buckets[index].name))</text>
                """
        }
        return marking(marksLine ? line : up, sign: 1) + marking(down, sign: -1)
    }
}
