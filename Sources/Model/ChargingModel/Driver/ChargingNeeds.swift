/// The purpose for which one vehicle has come, once: a charge at one of some points, if it gets one before it loses patience.
public struct ChargingNeeds: Hashable, Sendable {
    /// The points, in order of preference.
    public var points: [ChargePointID]
    /// The energy that it wants; as much as it can take when `nil`.
    public var energy: Energy?
    /// The time that it stays plugged in; the network's session duration when `nil`.
    public var stay: Duration?
    /// The time that it waits for an available point before it leaves.
    public var patience: Duration

    public init(points: [ChargePointID], energy: Energy? = nil, stay: Duration? = nil, patience: Duration) {
        self.points = points
        self.energy = energy
        self.stay = stay
        self.patience = patience
    }
}

extension Driver {
    /// A vehicle without a charge, on an errand.
    struct Looking: Hashable, Sendable {
        var needs: ChargingNeeds
        /// The earliest time at which it asks; when `nil`, as soon as one of its points is shown available.
        var tryAt: Instant?
        var until: Instant
    }

    /// Takes the first of its points that is shown available, or leaves.
    mutating func look(_ looking: Looking, vehicle: Int, at now: Now) {
        guard looking.until > now.monotonic else { return leave(vehicle) }
        guard (looking.tryAt ?? now.monotonic) <= now.monotonic else { return }
        if let cp = looking.needs.points.first(where: { verdicts[$0]?.available == true }) {
            ask(vehicle: vehicle, for: cp, looking, at: now)
        } else if looking.tryAt != nil {
            var next = looking
            next.tryAt = nil
            vehicles[vehicle] = .looking(next)
        }
    }

    mutating func leave(_ vehicle: Int) {
        vehicles[vehicle] = .idle
        actions.append(.notice(.left))
    }
}
