import Testing

@testable import ChargingModel

@Suite struct QuantitiesTests {
    @Test(
        "P1: ids",
        arguments: [
            ("CP-001", true), ("a", true), ("driver_alice-2", true), ("", false), ("-a", false), ("_a", false), ("a b", false), ("a/b", false),
            ("a+", false),
            ("a#", false), ("ä", false), (String(repeating: "x", count: 36), true), (String(repeating: "x", count: 37), false),
        ])
    func ids(text: String, isValid: Bool) {
        #expect((ChargePointID(text) != nil) == isValid)
    }

    @Test("P5: energy is whole watt-hours of power and time")
    func energy() {
        #expect(Power(watts: 22_000).energy(over: .seconds(10)) == Energy(wattHours: 61))
        #expect(Power(watts: 36_000).energy(over: .milliseconds(99)) == .zero)
        #expect(Power(watts: 36_000).energy(over: .milliseconds(100)) == Energy(wattHours: 1))
        #expect(Power(watts: 350_000).energy(over: .seconds(86_400)) == Energy(wattHours: 8_400_000))
        #expect(Power.limit.energy(over: .seconds(Int64(3600) * 24 * 365 * 200)) <= .limit)
        #expect(Power(watts: 36_000).energy(over: .seconds(-1)) == .zero)
    }

    @Test("P5: a target is reached when its last watt-hour is in, not before")
    func target() throws {
        for watts: Int64 in [1, 7200, 22_000, 350_000] {
            for target: Int64 in [1, 7, 61, 10_000] {
                let time = try #require(Power(watts: watts).time(toDeliver: Energy(wattHours: target)))
                #expect(Power(watts: watts).energy(over: time).wattHours >= target)
                #expect(Power(watts: watts).energy(over: time - .microseconds(1)).wattHours < target)
            }
        }
        #expect(Power(watts: 0).time(toDeliver: Energy(wattHours: 1)) == nil)
    }

    @Test("P5: money is exact, and rounded half-even to cents on the ticket only")
    func money() {
        #expect(Price(microEuroPerKilowattHour: 300_000).cost(of: Energy(wattHours: 61)) == Money(microEuro: 18_300))
        #expect(Price(microEuroPerKilowattHour: 333_333).cost(of: Energy(wattHours: 1)) == Money(microEuro: 333))
        #expect(Price(microEuroPerKilowattHour: 500).cost(of: Energy(wattHours: 1)) == Money(microEuro: 0))
        #expect(Price(microEuroPerKilowattHour: 1500).cost(of: Energy(wattHours: 1)) == Money(microEuro: 2))
        for (micro, cents) in [(18_300, 2), (15_000, 2), (25_000, 2), (25_001, 3), (35_000, 4), (4_999, 0)] as [(Int64, Int64)] {
            #expect(Money(microEuro: micro).roundedToCents == Money(microEuro: cents * 10_000))
        }
        #expect(Price.limit.cost(of: .limit) == .limit)
        #expect(Price.limit.cost(of: .limit).roundedToCents == .limit)
        #expect(Money(microEuro: .max).roundedToCents == .limit)
        #expect(Price(microEuroPerKilowattHour: 1_025_000).cost(of: .limit).roundedToCents == .limit)
    }

    @Test("decimal texts")
    func texts() {
        #expect(Power(watts: 22_000).description == "22.0 kW")
        #expect(Power(watts: 7_200).description == "7.2 kW")
        #expect(Energy(wattHours: 61).description == "0.061 kWh")
        #expect(Money(microEuro: 18_300).description == "€0.02")
        #expect(Price(microEuroPerKilowattHour: 300_000).description == "0.30 €/kWh")
        #expect(decimalText(5400, decimals: 6) == "0.0054")
        #expect(decimalText(-5, decimals: 1) == "-0.5")
        #expect(roundedDecimalText(1500, decimals: 6, keeping: 3) == "0.002")
        #expect(roundedDecimalText(2500, decimals: 6, keeping: 3) == "0.002")
    }

    @Test("P5: times are RFC 3339 with milliseconds, both ways")
    func times() {
        #expect(WallTime(milliseconds: 0).text == "1970-01-01T00:00:00.000Z")
        #expect(WallTime(milliseconds: 1_795_485_600_042).text == "2026-11-24T02:00:00.042Z")
        #expect(WallTime(milliseconds: -1).text == "1969-12-31T23:59:59.999Z")
        #expect(WallTime(text: "2024-02-29T12:00:00+01:30") == WallTime(milliseconds: 1_709_202_600_000))
        for text in ["", "2024-13-01T00:00:00Z", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01T00:00:00.Z", "x"] {
            #expect(WallTime(text: text) == nil)
        }
        var random = SplitMix64(seed: 1)
        for _ in 0..<2000 {
            let time = WallTime(milliseconds: Int64.random(in: -60_000_000_000_000...250_000_000_000_000, using: &random))
            #expect(WallTime(text: time.text) == time)
        }
    }

    @Test("deadlines come in the order of their time, ties in the order in which they were set")
    func deadlines() {
        var deadlines = TimerQueue<Int>()
        var random = SplitMix64(seed: 7)
        var expected: [Int: Int64] = [:]
        for _ in 0..<500 {
            let key = Int.random(in: 0..<50, using: &random)
            if Bool.random(using: &random) {
                let at = Int64.random(in: 0..<1000, using: &random)
                deadlines.set(key, at: Instant(nanoseconds: at))
                expected[key] = at
            } else {
                deadlines.cancel(key)
                expected[key] = nil
            }
            #expect(deadlines.next?.nanoseconds == expected.values.min())
        }
        var times: [Int64] = []
        while let key = deadlines.popDue(at: Instant(nanoseconds: 1000)) { times.append(expected.removeValue(forKey: key) ?? -1) }
        #expect(expected.isEmpty)
        #expect(times == times.sorted())
    }

    @Test("times that are always set anew do not pile up") func deadlinesDoNotPileUp() {
        var deadlines = TimerQueue<Int>()
        for round in 0..<10_000 {
            for key in 0..<3 { deadlines.set(key, at: Instant(nanoseconds: Int64(1_000_000 + round + key))) }
            #expect(deadlines.size <= 70)
        }
        #expect(deadlines.popDue(at: Instant(nanoseconds: 2_000_000)) == 0 && deadlines.popDue(at: Instant(nanoseconds: 2_000_000)) == 1)
    }

    @Test("ULIDs are ids, and sort by time")
    func ulids() {
        var random = SplitMix64(seed: 3)
        let early = ULID.make(at: WallTime(milliseconds: 1000), using: &random)
        let late = ULID.make(at: WallTime(milliseconds: 1001), using: &random)
        #expect(early < late)
        #expect(SessionID(early) != nil)
        #expect(early.count == 26)
    }
}
