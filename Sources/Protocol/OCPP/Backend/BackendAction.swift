/// An action that a backend asks of a station, in either version.
public enum BackendAction: String, Hashable, Sendable, CaseIterable {
    // In both, and understood.
    case changeAvailability = "ChangeAvailability"
    case clearCache = "ClearCache"
    case dataTransfer = "DataTransfer"
    case getLocalListVersion = "GetLocalListVersion"
    case reset = "Reset"
    case sendLocalList = "SendLocalList"
    case trigger = "TriggerMessage"
    case unlock = "UnlockConnector"
    // Understood, of 1.6.
    case remoteStart = "RemoteStartTransaction"
    case remoteStop = "RemoteStopTransaction"
    case getConfiguration = "GetConfiguration"
    case changeConfiguration = "ChangeConfiguration"
    // Understood, of 2.0.1.
    case requestStart = "RequestStartTransaction"
    case requestStop = "RequestStopTransaction"
    case getVariables = "GetVariables"
    case setVariables = "SetVariables"
    case getBaseReport = "GetBaseReport"
    // Known, and not supported by our stations: in both,
    case cancelReservation = "CancelReservation"
    case certificateSigned = "CertificateSigned"
    case clearChargingProfile = "ClearChargingProfile"
    case deleteCertificate = "DeleteCertificate"
    case getCompositeSchedule = "GetCompositeSchedule"
    case getInstalledCertificates = "GetInstalledCertificateIds"
    case getLog = "GetLog"
    case installCertificate = "InstallCertificate"
    case reserveNow = "ReserveNow"
    case setChargingProfile = "SetChargingProfile"
    case updateFirmware = "UpdateFirmware"
    // in 1.6 alone,
    case extendedTrigger = "ExtendedTriggerMessage"
    case getDiagnostics = "GetDiagnostics"
    case signedUpdateFirmware = "SignedUpdateFirmware"
    // in 2.0.1 alone.
    case clearDisplayMessage = "ClearDisplayMessage"
    case clearMonitoring = "ClearVariableMonitoring"
    case costUpdated = "CostUpdated"
    case customerInformation = "CustomerInformation"
    case getChargingProfiles = "GetChargingProfiles"
    case getDisplayMessages = "GetDisplayMessages"
    case getMonitoringReport = "GetMonitoringReport"
    case getReport = "GetReport"
    case getTransactionStatus = "GetTransactionStatus"
    case publishFirmware = "PublishFirmware"
    case setDisplayMessage = "SetDisplayMessage"
    case setMonitoringBase = "SetMonitoringBase"
    case setMonitoringLevel = "SetMonitoringLevel"
    case setNetworkProfile = "SetNetworkProfile"
    case setMonitoring = "SetVariableMonitoring"
    case unpublishFirmware = "UnpublishFirmware"

    /// True when a version has the action.
    public func exists(in version: OCPPVersion) -> Bool {
        switch self {
        case .changeAvailability, .clearCache, .dataTransfer, .getLocalListVersion, .reset, .sendLocalList, .trigger, .unlock, .cancelReservation,
            .certificateSigned, .clearChargingProfile, .deleteCertificate, .getCompositeSchedule, .getInstalledCertificates, .getLog,
            .installCertificate, .reserveNow, .setChargingProfile, .updateFirmware:
            true
        case .remoteStart, .remoteStop, .getConfiguration, .changeConfiguration, .extendedTrigger, .getDiagnostics, .signedUpdateFirmware:
            version == .v16
        case .requestStart, .requestStop, .getVariables, .setVariables, .getBaseReport, .clearDisplayMessage, .clearMonitoring, .costUpdated,
            .customerInformation, .getChargingProfiles, .getDisplayMessages, .getMonitoringReport, .getReport, .getTransactionStatus,
            .publishFirmware, .setDisplayMessage, .setMonitoringBase, .setMonitoringLevel, .setNetworkProfile, .setMonitoring, .unpublishFirmware:
            version == .v201
        }
    }

    /// The action that a backend of a version names; the letters' case does not matter.
    /// - Throws: `NotImplemented` when there is none.
    static func named(_ name: String, _ version: OCPPVersion, _ remarks: RemarkList) throws(OCPPFault) -> BackendAction {
        if let action = BackendAction(rawValue: name), action.exists(in: version) { return action }
        guard let action = allCases.first(where: { $0.exists(in: version) && $0.rawValue.folded == name.folded }) else {
            throw OCPPFault(.notImplemented, "no action \(name.cut(to: 50)) of a backend in OCPP \(version.rawValue)")
        }
        remarks.add(.otherSpelling, "action")
        return action
    }
}
