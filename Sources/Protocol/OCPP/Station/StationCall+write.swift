internal import ChargingModel
internal import JSON

extension StationCall {
    /// The payload by which a version says it; `nil` when it has no such action.
    public func payload(in version: OCPPVersion) -> OCPPPayload? {
        guard action.exists(in: version) else { return nil }
        if case .other(_, let payload) = self { return payload }
        return OCPPPayload { json in
            switch self {
            case .boot(let boot): version == .v16 ? boot.write16(&json) : boot.write201(&json)
            case .heartbeat, .other: break
            case .status(let status): version == .v16 ? status.write16(&json) : status.write201(&json)
            case .authorize(let token): json.token(token, in: version)
            case .start(let start): start.write(&json)
            case .stop(let stop): stop.write(&json)
            case .meterValues(let report): report.write(&json, version)
            case .transaction(let event): event.write(&json)
            }
        }
    }

    /// The frame by which a version says it; `nil` when it has no such action.
    public func frame(id: String, in version: OCPPVersion) -> OCPPFrame? {
        payload(in: version).map { .call(id: id, action: action.rawValue, payload: $0) }
    }
}

extension BootReport {
    fileprivate func write16(_ json: inout JSONWriter) {
        json.text(.chargePointVendor, vendor, 20)
        json.text(.chargePointModel, model, 20)
        json.text(.chargePointSerialNumber, ifPresent: serial, 25)
        json.text(.firmwareVersion, ifPresent: firmware, 50)
        json.text(.iccid, ifPresent: iccid, 20)
        json.text(.imsi, ifPresent: imsi, 20)
        json.text(.meterType, ifPresent: meterType, 25)
        json.text(.meterSerialNumber, ifPresent: meterSerial, 25)
    }

    fileprivate func write201(_ json: inout JSONWriter) {
        json.object(.chargingStation) { station in
            station.text(.vendorName, vendor, 50)
            station.text(.model, model, 20)
            station.text(.serialNumber, ifPresent: serial, 25)
            station.text(.firmwareVersion, ifPresent: firmware, 50)
            guard iccid != nil || imsi != nil else { return }
            station.object(.modem) { modem in
                modem.text(.iccid, ifPresent: iccid, 20)
                modem.text(.imsi, ifPresent: imsi, 20)
            }
        }
        json.word(.reason, reason ?? .unknown)
    }
}

extension StatusReport {
    fileprivate func write16(_ json: inout JSONWriter) {
        json.integer(.connectorId, place.evse)
        json.text(.errorCode, error ?? "NoError", 50)
        json.text(.info, ifPresent: info, 50)
        json.word(.status, status.nearest(in: .v16))
        json.time(.timestamp, ifPresent: time)
        json.text(.vendorId, ifPresent: vendor, 255)
        json.text(.vendorErrorCode, ifPresent: vendorError, 50)
    }

    fileprivate func write201(_ json: inout JSONWriter) {
        json.time(.timestamp, ifPresent: time)
        json.word(.connectorStatus, status.nearest(in: .v201))
        json.integer(.evseId, place.evse)
        json.integer(.connectorId, place.connector ?? 1)
    }
}

extension MeterReport {
    fileprivate func write(_ json: inout JSONWriter, _ version: OCPPVersion) {
        switch version {
        case .v16:
            json.integer(.connectorId, place.evse)
            json.integer(.transactionId, ifPresent: transaction)
        case .v201: json.integer(.evseId, place.evse)
        }
        json.samples(.meterValue, samples, in: version)
    }
}

extension TransactionStart {
    fileprivate func write(_ json: inout JSONWriter) {
        json.integer(.connectorId, place.evse)
        json.token(token, in: .v16)
        json.integer(.meterStart, ifPresent: register?.wattHours)
        json.integer(.reservationId, ifPresent: reservation)
        json.time(.timestamp, ifPresent: time)
    }
}

extension TransactionStop {
    fileprivate func write(_ json: inout JSONWriter) {
        json.token(ifPresent: token, in: .v16)
        json.integer(.meterStop, ifPresent: register?.wattHours)
        json.time(.timestamp, ifPresent: time)
        json.integer(.transactionId, transaction)
        json.word(.reason, ifPresent: reason?.nearest(in: .v16))
        json.samples(.transactionData, ifAny: samples, in: .v16)
    }
}

extension TransactionEvent {
    fileprivate func write(_ json: inout JSONWriter) {
        json.word(.eventType, kind)
        json.time(.timestamp, ifPresent: time)
        json.word(.triggerReason, ifPresent: trigger)
        json.integer(.seqNo, seqNo)
        if isOffline { json.bool(.offline, true) }
        json.integer(.reservationId, ifPresent: reservation)
        json.object(.transactionInfo) { info in
            info.text(.transactionId, transaction, TransactionID.limit)
            info.word(.chargingState, ifPresent: state)
            info.word(.stoppedReason, ifPresent: stopReason?.nearest(in: .v201))
            info.integer(.remoteStartId, ifPresent: remoteStart)
        }
        json.evse(ifPresent: place)
        json.token(ifPresent: token, in: .v201)
        json.samples(.meterValue, ifAny: samples, in: .v201)
    }
}
