internal import ChargingModel
internal import Demand

/// Slots put together in buckets, so that a plot has no more of them than can be seen.
struct Timeline: Sendable {
    struct Bucket: Sendable {
        /// The sum of its slots.
        var slot = UsageReport.Slot()
        /// The time that the sum covers.
        var covered = Duration.zero
        /// The time of the bucket: `18:00–18:15`.
        var name: String
    }

    /// The largest number of bars in a plot.
    static let limit = 370

    var buckets: [Bucket] = []
    var bucketLength: Duration
    /// The width of the plot in buckets; the last bucket may be cut.
    var width: Double
    var axis: TimeAxis

    /// Makes the timeline of the span from begin to end, in buckets of a round length.
    init(_ report: UsageReport, limit: Int = Timeline.limit, atLeast: Duration? = nil) {
        let shortest = atLeast ?? Self.shortest(for: report.span)
        let count = Self.slotsPerBucket(report, shortest: shortest, limit: limit)
        bucketLength = report.slotLength * count
        width = Double(report.slots.count) / Double(count)
        axis = TimeAxis(from: report.begins, to: report.ends)
        for from in stride(from: 0, to: report.slots.count, by: count) {
            let to = min(from + count, report.slots.count)
            var bucket = Bucket(name: Self.name(report.time(atSlot: from), report.time(atSlot: to), of: report))
            for slot in report.slots[from..<to] { bucket.slot.add(slot) }
            bucket.covered = report.slotLength * (to - from)
            buckets.append(bucket)
        }
    }

    /// Makes the mean day: each bucket holds the same hour of all days. `nil` when the slots do not fit into hours.
    init?(meanDayOf report: UsageReport) {
        let slot = report.slotLength.milliseconds
        guard slot > 0, 3_600_000 % slot == 0, report.begins.milliseconds % slot == 0 else { return nil }
        bucketLength = .seconds(3600)
        width = 24
        axis = TimeAxis(from: WallTime(milliseconds: 0), to: WallTime(milliseconds: WallTime.dayMilliseconds))
        buckets = (0..<24).map { Bucket(name: "\(Self.twoDigits($0)):00–\(Self.twoDigits($0 + 1)):00") }
        for (index, slot) in report.slots.enumerated() {
            let hour = Int(report.time(atSlot: index).inDay / 3_600_000)
            buckets[hour].slot.add(slot)
            buckets[hour].covered += report.slotLength
        }
    }

    /// The shortest bucket for the span: a year in quarters of an hour would be noise.
    private static func shortest(for span: Duration) -> Duration {
        let days = span / .seconds(86_400)
        return days > 60 ? .seconds(86_400) : days > 2 ? .seconds(3600) : .zero
    }

    private static func slotsPerBucket(_ report: UsageReport, shortest: Duration, limit: Int) -> Int {
        let slots = report.slots.count
        if slots <= limit, report.slotLength >= shortest { return 1 }
        let lengths = [1, 2, 5, 10, 15, 20, 30].map { Duration.seconds($0) } + [1, 2, 5, 10, 15, 20, 30].map { .seconds($0 * 60) }
        let longer = [1, 2, 3, 4, 6, 12, 24, 48, 168, 336, 672, 1344].map { Duration.seconds($0 * 3600) }
        for length in lengths + longer where length >= shortest && report.slotLength > .zero {
            let (count, rest) = length.nanoseconds.quotientAndRemainder(dividingBy: report.slotLength.nanoseconds)
            if rest == 0, count > 0, slots <= limit * Int(count) { return Int(count) }
        }
        return max(1, (slots + limit - 1) / limit)
    }

    private static func name(_ from: WallTime, _ to: WallTime, of report: UsageReport) -> String {
        let span = report.span / .seconds(86_400)
        let length = to.milliseconds - from.milliseconds
        if from.inDay == 0, length == WallTime.dayMilliseconds { return "\(from.weekday) \(from.day) \(from.month)" }
        if length > WallTime.dayMilliseconds {
            let last = WallTime(milliseconds: to.milliseconds - 1)
            return "\(from.day) \(from.month)–\(last.day) \(last.month)"
        }
        let times = from.exactClock + "–" + (to.inDay == 0 ? "24:00" : to.exactClock)
        return span <= 1.001 ? times : "\(from.weekday) \(from.day) \(from.month) \(times)"
    }

    private static func twoDigits(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }

    /// The words after "per": `15 min`, `day`, `2 days`, `week`.
    var per: String {
        switch bucketLength {
        case .seconds(86_400): "day"
        case .seconds(604_800): "week"
        case .seconds(3600): "hour"
        case .seconds(60): "minute"
        case let length where length > .seconds(604_800) && length.milliseconds % 604_800_000 == 0: "\(length.milliseconds / 604_800_000) weeks"
        default: FigureText.page.words(bucketLength)
        }
    }
}

extension Timeline.Bucket {
    /// The mean power in kW: energy by time.
    var meanKilowatts: Double { covered > .zero ? Double(slot.energy.wattHours) / 1000 / (covered / .seconds(3600)) : 0 }

    /// The occupied share of so many points, in per cent.
    func occupiedPercent(of points: Int) -> Double {
        let all = covered * points
        return all > .zero ? slot.occupied / all * 100 : 0
    }

    /// The amount that falls into so much time.
    func rate(_ amount: Double, per length: Duration) -> Double { covered > .zero ? amount / (covered / length) : 0 }
    func rate(_ count: Int, per length: Duration) -> Double { rate(Double(count), per: length) }

    var euro: Double { Double(slot.income.microEuro) / 1_000_000 }
}
