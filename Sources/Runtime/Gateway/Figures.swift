internal import ChargingModel
internal import OCPP

/// The figures of a meter value besides the register, of all phases together.
struct Figures {
    private(set) var power: Power?
    private(set) var measured = Measurements()

    init(_ samples: [MeterSample]) {
        var phases: [MeterPhase: Int64] = [:]
        for sample in samples {
            switch (sample.measurand, sample.value) {
            case (.powerActiveImport, .power(let value)): power = sample.phase == nil ? value : power
            case (.currentImport, .current(let current)):
                if let phase = sample.phase { phases[phase] = current.milliamperes } else { measured.current = current }
            case (.voltage, .voltage(let voltage)): measured.voltage = measured.voltage ?? voltage
            case (.stateOfCharge, .stateOfCharge(let charge)): measured.stateOfCharge = charge
            default: break
            }
        }
        let sum = phases.filter { [.l1, .l2, .l3].contains($0.key) }.values.reduce(0, +)
        if measured.current == nil, sum > 0 { measured.current = min(Current(milliamperes: sum), .limit) }
    }
}

extension StopReason {
    /// The end reason of a session that the station ended so; what it was asked for is the engine's to know.
    var endReason: EndReason {
        switch self {
        case .local, .remote, .vehicleDisconnected, .deauthorized, .unlockCommand, .other, .masterPass, .stoppedByVehicle, .localOutOfCredit,
            .timeout:
            .stopped
        case .timeLimitReached: .completed
        case .energyLimitReached, .chargeLimitReached: .target
        case .hardReset, .softReset, .immediateReset, .reboot, .powerLoss: .interrupted
        case .emergencyStop, .groundFault, .overcurrentFault, .powerQuality: .fault
        }
    }
}
