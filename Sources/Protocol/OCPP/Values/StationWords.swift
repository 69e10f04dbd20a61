/// The state of a connector: ChargePointStatus of 1.6, ConnectorStatusEnumType of 2.0.1.
public enum ConnectorStatus: String, Hashable, Sendable, OCPPWord {
    case available = "Available"
    // Only in 1.6; 2.0.1 says `occupied`, and the rest in its transactions.
    case preparing = "Preparing"
    case charging = "Charging"
    case suspendedVehicle = "SuspendedEV"
    case suspendedStation = "SuspendedEVSE"
    case finishing = "Finishing"
    // In both.
    case reserved = "Reserved"
    case unavailable = "Unavailable"
    case faulted = "Faulted"
    /// Only in 2.0.1, and of a station of 1.6 that was one of 1.5.
    case occupied = "Occupied"

    /// The nearest one that a version has.
    public func nearest(in version: OCPPVersion) -> ConnectorStatus {
        switch self {
        case .available, .reserved, .unavailable, .faulted: self
        case .preparing, .charging, .suspendedVehicle, .suspendedStation, .finishing: version == .v16 ? self : .occupied
        case .occupied: version == .v16 ? .preparing : self
        }
    }
}

/// The reason for which a station booted (2.0.1, BootReasonEnumType).
public enum BootReason: String, Hashable, Sendable, OCPPWord {
    case applicationReset = "ApplicationReset"
    case firmwareUpdate = "FirmwareUpdate"
    case localReset = "LocalReset"
    case powerUp = "PowerUp"
    case remoteReset = "RemoteReset"
    case scheduledReset = "ScheduledReset"
    case triggered = "Triggered"
    case unknown = "Unknown"
    case watchdog = "Watchdog"
}

/// The reason for which a transaction was stopped: Reason of 1.6, ReasonEnumType of 2.0.1.
public enum StopReason: String, Hashable, Sendable, OCPPWord {
    // In both.
    case deauthorized = "DeAuthorized"
    case emergencyStop = "EmergencyStop"
    case vehicleDisconnected = "EVDisconnected"
    case local = "Local"
    case other = "Other"
    case powerLoss = "PowerLoss"
    case reboot = "Reboot"
    case remote = "Remote"
    // Only in 1.6.
    case hardReset = "HardReset"
    case softReset = "SoftReset"
    case unlockCommand = "UnlockCommand"
    // Only in 2.0.1.
    case energyLimitReached = "EnergyLimitReached"
    case groundFault = "GroundFault"
    case immediateReset = "ImmediateReset"
    case localOutOfCredit = "LocalOutOfCredit"
    case masterPass = "MasterPass"
    case overcurrentFault = "OvercurrentFault"
    case powerQuality = "PowerQuality"
    case chargeLimitReached = "SOCLimitReached"
    case stoppedByVehicle = "StoppedByEV"
    case timeLimitReached = "TimeLimitReached"
    case timeout = "Timeout"

    /// The nearest one that a version has.
    public func nearest(in version: OCPPVersion) -> StopReason {
        switch self {
        case .deauthorized, .emergencyStop, .vehicleDisconnected, .local, .other, .powerLoss, .reboot, .remote: self
        case .hardReset, .softReset: version == .v16 ? self : .immediateReset
        case .unlockCommand: version == .v16 ? self : .other
        case .immediateReset: version == .v16 ? .hardReset : self
        case .masterPass, .localOutOfCredit: version == .v16 ? .local : self
        case .stoppedByVehicle, .timeout: version == .v16 ? .other : self
        case .energyLimitReached, .groundFault, .overcurrentFault, .powerQuality, .chargeLimitReached, .timeLimitReached:
            version == .v16 ? .other : self
        }
    }
}

/// The cause of a TransactionEvent (2.0.1, TriggerReasonEnumType).
public enum TriggerReason: String, Hashable, Sendable, OCPPWord {
    case authorized = "Authorized"
    case cablePluggedIn = "CablePluggedIn"
    case chargingRateChanged = "ChargingRateChanged"
    case chargingStateChanged = "ChargingStateChanged"
    case deauthorized = "Deauthorized"
    case energyLimitReached = "EnergyLimitReached"
    case vehicleCommunicationLost = "EVCommunicationLost"
    case vehicleConnectTimeout = "EVConnectTimeout"
    case meterValueClock = "MeterValueClock"
    case meterValuePeriodic = "MeterValuePeriodic"
    case timeLimitReached = "TimeLimitReached"
    case trigger = "Trigger"
    case unlockCommand = "UnlockCommand"
    case stopAuthorized = "StopAuthorized"
    case vehicleDeparted = "EVDeparted"
    case vehicleDetected = "EVDetected"
    case remoteStop = "RemoteStop"
    case remoteStart = "RemoteStart"
    case abnormalCondition = "AbnormalCondition"
    case signedDataReceived = "SignedDataReceived"
    case resetCommand = "ResetCommand"
}

/// The phase of a transaction (2.0.1, ChargingStateEnumType).
public enum ChargingState: String, Hashable, Sendable, OCPPWord {
    case charging = "Charging"
    case vehicleConnected = "EVConnected"
    case suspendedVehicle = "SuspendedEV"
    case suspendedStation = "SuspendedEVSE"
    case idle = "Idle"
}
