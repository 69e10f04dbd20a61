internal import ChargingModel

/// The ticks of a plot over time and their labels: times up to two days, days up to sixty, months beyond.
struct TimeAxis: Sendable {
    struct Tick: Sendable {
        /// The place along the axis, 0…1.
        var position: Double
        var label: String
        /// The place of the label's middle, 0…1; days and months are named in their middle.
        var labelPosition: Double
        /// True for a label that is left out where there is little room.
        var onlyWide = false
    }

    private(set) var ticks: [Tick] = []
    private let begins: WallTime
    private let ends: WallTime

    init(from begins: WallTime, to ends: WallTime) {
        self.begins = begins
        self.ends = ends
        let days = Double(ends.milliseconds - begins.milliseconds) / Double(WallTime.dayMilliseconds)
        guard days > 0 else { return }
        if days <= 2 { addTimes() } else if days <= 14 { addDays() } else if days <= 60 { addWeeks() } else { addMonths() }
    }

    private func position(_ time: WallTime) -> Double {
        Double(time.milliseconds - begins.milliseconds) / Double(ends.milliseconds - begins.milliseconds)
    }

    private mutating func addTimes() {
        let steps: [Int64] = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200].map { $0 * 1000 }
        let span = ends.milliseconds - begins.milliseconds
        let step = steps.first { span / $0 <= 12 } ?? 43_200_000
        let wide = steps.first { $0 >= step && $0 % step == 0 && span / $0 <= 4 } ?? 43_200_000
        var time = begins.midnight.milliseconds + (begins.inDay + step - 1) / step * step
        while time <= ends.milliseconds {
            let tick = WallTime(milliseconds: time)
            let isEnd = time == ends.milliseconds && tick.inDay == 0 && span > step
            let at = position(tick)
            ticks.append(Tick(position: at, label: isEnd ? "24:00" : tick.exactClock, labelPosition: at, onlyWide: tick.inDay % wide != 0))
            time += step
        }
    }

    /// Midnights in the span, its end not counted.
    private var midnights: [WallTime] {
        stride(
            from: begins.inDay == 0 ? begins.milliseconds : begins.nextMidnight.milliseconds, to: ends.milliseconds,
            by: Int(WallTime.dayMilliseconds)
        ).map { WallTime(milliseconds: $0) }
    }

    private mutating func addDays() {
        add(from: midnights, narrow: 5) { "\($0.weekday) \($0.day)" }
    }

    private mutating func addWeeks() {
        for (index, monday) in midnights.filter({ $0.weekday == "Mon" }).enumerated() {
            let at = position(monday)
            ticks.append(Tick(position: at, label: "\(monday.day) \(monday.month)", labelPosition: at, onlyWide: index % 2 == 1))
        }
    }

    private mutating func addMonths() {
        let firsts = midnights.filter { $0.day == "1" }
        if firsts.count <= 14 {
            add(from: firsts, narrow: 7) { $0.month }
        } else if firsts.count <= 48 {
            add(from: firsts.filter { $0.monthIndex % 3 == 0 }, narrow: 4) { "\($0.month) \($0.year)" }
        } else {
            add(from: firsts.filter { $0.monthIndex == 0 }, narrow: 8) { $0.year }
        }
    }

    /// Ticks at the times, and names in the middle between them, where there is room for them; of more than `narrow` not all are always shown.
    private mutating func add(from times: [WallTime], narrow: Int, label: (WallTime) -> String) {
        var edges = times
        if let first = times.first, first > begins { edges.insert(begins, at: 0) }
        if edges.isEmpty { edges = [begins] }
        let every = (edges.count + narrow - 1) / narrow
        let widest = zip(edges, edges.dropFirst() + [ends]).map { $1.milliseconds - $0.milliseconds }.max() ?? 0
        for (index, (from, to)) in zip(edges, edges.dropFirst() + [ends]).enumerated() where from < ends {
            let hasRoom = (to.milliseconds - from.milliseconds) * 5 > widest * 3
            ticks.append(
                Tick(
                    position: position(from), label: hasRoom ? label(from) : "", labelPosition: (position(from) + position(to)) / 2,
                    onlyWide: index % every != 0))
        }
    }
}
