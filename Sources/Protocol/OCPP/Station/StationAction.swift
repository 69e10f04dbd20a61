/// An action that a station asks of a backend, in either version.
public enum StationAction: String, Hashable, Sendable, CaseIterable {
    // In both, and understood.
    case authorize = "Authorize"
    case boot = "BootNotification"
    case heartbeat = "Heartbeat"
    case status = "StatusNotification"
    case meterValues = "MeterValues"
    // Understood, of one version.
    case start = "StartTransaction"
    case stop = "StopTransaction"
    case transaction = "TransactionEvent"
    // Answered as specified, and nothing follows from them: in both,
    case dataTransfer = "DataTransfer"
    case firmwareStatus = "FirmwareStatusNotification"
    case logStatus = "LogStatusNotification"
    case securityEvent = "SecurityEventNotification"
    case signCertificate = "SignCertificate"
    // in 1.6 alone,
    case diagnosticsStatus = "DiagnosticsStatusNotification"
    case signedFirmwareStatus = "SignedFirmwareStatusNotification"
    // in 2.0.1 alone.
    case clearedChargingLimit = "ClearedChargingLimit"
    case certificateStatus = "GetCertificateStatus"
    case vehicleCertificate = "Get15118EVCertificate"
    case chargingLimit = "NotifyChargingLimit"
    case customerInformation = "NotifyCustomerInformation"
    case displayMessages = "NotifyDisplayMessages"
    case chargingNeeds = "NotifyEVChargingNeeds"
    case chargingSchedule = "NotifyEVChargingSchedule"
    case event = "NotifyEvent"
    case monitoringReport = "NotifyMonitoringReport"
    case report = "NotifyReport"
    case publishFirmwareStatus = "PublishFirmwareStatusNotification"
    case chargingProfiles = "ReportChargingProfiles"
    case reservationStatus = "ReservationStatusUpdate"

    /// True when a version has the action.
    public func exists(in version: OCPPVersion) -> Bool {
        switch self {
        case .authorize, .boot, .heartbeat, .status, .meterValues, .dataTransfer, .firmwareStatus, .logStatus, .securityEvent, .signCertificate:
            true
        case .start, .stop, .diagnosticsStatus, .signedFirmwareStatus: version == .v16
        case .transaction, .clearedChargingLimit, .certificateStatus, .vehicleCertificate, .chargingLimit, .customerInformation, .displayMessages,
            .chargingNeeds, .chargingSchedule, .event, .monitoringReport, .report, .publishFirmwareStatus, .chargingProfiles, .reservationStatus:
            version == .v201
        }
    }

    /// The action that a station of a version names; the letters' case does not matter.
    /// - Throws: `NotImplemented` when there is none.
    static func named(_ name: String, _ version: OCPPVersion, _ remarks: RemarkList) throws(OCPPFault) -> StationAction {
        if let action = StationAction(rawValue: name), action.exists(in: version) { return action }
        guard let action = allCases.first(where: { $0.exists(in: version) && $0.rawValue.folded == name.folded }) else {
            throw OCPPFault(.notImplemented, "no action \(name.cut(to: 50)) of a station in OCPP \(version.rawValue)")
        }
        remarks.add(.otherSpelling, "action")
        return action
    }
}
