internal import ChargingModel
internal import JSON

extension StationCall {
    /// Reads what a station says.
    /// - Throws: the CALLERROR that it is answered: no such action, or a payload that can't be understood.
    public static func read(_ action: String, _ payload: OCPPPayload, in version: OCPPVersion) throws(OCPPFault) -> OCPPRead<StationCall> {
        let remarks = RemarkList()
        let action = try StationAction.named(action, version, remarks)
        let fields = OCPPFields(payload, version, remarks)
        return OCPPRead(try StationCall(action, payload, fields), remarks)
    }

    private init(_ action: StationAction, _ payload: OCPPPayload, _ fields: OCPPFields) throws(OCPPFault) {
        switch action {
        case .boot: self = .boot(fields.version == .v16 ? try BootReport(v16: fields) : try BootReport(v201: fields))
        case .heartbeat: self = .heartbeat
        case .status: self = .status(fields.version == .v16 ? try StatusReport(v16: fields) : try StatusReport(v201: fields))
        case .authorize: self = .authorize(fields.version == .v16 ? try fields.idTag() : try fields.idToken())
        case .start: self = .start(try TransactionStart(fields))
        case .stop: self = .stop(try TransactionStop(fields))
        case .meterValues: self = .meterValues(try MeterReport(fields))
        case .transaction: self = .transaction(try TransactionEvent(fields))
        case .dataTransfer, .firmwareStatus, .logStatus, .securityEvent, .signCertificate, .diagnosticsStatus, .signedFirmwareStatus,
            .clearedChargingLimit, .certificateStatus, .vehicleCertificate, .chargingLimit, .customerInformation, .displayMessages, .chargingNeeds,
            .chargingSchedule, .event, .monitoringReport, .report, .publishFirmwareStatus, .chargingProfiles, .reservationStatus:
            self = .other(action, payload)
        }
    }
}

/// The most characters that are kept of what names a station and its parts, whatever the specification has: they tell one from another.
private let most = 50

extension BootReport {
    fileprivate init(v16 fields: OCPPFields) throws(OCPPFault) {
        self.init(
            vendor: try fields.text(.chargePointVendor, 20, keeping: most), model: try fields.text(.chargePointModel, 20, keeping: most),
            serial: fields.textIfPresent(.chargePointSerialNumber, 25, keeping: most)
                ?? fields.textIfPresent(.chargeBoxSerialNumber, 25, keeping: most),
            firmware: fields.textIfPresent(.firmwareVersion, 50), meterType: fields.textIfPresent(.meterType, 25, keeping: most),
            meterSerial: fields.textIfPresent(.meterSerialNumber, 25, keeping: most), iccid: fields.textIfPresent(.iccid, 20, keeping: most),
            imsi: fields.textIfPresent(.imsi, 20, keeping: most))
    }

    fileprivate init(v201 fields: OCPPFields) throws(OCPPFault) {
        let station = try fields.object(.chargingStation)
        let modem = station.objectIfPresent(.modem)
        self.init(
            vendor: try station.text(.vendorName, 50), model: try station.text(.model, 20, keeping: most),
            serial: station.textIfPresent(.serialNumber, 25, keeping: most), firmware: station.textIfPresent(.firmwareVersion, 50),
            iccid: modem?.textIfPresent(.iccid, 20, keeping: most), imsi: modem?.textIfPresent(.imsi, 20, keeping: most),
            reason: fields.wordIfSaid(.reason))
    }
}

extension StatusReport {
    fileprivate init(v16 fields: OCPPFields) throws(OCPPFault) {
        if fields.value(.errorCode) == nil { fields.remark(.missingField, .errorCode) }
        let error = fields.textIfPresent(.errorCode, 50)
        self.init(
            try fields.connector(), try fields.word(.status), error: error?.folded == "noerror" || error == "" ? nil : error,
            info: fields.textIfPresent(.info, 50, keeping: 255), vendor: fields.textIfPresent(.vendorId, 255),
            vendorError: fields.textIfPresent(.vendorErrorCode, 50), time: fields.timeIfPresent(.timestamp))
    }

    fileprivate init(v201 fields: OCPPFields) throws(OCPPFault) {
        if fields.value(.connectorId) == nil { fields.remark(.missingField, .connectorId) }
        let place = ConnectorPlace(evse: try fields.place(.evseId), connector: fields.placeIfPresent(.connectorId))
        self.init(place, try fields.word(.connectorStatus), time: fields.time())
    }
}

extension MeterReport {
    fileprivate init(_ fields: OCPPFields) throws(OCPPFault) {
        switch fields.version {
        case .v16:
            self.init(
                try fields.connector(), transaction: fields.integerIfPresent(.transactionId, .min ... .max), try fields.samples(.meterValue))
        case .v201: self.init(ConnectorPlace(evse: try fields.place(.evseId)), try fields.samples(.meterValue))
        }
    }
}
