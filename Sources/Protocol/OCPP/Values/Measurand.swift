/// The quantity that a sample measures: Measurand of 1.6, MeasurandEnumType of 2.0.1.
public enum Measurand: String, Hashable, Sendable, OCPPWord {
    case energyActiveImportRegister = "Energy.Active.Import.Register"
    case energyActiveExportRegister = "Energy.Active.Export.Register"
    case energyActiveImportInterval = "Energy.Active.Import.Interval"
    case energyActiveExportInterval = "Energy.Active.Export.Interval"
    case energyReactiveImportRegister = "Energy.Reactive.Import.Register"
    case energyReactiveExportRegister = "Energy.Reactive.Export.Register"
    case energyReactiveImportInterval = "Energy.Reactive.Import.Interval"
    case energyReactiveExportInterval = "Energy.Reactive.Export.Interval"
    case powerActiveImport = "Power.Active.Import"
    case powerActiveExport = "Power.Active.Export"
    case powerOffered = "Power.Offered"
    case powerReactiveImport = "Power.Reactive.Import"
    case powerReactiveExport = "Power.Reactive.Export"
    case powerFactor = "Power.Factor"
    case currentImport = "Current.Import"
    case currentExport = "Current.Export"
    case currentOffered = "Current.Offered"
    case voltage = "Voltage"
    case frequency = "Frequency"
    case stateOfCharge = "SoC"
    // Only in 1.6.
    case temperature = "Temperature"
    case fanSpeed = "RPM"
    // Only in 2.0.1.
    case energyActiveNet = "Energy.Active.Net"
    case energyReactiveNet = "Energy.Reactive.Net"
    case energyApparentNet = "Energy.Apparent.Net"
    case energyApparentImport = "Energy.Apparent.Import"
    case energyApparentExport = "Energy.Apparent.Export"

    /// The quantities that have a type in the model.
    enum Quantity { case energy, power, current, voltage, stateOfCharge, other }

    var quantity: Quantity {
        switch self {
        case .energyActiveImportRegister, .energyActiveExportRegister, .energyActiveImportInterval, .energyActiveExportInterval: .energy
        case .powerActiveImport, .powerActiveExport, .powerOffered: .power
        case .currentImport, .currentExport, .currentOffered: .current
        case .voltage: .voltage
        case .stateOfCharge: .stateOfCharge
        case .energyReactiveImportRegister, .energyReactiveExportRegister, .energyReactiveImportInterval, .energyReactiveExportInterval,
            .powerReactiveImport, .powerReactiveExport, .powerFactor, .frequency, .temperature, .fanSpeed, .energyActiveNet, .energyReactiveNet,
            .energyApparentNet, .energyApparentImport, .energyApparentExport:
            .other
        }
    }

    /// True when a version has the word.
    public func exists(in version: OCPPVersion) -> Bool {
        switch self {
        case .temperature, .fanSpeed: version == .v16
        case .energyActiveNet, .energyReactiveNet, .energyApparentNet, .energyApparentImport, .energyApparentExport: version == .v201
        default: true
        }
    }
}

/// The phase that a sample is about; none: all together.
public enum MeterPhase: String, Hashable, Sendable, OCPPWord {
    case l1 = "L1"
    case l2 = "L2"
    case l3 = "L3"
    case neutral = "N"
    case l1Neutral = "L1-N"
    case l2Neutral = "L2-N"
    case l3Neutral = "L3-N"
    case l1l2 = "L1-L2"
    case l2l3 = "L2-L3"
    case l3l1 = "L3-L1"
}

/// The place where a sample was measured.
public enum MeterLocation: String, Hashable, Sendable, OCPPWord {
    case body = "Body"
    case cable = "Cable"
    case vehicle = "EV"
    case inlet = "Inlet"
    case outlet = "Outlet"
}

/// The occasion of a sample: ReadingContext.
public enum MeterContext: String, Hashable, Sendable, OCPPWord {
    case interruptionBegin = "Interruption.Begin"
    case interruptionEnd = "Interruption.End"
    case clock = "Sample.Clock"
    case periodic = "Sample.Periodic"
    case transactionBegin = "Transaction.Begin"
    case transactionEnd = "Transaction.End"
    case trigger = "Trigger"
    case other = "Other"
}
