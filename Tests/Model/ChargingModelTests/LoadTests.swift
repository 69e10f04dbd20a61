import ChargingModel
import Testing

@Suite("What a vehicle takes") struct LoadTests {
    private func random(_ random: inout SplitMix64) -> Load {
        var until: Int64 = 0
        return Load(
            steps: (0..<Int.random(in: 0...12, using: &random)).map { _ in
                until += Int64.random(in: 1...9000, using: &random)
                return Load.Step(until: Energy(wattHours: until), power: Power(watts: Int64.random(in: 1...300_000, using: &random)))
            })
    }

    @Test("time and energy are each other's inverse, to the microsecond and the watt-hour")
    func inverse() {
        var generator = SplitMix64(seed: 4)
        for _ in 0..<2000 {
            let load = random(&generator)
            let limit = Power(watts: Int64.random(in: 1...200_000, using: &generator))
            let wanted = Energy(wattHours: Int64.random(in: 0...60_000, using: &generator))
            guard let time = load.time(toDeliver: wanted, limit: limit) else {
                #expect(wanted > load.capacity)
                continue
            }
            #expect(wanted <= load.capacity)
            #expect(load.energy(over: time, limit: limit) == wanted)
            if wanted > .zero { #expect(load.energy(over: time - .microseconds(1 + load.steps.count), limit: limit) < wanted) }
        }
    }

    @Test("energy never goes down with time, never beyond the point or the vehicle, and rises as the power says")
    func monotone() {
        var generator = SplitMix64(seed: 5)
        for _ in 0..<300 {
            let load = random(&generator)
            let limit = Power(watts: Int64.random(in: 1...200_000, using: &generator))
            var before = Energy.zero
            var time = Duration.zero
            for _ in 0..<100 {
                let power = load.power(after: time, limit: limit)
                #expect(power <= limit)
                time += generator.duration(below: .seconds(120))
                let energy = load.energy(over: time, limit: limit)
                #expect(energy >= before && energy <= load.capacity && energy <= limit.energy(over: time))
                if energy > before { #expect(power.watts > 0) }
                before = energy
            }
        }
    }

    @Test("without a limit of its own a load is the point's power; out of range is harmless")
    func unlimited() {
        let limit = Power(watts: 22_000)
        #expect(Load.unlimited.energy(over: .seconds(3600), limit: limit) == Energy(wattHours: 22_000))
        #expect(Load.unlimited.power(after: .seconds(86_400 * 365), limit: limit) == limit)
        #expect(Load.unlimited.time(toDeliver: Energy(wattHours: 11_000), limit: limit) == .seconds(1800))
        for load in [Load.unlimited, Load(steps: []), Load(steps: [Load.Step(until: .limit, power: Power(watts: 1))])] {
            #expect(load.energy(over: .seconds(-5), limit: limit) == .zero)
            #expect(load.energy(over: .seconds(.max / 4_000_000_000), limit: .limit) <= .limit)
            _ = load.time(toDeliver: .limit, limit: .limit)
            _ = load.time(toDeliver: .limit, limit: Power(watts: 0))
            #expect(load.energy(over: .seconds(10), limit: Power(watts: 0)) == .zero)
        }
        #expect(Load(steps: []).capacity == .zero && Load(steps: []).power(after: .zero, limit: limit) == Power(watts: 0))
        let odd = Load(steps: [
            Load.Step(until: Energy(wattHours: 10), power: Power(watts: 5)), Load.Step(until: Energy(wattHours: 10), power: Power(watts: 6)),
            Load.Step(until: Energy(wattHours: 5), power: Power(watts: 6)), Load.Step(until: Energy(wattHours: 20), power: Power(watts: 0)),
        ])
        #expect(odd.steps.count == 1)
    }
}
