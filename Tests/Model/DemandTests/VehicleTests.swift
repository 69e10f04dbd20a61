import ChargingModel
import Testing

@testable import Demand

@Suite("Vehicles and their charging curves") struct VehicleTests {
    @Test("the fleet is whole, and its curves fall towards full", arguments: VehicleModel.fleet)
    func fleet(_ model: VehicleModel) {
        #expect(VehicleModel.fleet.reduce(0) { $0 + $1.share } == 1000)
        guard model.takes(.dc) else { return #expect(model.power(at: 500, .dc) == Power(watts: 0)) }
        #expect(model.power(at: 800, .dc) > model.power(at: 900, .dc) && model.power(at: 900, .dc) > model.power(at: 990, .dc))
        #expect(model.power(at: 1000, .dc) == Power(watts: 0), "full")
        for charge in stride(from: Int64(0), to: 1000, by: 7) {
            #expect(model.power(at: charge, .dc).watts <= 500 * model.volts, "no more than the cable carries")
            #expect(model.power(at: charge, .ac) == model.onBoard)
        }
    }

    @Test(
        "a load is the curve: the energy after any time is that of a fine integration of it, within 2 % and never beyond the point",
        arguments: VehicleModel.fleet)
    func load(_ model: VehicleModel) {
        for current in CurrentKind.allCases where model.takes(current) {
            for (from, limit) in [(0, 400_000), (137, 50_000), (555, 150_000), (900, 11_000)] as [(Int64, Int64)] {
                let load = model.load(from: from, current)
                let limit = Power(watts: limit)
                #expect(load.capacity == model.energy(from: from, to: 1000))
                // Watt-hours by the curve itself, in steps of a second.
                var energy = 0.0
                for second in 1...14_400 {
                    let charge = from + Int64(energy * 1000 / Double(model.capacity.wattHours))
                    energy += Double(min(model.power(at: charge, current), limit).watts) / 3600
                    guard second % 300 == 0 else { continue }
                    let taken = load.energy(over: .seconds(Int64(second)), limit: limit)
                    #expect(
                        abs(Double(taken.wattHours) - energy) <= max(20, energy * 0.02),
                        "\(model.name) \(current) from \(from), \(second) s: \(taken), not \(energy) Wh")
                    #expect(load.power(after: .seconds(Int64(second)), limit: limit) <= limit)
                }
            }
        }
    }
}
