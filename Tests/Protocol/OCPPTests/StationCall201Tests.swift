import ChargingModel
import Testing

@testable import OCPP

@Suite("OCPP 2.0.1: what a station says") struct StationCall201Tests {
    static let examples: [Example<StationCall>] = [
        Example(
            "BootNotification",
            #"{"chargingStation":{"serialNumber":"S1","model":"M1","modem":{"iccid":"89","imsi":"26"},"vendorName":"ACME","firmwareVersion":"1.2"},"#
                + #""reason":"PowerUp"}"#,
            .boot(BootReport(vendor: "ACME", model: "M1", serial: "S1", firmware: "1.2", iccid: "89", imsi: "26", reason: .powerUp))),
        Example("Heartbeat", "{}", .heartbeat),
        Example(
            "StatusNotification", #"{"timestamp":"2026-11-24T08:29:23.042Z","connectorStatus":"Occupied","evseId":2,"connectorId":1}"#,
            .status(StatusReport(ConnectorPlace(evse: 2, connector: 1), .occupied, time: moment))),
        Example(
            "Authorize", #"{"idToken":{"idToken":"04A2B3","type":"ISO14443"}}"#, .authorize(IDToken("04A2B3", kind: .iso14443))),
        Example("Authorize", #"{"idToken":{"idToken":"","type":"NoAuthorization"}}"#, .authorize(IDToken("", kind: IDToken.Kind.none))),
        Example(
            "MeterValues",
            #"{"evseId":1,"meterValue":[{"timestamp":"2026-11-24T08:29:23.042Z","sampledValue":[{"value":1.5,"unitOfMeasure":{"unit":"kWh"}}]}]}"#,
            .meterValues(
                MeterReport(ConnectorPlace(evse: 1), [MeterSample(.energyActiveImportRegister, wh(1500), at: moment)]))),
        Example(
            "TransactionEvent",
            #"{"eventType":"Started","timestamp":"2026-11-24T08:29:23.042Z","triggerReason":"CablePluggedIn","seqNo":0,"transactionInfo":"#
                + #"{"transactionId":"T-1"}}"#,
            .transaction(TransactionEvent(.started, transaction: "T-1", seqNo: 0, trigger: .cablePluggedIn, time: moment))),
        Example(
            "TransactionEvent",
            #"{"eventType":"Ended","timestamp":"2026-11-24T08:29:23.042Z","triggerReason":"EVDeparted","seqNo":7,"offline":true,"reservationId":3,"#
                + #""numberOfPhasesUsed":3,"cableMaxCurrent":32,"transactionInfo":{"transactionId":"T-1","chargingState":"Idle","stoppedReason":"#
                + #""EVDisconnected","timeSpentCharging":60,"remoteStartId":9},"evse":{"id":1,"connectorId":1},"idToken":{"idToken":"A","type":"#
                + #""Central"},"meterValue":[{"timestamp":"2026-11-24T08:29:23.042Z","sampledValue":[{"value":2000,"context":"Transaction.End"}]}]}"#,
            .transaction(
                TransactionEvent(
                    .ended, transaction: "T-1", seqNo: 7, isOffline: true, trigger: .vehicleDeparted, state: .idle,
                    stopReason: .vehicleDisconnected, remoteStart: 9, place: ConnectorPlace(evse: 1, connector: 1),
                    token: IDToken("A", kind: .central), reservation: 3,
                    samples: [MeterSample(.energyActiveImportRegister, wh(2000), at: moment, context: .transactionEnd)], time: moment))),
    ]

    @Test("is read as it is meant", arguments: examples)
    func reads(_ example: Example<StationCall>) throws {
        let read = try StationCall.read(example.action, payload(example.text), in: .v201)
        #expect(read.value == example.value)
        #expect(read.remarks.isEmpty)
        #expect(read.value.action.rawValue == example.action)
    }

    /// An action, a payload, the code and what is wrong.
    static let faults: [(String, String, String, String)] = [
        ("BootNotification", #"{"reason":"PowerUp"}"#, "OccurrenceConstraintViolation", "chargingStation is required"),
        (
            "BootNotification", #"{"chargingStation":{"model":"M"},"reason":"PowerUp"}"#, "OccurrenceConstraintViolation",
            "chargingStation.vendorName is required"
        ),
        ("BootNotification", #"{"chargingStation":"M","reason":"PowerUp"}"#, "TypeConstraintViolation", "chargingStation must be an object"),
        ("Authorize", #"{"idToken":{"type":"Central"}}"#, "OccurrenceConstraintViolation", "idToken.idToken is required"),
        ("StatusNotification", #"{"connectorStatus":"Available"}"#, "OccurrenceConstraintViolation", "evseId is required"),
        ("TransactionEvent", #"{"eventType":"Ended","seqNo":1}"#, "OccurrenceConstraintViolation", "transactionInfo is required"),
        (
            "TransactionEvent", #"{"eventType":"Ended","seqNo":1,"transactionInfo":{}}"#, "OccurrenceConstraintViolation",
            "transactionInfo.transactionId is required"
        ),
        ("TransactionEvent", #"{"eventType":"Ended","transactionInfo":{"transactionId":"T"}}"#, "OccurrenceConstraintViolation", "seqNo is required"),
        (
            "TransactionEvent", #"{"eventType":"Paused","seqNo":1,"transactionInfo":{"transactionId":"T"}}"#, "PropertyConstraintViolation",
            "eventType must be one of Started, Updated, Ended"
        ),
        ("StartTransaction", "{}", "NotImplemented", "no action StartTransaction of a station in OCPP 2.0.1"),
    ]

    @Test("what is required and not there is refused with its code", arguments: faults)
    func refuses(_ action: String, _ text: String, _ code: String, _ words: String) throws {
        let fault = try #require(try refused(action, text, .v201))
        #expect(fault.code.text(in: .v201) == code)
        #expect(fault.description == words)
    }

    @Test("an event says what it says without cause, time, token's kind and readable EVSE")
    func bareEvent() throws {
        let found = try said(
            "TransactionEvent",
            #"{"eventType":"updated","seqNo":"3","transactionInfo":{"transactionId":17},"evse":{},"idToken":"A","offline":"true"}"#, .v201)
        #expect(
            found.value
                == .transaction(
                    TransactionEvent(.updated, transaction: "17", seqNo: 3, isOffline: true, trigger: nil, token: IDToken("A"), time: nil)))
        #expect(
            Set(found.quirks) == [.otherSpelling, .textAsNumber, .numberAsText, .boolAsText, .missingField, .timeMissing])
    }
}
