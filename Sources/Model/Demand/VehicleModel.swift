public import ChargingModel

/// A kind of vehicle, by what matters at a charge point.
public struct VehicleModel: Hashable, Sendable {
    public let name: String
    /// The energy that the battery holds from empty to full.
    public let capacity: Energy
    /// The power of the charger on board, for alternating current.
    public let onBoard: Power
    /// The nominal voltage of the battery, in volts; the power of a direct current cable depends on it.
    public let volts: Int64
    /// The power that the battery takes, in watts, by the state of charge in thousandths; `nil` when it has no socket for direct current.
    let curve: Line?
    /// The share of all vehicles that charge in public, in thousandths.
    public let share: Int

    /// The current that a cable carries, in amperes: 500 A is what IEC 62196-3 sockets are made for with a cooled cable, 3 × 32 A what Type 2 sockets
    /// are.
    static let cableAmperes: Int64 = 500
    static let cableOnBoard = Power(watts: 22_080)

    /// The part of the battery in one step of a load, in thousandths: 2 %.
    static let step: Int64 = 20

    /// The power that it takes, cable and all, at a state of charge in thousandths; 0 W when it can't have that current, or is full.
    public func power(at charge: Int64, _ current: CurrentKind) -> Power {
        guard charge < 1000 else { return Power(watts: 0) }
        switch current {
        case .ac: return min(onBoard, VehicleModel.cableOnBoard)
        case .dc: return min(Power(watts: curve?.y(at: charge) ?? 0), Power(watts: VehicleModel.cableAmperes * volts))
        }
    }

    public func takes(_ current: CurrentKind) -> Bool { current == .ac || curve != nil }

    /// The load of a session that begins at a state of charge, until the vehicle is full: the mean power over each 2 % of its battery.
    public func load(from charge: Int64, _ current: CurrentKind) -> Load {
        guard current == .dc else { return Load(steps: [Load.Step(until: energy(from: charge, to: 1000), power: power(at: charge, current))]) }
        var steps: [Load.Step] = []
        var from = charge
        while from < 1000 {
            let to = min(1000, (from / VehicleModel.step + 1) * VehicleModel.step)
            steps.append(Load.Step(until: energy(from: charge, to: to), power: power(at: (from + to) / 2, current)))
            from = to
        }
        return Load(steps: steps)
    }

    /// The energy between two states of charge, in thousandths.
    public func energy(from: Int64, to: Int64) -> Energy { Energy(wattHours: capacity.wattHours * max(0, to - from) / 1000) }
}
