import ChargingModel
import Demand
import Testing

@testable import Reports

@Suite("The figures of a usage report") struct UsageFiguresTests {
    @Test("a percentile is the nearest rank", arguments: [(0.5, 10), (0.95, 19), (0.951, 20), (1, 20), (0.01, 1)])
    func percentile(share: Double, rank: Int64) {
        let values = (1...20).map { Duration.seconds($0) }
        #expect(values.percentile(share) == .seconds(rank))
        #expect((1...20).map { Energy(wattHours: $0) }.percentile(share) == Energy(wattHours: rank))
    }

    @Test("one value is every percentile, none has none")
    func fewPercentiles() {
        #expect([Duration.seconds(3)].percentile(0.05) == .seconds(3))
        #expect([Duration]().percentile(0.5) == nil)
    }

    @Test("putting slots together loses nothing, whatever the length", arguments: [1, 3, 96, 371, 672, 35_040])
    func timeline(count: Int) {
        let report = UsageSamples.report(slots: count)
        let timeline = Timeline(report)
        #expect(timeline.buckets.count <= Timeline.limit)
        #expect(Double(timeline.buckets.count) == timeline.width.rounded(.up))
        #expect(timeline.buckets.reduce(0) { $0 + $1.slot.arrivals } == report.whole.arrivals)
        #expect(timeline.buckets.reduce(Energy.zero) { $0 + $1.slot.energy } == report.whole.energy)
        #expect(timeline.buckets.reduce(Duration.zero) { $0 + $1.covered } == report.span)
        #expect(timeline.buckets.map(\.slot.peak).max() == report.peak?.power)
    }

    @Test("odd slots are put together, too")
    func oddSlots() {
        let report = UsageSamples.report(slots: 5000, of: .seconds(7))
        let timeline = Timeline(report)
        #expect(timeline.buckets.count <= Timeline.limit)
        #expect(timeline.buckets.reduce(0) { $0 + $1.slot.arrivals } == report.whole.arrivals)
    }

    @Test(
        "steps are quarters of an hour in a day, hours in a week, days in a year", arguments: [(1, "15 min"), (7, "hour"), (31, "3 h"), (365, "day")])
    func steps(days: Int, per: String) {
        #expect(Timeline(UsageSamples.report(slots: days * 96)).per.replacing("\u{A0}", with: " ") == per)
    }

    @Test("the mean day is the sum of all by their time")
    func meanDay() throws {
        let report = UsageSamples.report(slots: 3 * 96)
        let day = try #require(Timeline(meanDayOf: report))
        #expect(day.buckets.count == 24)
        #expect(day.buckets.allSatisfy { $0.covered == .seconds(3 * 3600) })
        #expect(day.buckets.reduce(Energy.zero) { $0 + $1.slot.energy } == report.whole.energy)
        #expect(day.energyShown == Energy(wattHours: report.whole.energy.wattHours / 3))
    }

    @Test("the time axis names hours, days, Mondays or months")
    func timeAxis() {
        func labels(_ days: Int) -> [String] {
            let report = UsageSamples.report(slots: days * 96)
            return TimeAxis(from: report.begins, to: report.ends).ticks.map(\.label)
        }
        #expect(labels(1).first == "00:00")
        #expect(labels(1).dropFirst().first == "02:00")
        #expect(labels(1).last == "24:00")
        #expect(labels(3).filter { !$0.isEmpty } == ["Fri 27", "Sat 28", "Sun 29"])
        #expect(labels(31) == ["30 Nov", "7 Dec", "14 Dec", "21 Dec"])
        #expect(labels(100).filter { !$0.isEmpty } == ["Dec", "Jan", "Feb"])
        #expect(TimeAxis(from: UsageSamples.midnight, to: UsageSamples.midnight).ticks.isEmpty)
    }

    @Test(
        "ticks are round and few",
        arguments: [(0.0, "0 1"), (1, "0 0.5 1.0"), (7, "0 2 4 6"), (76, "0 20 40 60"), (1147, "0 500 1\u{202F}000"), (0.03, "0.00 0.01 0.02 0.03")])
    func ticks(greatest: Double, expected: String) {
        let axis = ValueAxis(to: greatest, steps: 2)
        #expect(axis.ticks.map { axis.label($0) }.joined(separator: " ") == expected.replacing("0 0.5", with: "0.0 0.5"))
    }

    @Test("numbers are grouped, durations in words")
    func words() {
        let figures = FigureText.terminal
        #expect(figures.number(1_234_567.891, decimals: 2) == "1 234 567.89")
        #expect(figures.number(-1234) == "−1 234")
        #expect(figures.number(.nan) == "–")
        #expect(figures.number(.infinity) == "–")
        #expect(figures.short(0) == "0")
        #expect(figures.short(4.516) == "4.52")
        #expect(figures.short(99.96) == "100")
        #expect(figures.words(Duration.seconds(12)) == "12 s")
        #expect(figures.words(Duration.seconds(270)) == "4.5 min")
        #expect(figures.words(Duration.seconds(7500)) == "2 h 05 min")
        #expect(figures.words(Duration.seconds(86_400)) == "24 h")
        #expect(figures.words(Duration.seconds(273_600)) == "3 d 4 h")
        #expect(figures.words(Power(watts: 12_500_000)) == "12.5 MW")
        #expect(figures.words(Energy(wattHours: 452_000_000)) == "452 MWh")
    }
}
