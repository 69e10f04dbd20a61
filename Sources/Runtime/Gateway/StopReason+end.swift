internal import ChargingModel
internal import OCPP

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
