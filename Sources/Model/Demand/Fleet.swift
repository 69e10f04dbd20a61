internal import ChargingModel

extension VehicleModel {
    /// The vehicles at public charge points. Batteries, curves and shares are assumed: of the order of cars on the road in 2026, of no make in
    /// particular.
    public static let fleet: [VehicleModel] = [
        VehicleModel(
            "Small", 27_000, onBoard: 6_600, volts: 350, share: 90,
            [(0, 26_000), (200, 30_000), (700, 28_000), (800, 20_000), (900, 12_000), (1000, 3_000)]),
        VehicleModel(
            "Older", 38_000, onBoard: 6_600, volts: 350, share: 110,
            [(0, 38_000), (300, 46_000), (600, 40_000), (800, 22_000), (900, 12_000), (1000, 4_000)]),
        VehicleModel(
            "Compact", 45_000, onBoard: 11_000, volts: 350, share: 180,
            [(0, 75_000), (100, 100_000), (400, 85_000), (600, 65_000), (800, 42_000), (900, 22_000), (1000, 6_000)]),
        VehicleModel(
            "Family", 60_000, onBoard: 11_000, volts: 350, share: 220,
            [(0, 110_000), (50, 170_000), (200, 165_000), (400, 110_000), (600, 80_000), (800, 50_000), (900, 30_000), (1000, 8_000)]),
        VehicleModel(
            "Large", 77_000, onBoard: 11_000, volts: 360, share: 180,
            [(0, 110_000), (100, 175_000), (300, 150_000), (500, 115_000), (700, 85_000), (800, 65_000), (900, 35_000), (1000, 8_000)]),
        VehicleModel(
            "Premium, 800 V", 90_000, onBoard: 11_000, volts: 720, share: 80,
            [(0, 170_000), (100, 270_000), (500, 240_000), (600, 180_000), (700, 140_000), (800, 100_000), (900, 50_000), (1000, 10_000)]),
        VehicleModel(
            "Van", 75_000, onBoard: 11_000, volts: 360, share: 60,
            [(0, 80_000), (100, 115_000), (400, 100_000), (700, 70_000), (800, 50_000), (900, 28_000), (1000, 8_000)]),
        VehicleModel("Plug-in hybrid", 13_000, onBoard: 3_700, volts: 350, share: 80, nil),
    ]

    private init(
        _ name: String, _ wattHours: Int64, onBoard: Int64, volts: Int64, share: Int, _ curve: [(x: Int64, y: Int64)]?
    ) {
        self.init(
            name: name, capacity: Energy(wattHours: wattHours), onBoard: Power(watts: onBoard), volts: volts, curve: curve.map { Line($0) },
            share: share)
    }
}
