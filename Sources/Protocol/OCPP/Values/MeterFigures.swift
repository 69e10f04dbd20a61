public import ChargingModel

/// The figures of a reading as they are in a list of samples: the newest of each, by the order in which they stand.
///
/// What is measured elsewhere than at the outlet, as in the vehicle, counts for the state of charge alone. Where a station says nothing of all phases
/// together, the sum of its phases at one time counts.
public struct MeterFigures: Hashable, Sendable {
    /// The register from which bills are made.
    public var register: Energy?
    /// The time of the register.
    public var registerTime: OCPPTime?
    public var power: Power?
    public var measurements = Measurements()

    public init(_ samples: [MeterSample]) {
        let here = samples.filter { $0.location == nil || $0.location == .outlet }
        if let (sample, sum) = MeterFigures.total(
            here, .energyActiveImportRegister, { if case .energy(let energy) = $0 { energy.wattHours } else { nil } })
        {
            register = min(Energy(wattHours: sum), .limit)
            registerTime = sample.time
        }
        power = MeterFigures.total(here, .powerActiveImport, { if case .power(let power) = $0 { power.watts } else { nil } })
            .map { min(Power(watts: $0.sum), .limit) }
        measurements.current = MeterFigures.total(here, .currentImport, { if case .current(let current) = $0 { current.milliamperes } else { nil } })
            .map { min(Current(milliamperes: $0.sum), .limit) }
        measurements.voltage =
            here.last { $0.measurand == .voltage && $0.phase != .l1l2 && $0.phase != .l2l3 && $0.phase != .l3l1 && $0.voltage != nil }?
            .voltage
        measurements.stateOfCharge = samples.last { $0.measurand == .stateOfCharge && $0.stateOfCharge != nil }?.stateOfCharge
    }

    /// The last sample of all phases together; or the last of a phase, and the sum of the phases at its time, each by its last one.
    private static func total(
        _ samples: [MeterSample], _ measurand: Measurand, _ count: (MeterSample.Value) -> Int64?
    ) -> (sample: MeterSample, sum: Int64)? {
        let counted = samples.filter { $0.measurand == measurand && count($0.value) != nil }
        if let sample = counted.last(where: { $0.phase == nil }), let sum = count(sample.value) { return (sample, sum) }
        guard let last = counted.last else { return nil }
        var sum: Int64 = 0
        for phases in [[MeterPhase.l1, .l1Neutral], [.l2, .l2Neutral], [.l3, .l3Neutral]] {
            let sample = counted.last { sample in sample.time == last.time && (sample.phase.map(phases.contains) ?? false) }
            sum = sum.adding(clamped: sample.flatMap { count($0.value) } ?? 0)
        }
        return last.phase == .neutral ? nil : (last, sum)
    }
}

extension MeterSample {
    fileprivate var voltage: Voltage? { if case .voltage(let voltage) = value { voltage } else { nil } }
    fileprivate var stateOfCharge: StateOfCharge? { if case .stateOfCharge(let charge) = value { charge } else { nil } }
}
