import ChargingModel
import Testing

@testable import OCPP

@Suite("OCPP 1.6: what a station says") struct StationCall16Tests {
    static let examples: [Example<StationCall>] = [
        Example(
            "BootNotification",
            #"{"chargePointVendor":"ACME","chargePointModel":"M1","chargePointSerialNumber":"S1","chargeBoxSerialNumber":"B1","firmwareVersion":"1.2"#
                + #"","iccid":"89","imsi":"26","meterType":"DDS","meterSerialNumber":"M-9"}"#,
            .boot(
                BootReport(
                    vendor: "ACME", model: "M1", serial: "S1", firmware: "1.2", meterType: "DDS", meterSerial: "M-9", iccid: "89", imsi: "26"))),
        Example(
            "BootNotification", #"{"chargePointVendor":"ACME","chargePointModel":"M1","chargeBoxSerialNumber":"B1"}"#,
            .boot(BootReport(vendor: "ACME", model: "M1", serial: "B1"))),
        Example("Heartbeat", "{}", .heartbeat),
        Example(
            "StatusNotification", #"{"connectorId":0,"errorCode":"NoError","status":"Available"}"#, .status(StatusReport(.station, .available))),
        Example(
            "StatusNotification",
            #"{"connectorId":2,"errorCode":"GroundFailure","info":"RCD","status":"Faulted","timestamp":"2026-11-24T08:29:23.042Z","vendorId":"ACME""#
                + #","vendorErrorCode":"0x17"}"#,
            .status(
                StatusReport(
                    ConnectorPlace(evse: 2), .faulted, error: "GroundFailure", info: "RCD", vendor: "ACME", vendorError: "0x17", time: moment))),
        Example("Authorize", #"{"idTag":"04A2B3"}"#, .authorize(IDToken("04A2B3"))),
        Example(
            "StartTransaction",
            #"{"connectorId":1,"idTag":"04A2B3","meterStart":1234,"reservationId":7,"timestamp":"2026-11-24T08:29:23.042Z"}"#,
            .start(
                TransactionStart(
                    ConnectorPlace(evse: 1), token: IDToken("04A2B3"), register: Energy(wattHours: 1234), time: moment, reservation: 7))),
        Example(
            "StopTransaction", #"{"transactionId":-1,"meterStop":0,"timestamp":"2026-11-24T08:29:23.042Z"}"#,
            .stop(TransactionStop(transaction: -1, register: .zero, time: moment))),
        Example(
            "StopTransaction",
            #"{"idTag":"A","meterStop":2000,"timestamp":"2026-11-24T08:29:23.042Z","transactionId":17,"reason":"EVDisconnected","transactionData":"#
                + #"[{"timestamp":"2026-11-24T08:29:23.042Z","sampledValue":[{"value":"2.0","unit":"kWh","context":"Transaction.End"}]}]}"#,
            .stop(
                TransactionStop(
                    transaction: 17, token: IDToken("A"), register: Energy(wattHours: 2000), time: moment, reason: .vehicleDisconnected,
                    samples: [MeterSample(.energyActiveImportRegister, wh(2000), at: moment, context: .transactionEnd)]))),
        Example(
            "MeterValues",
            #"{"connectorId":1,"transactionId":17,"meterValue":[{"timestamp":"2026-11-24T08:29:23.042Z","sampledValue":[{"value":"5"},{"value":"#
                + #""7.25","measurand":"Power.Active.Import","unit":"kW","phase":"L1","location":"Outlet"}]}]}"#,
            .meterValues(
                MeterReport(
                    ConnectorPlace(evse: 1), transaction: 17,
                    [
                        MeterSample(.energyActiveImportRegister, wh(5), at: moment),
                        MeterSample(.powerActiveImport, .power(Power(watts: 7250)), at: moment, phase: .l1, location: .outlet),
                    ]))),
    ]

    @Test("is read as it is meant", arguments: examples)
    func reads(_ example: Example<StationCall>) throws {
        let read = try StationCall.read(example.action, payload(example.text), in: .v16)
        #expect(read.value == example.value)
        #expect(read.remarks.isEmpty)
        #expect(read.value.action.rawValue == example.action)
    }

    @Test(
        "each status is a neutral one",
        arguments: [
            ("Available", ConnectorStatus.available), ("Preparing", .preparing), ("Charging", .charging), ("SuspendedEV", .suspendedVehicle),
            ("SuspendedEVSE", .suspendedStation), ("Finishing", .finishing), ("Reserved", .reserved), ("Unavailable", .unavailable),
            ("Faulted", .faulted), ("Occupied", .occupied),
        ])
    func statuses(_ word: String, _ status: ConnectorStatus) throws {
        let found = try said("StatusNotification", "{\"connectorId\":1,\"errorCode\":\"NoError\",\"status\":\"\(word)\"}")
        #expect(found.value == .status(StatusReport(ConnectorPlace(evse: 1), status)))
        #expect(found.quirks.isEmpty)
    }

    /// An action, a payload, the code and what is wrong.
    static let faults: [(String, String, String, String)] = [
        ("BootNotification", #"{"chargePointModel":"M"}"#, "OccurenceConstraintViolation", "chargePointVendor is required"),
        ("BootNotification", #"{"chargePointVendor":{},"chargePointModel":"M"}"#, "TypeConstraintViolation", "chargePointVendor must be a text"),
        ("StatusNotification", #"{"errorCode":"NoError","status":"Available"}"#, "OccurenceConstraintViolation", "connectorId is required"),
        ("StatusNotification", #"{"connectorId":-1,"status":"Available"}"#, "PropertyConstraintViolation", "connectorId must be 0 to 2147483647"),
        ("Authorize", "{}", "OccurenceConstraintViolation", "idTag is required"),
        ("Authorize", #"{"idTag":null}"#, "OccurenceConstraintViolation", "idTag is required"),
        ("Authorize", #"{"idTag":["A"]}"#, "TypeConstraintViolation", "idTag must be a text"),
        ("StartTransaction", #"{"connectorId":1,"idTag":"A"}"#, "OccurenceConstraintViolation", "meterStart is required"),
        (
            "StartTransaction", #"{"connectorId":1,"idTag":"A","meterStart":"much"}"#, "TypeConstraintViolation",
            "meterStart must be a whole number"
        ),
        ("StopTransaction", #"{"transactionId":1}"#, "OccurenceConstraintViolation", "meterStop is required"),
        ("MeterValues", #"{"connectorId":1}"#, "OccurenceConstraintViolation", "meterValue is required"),
        ("MeterValues", #"{"connectorId":1,"meterValue":"5"}"#, "TypeConstraintViolation", "meterValue must be a list of objects"),
        ("TransactionEvent", "{}", "NotImplemented", "no action TransactionEvent of a station in OCPP 1.6"),
        ("Nonsense", "{}", "NotImplemented", "no action Nonsense of a station in OCPP 1.6"),
        ("RemoteStartTransaction", "{}", "NotImplemented", "no action RemoteStartTransaction of a station in OCPP 1.6"),
    ]

    @Test("what is required and not there is refused with its code", arguments: faults)
    func refuses(_ action: String, _ text: String, _ code: String, _ words: String) throws {
        let fault = try #require(try refused(action, text))
        #expect(fault.code.text(in: .v16) == code)
        #expect(fault.description == words)
        #expect(fault.answer(to: "7", in: .v16) == .error(id: "7", code: code, description: words, details: .empty))
    }

    @Test("a status that is no word is refused")
    func unknownStatus() throws {
        let fault = try #require(try refused("StatusNotification", #"{"connectorId":1,"errorCode":"NoError","status":"Dreaming"}"#))
        #expect(fault.code == .propertyConstraintViolation && fault.field == "status")
    }

    @Test("actions from which nothing follows are passed on whole, whatever is in them")
    func others() throws {
        for action in StationAction.allCases where action.exists(in: .v16) {
            guard let answer = try? StationAnswer.usual(to: action) else { continue }
            let found = try said(action.rawValue, #"{"status":["odd"]}"#)
            #expect(found.value == .other(action, try payload(#"{"status":["odd"]}"#)))
            guard case .other = answer else {
                Issue.record("\(action)")
                continue
            }
        }
    }
}
