extension Power {
    /// The most energy that a point with this rating can have delivered in a time: a tenth more than its rating gives in 30 s more (P4).
    ///
    /// The tenth is for ratings that are rounded, the 30 s for clocks that are read at different moments.
    public func mostEnergy(over time: Duration) -> Energy { withTolerance.energy(over: max(.zero, time) + .seconds(30)) }

    /// A tenth more than the rating, which no reading may exceed (P4). A rating of zero says that it is not known: then it is all that may be said.
    public var withTolerance: Power { watts > 0 ? Power(watts: watts.multiplied(clamped: 11) / 10) : .limit }
}

extension SessionRecord {
    /// The time between its two ends by the engine's clock, 366 days at most; zero when that went back meanwhile, or nothing began.
    public var span: Duration { started.map { min(max(.zero, ended.since($0)), .seconds(31_622_400)) } ?? .zero }
}
