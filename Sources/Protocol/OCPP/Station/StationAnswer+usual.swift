internal import JSON

extension StationAnswer {
    /// The answer to an action from which nothing follows, as the specification wants it of a backend that does not have what it is about.
    ///
    /// Notifications are taken note of. There are no vendor's extensions, no certificates, no schedules.
    /// - Throws: the CALLERROR for an action that is answered by who knows what it says.
    public static func usual(to action: StationAction) throws(OCPPFault) -> StationAnswer {
        switch action {
        case .firmwareStatus, .logStatus, .securityEvent, .diagnosticsStatus, .signedFirmwareStatus, .clearedChargingLimit, .chargingLimit,
            .customerInformation, .displayMessages, .event, .monitoringReport, .report, .publishFirmwareStatus, .chargingProfiles,
            .reservationStatus:
            return .other(.empty)
        case .dataTransfer: return .other(status(.unknownVendor))
        case .signCertificate, .chargingNeeds: return .other(status(.rejected))
        case .chargingSchedule: return .other(status(.accepted))
        case .certificateStatus: return .other(status(.failed))
        case .vehicleCertificate: throw OCPPFault(.notSupported, "there are no certificates by ISO 15118 here")
        case .authorize, .boot, .heartbeat, .status, .meterValues, .start, .stop, .transaction:
            throw OCPPFault(.notSupported, "\(action.rawValue) is not supported here")
        }
    }

    private static func status(_ status: AnswerStatus) -> OCPPPayload { OCPPPayload { $0.word(.status, status) } }
}
