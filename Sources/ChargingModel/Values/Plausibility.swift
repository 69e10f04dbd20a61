extension Power {
    /// The most energy that a point with this rating can have delivered in a time: a tenth more than its rating gives in 30 s more (P4).
    ///
    /// The tenth is for ratings that are rounded, the 30 s for clocks that are read at different moments.
    public func mostEnergy(over time: Duration) -> Energy { withTolerance.energy(over: max(.zero, time) + .seconds(30)) }

    /// A tenth more than the rating, which no reading may exceed (P4).
    public var withTolerance: Power { Power(watts: watts.multiplied(clamped: 11) / 10) }
}

extension SessionRecord {
    /// The time between its two ends by the engine's clock; zero when that went back meanwhile, or nothing began.
    public var span: Duration { started.map { max(.zero, ended.since($0)) } ?? .zero }
}
