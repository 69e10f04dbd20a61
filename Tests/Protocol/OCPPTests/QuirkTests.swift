import ChargingModel
import Testing

@testable import OCPP

/// An oddity: what a station says, the quirk it is, and what is understood.
struct Oddity: Sendable, CustomTestStringConvertible {
    var quirk: Quirk
    var field: String
    var action: String
    var text: String
    var version = OCPPVersion.v16
    var value: StationCall
    var testDescription: String { "\(quirk.rawValue): \(text)" }
}

@Suite("OCPP: quirks") struct QuirkTests {
    private static let one = ConnectorPlace(evse: 1)
    private static let long = String(repeating: "x", count: 60)
    private static let start = TransactionStart(one, token: IDToken("A"), register: Energy(wattHours: 5), time: moment)
    private static let stop = TransactionStop(transaction: 7, register: Energy(wattHours: 5), time: moment)

    private static func boot(_ change: (inout BootReport) -> Void) -> StationCall {
        var boot = BootReport(vendor: "V", model: "M")
        change(&boot)
        return .boot(boot)
    }

    private static func start(_ change: (inout TransactionStart) -> Void) -> StationCall {
        var start = start
        change(&start)
        return .start(start)
    }

    private static func startText(_ connector: String = "1", tag: String = "\"A\"", meter: String = "5", time: String = "\"\(momentText)\"") -> String
    {
        "{\"connectorId\":\(connector),\"idTag\":\(tag),\"meterStart\":\(meter),\"timestamp\":\(time)}"
    }

    private static func stop(_ change: (inout TransactionStop) -> Void) -> StationCall {
        var stop = stop
        change(&stop)
        return .stop(stop)
    }

    private static func stopText(_ more: String, transaction: String = "7", meter: String = "5") -> String {
        "{\"transactionId\":\(transaction),\"meterStop\":\(meter),\"timestamp\":\"\(momentText)\"\(more)}"
    }

    static let oddities = [
        Oddity(
            quirk: .controlCharacters, field: "idTag", action: "Authorize", text: #"{"idTag":"AB\u0000\u0000\u009b"}"#,
            value: .authorize(IDToken("AB"))),
        Oddity(
            quirk: .textTooLong, field: "idTag", action: "Authorize", text: #"{"idTag":"DE*ACM*C00112233-4-LONG"}"#,
            value: .authorize(IDToken("DE*ACM*C00112233-4-LONG"))),
        Oddity(
            quirk: .textTooLong, field: "idTag", action: "Authorize", text: "{\"idTag\":\"\(long)\"}",
            value: .authorize(IDToken(String(repeating: "x", count: 36)))),
        Oddity(
            quirk: .textTooLong, field: "firmwareVersion", action: "BootNotification",
            text: "{\"chargePointVendor\":\"V\",\"chargePointModel\":\"M\",\"firmwareVersion\":\"\(long)\"}",
            value: boot { $0.firmware = String(repeating: "x", count: 50) }),
        Oddity(
            quirk: .textAsNumber, field: "idTag", action: "StartTransaction", text: startText(tag: "12345678"),
            value: start { $0.token = IDToken("12345678") }),
        Oddity(quirk: .numberAsText, field: "meterStart", action: "StartTransaction", text: startText(meter: "\"5\""), value: .start(start)),
        Oddity(quirk: .numberAsText, field: "connectorId", action: "StartTransaction", text: startText("\"1\""), value: .start(start)),
        Oddity(quirk: .decimalComma, field: "meterStart", action: "StartTransaction", text: startText(meter: "\"5,0\""), value: .start(start)),
        Oddity(quirk: .fraction, field: "meterStart", action: "StartTransaction", text: startText(meter: "5.4"), value: .start(start)),
        Oddity(
            quirk: .numberOutOfRange, field: "meterStart", action: "StartTransaction", text: startText(meter: "-7"),
            value: start { $0.register = nil }),
        Oddity(
            quirk: .numberOutOfRange, field: "meterStop", action: "StopTransaction", text: stopText("", meter: "1e300"),
            value: stop { $0.register = nil }),
        Oddity(
            quirk: .timeMissing, field: "timestamp", action: "StartTransaction", text: startText(time: "null"), value: start { $0.time = nil }),
        Oddity(
            quirk: .timeUnreadable, field: "timestamp", action: "StartTransaction", text: startText(time: "\"now\""),
            value: start { $0.time = nil }),
        Oddity(
            quirk: .timeUnreadable, field: "timestamp", action: "StartTransaction", text: startText(time: "1795508963"),
            value: start { $0.time = nil }),
        Oddity(
            quirk: .timeWithoutZone, field: "timestamp", action: "StartTransaction", text: startText(time: "\"2026-11-24T08:29:23.042\""),
            value: start { $0.time = OCPPTime(moment.wall, hasZone: false) }),
        Oddity(
            quirk: .timeSpelling, field: "timestamp", action: "StartTransaction", text: startText(time: "\"2026-11-24T10:29:23.042+02\""),
            value: .start(start)),
        Oddity(
            quirk: .timeLongPast, field: "timestamp", action: "StartTransaction", text: startText(time: "\"1970-01-01T00:00:00Z\""),
            value: start { $0.time = OCPPTime(WallTime(milliseconds: 0)) }),
        Oddity(
            quirk: .missingField, field: "transactionId", action: "StopTransaction", text: stopText("", transaction: "null"),
            value: stop { $0.transaction = -1 }),
        Oddity(
            quirk: .unreadableField, field: "transactionId", action: "StopTransaction", text: stopText("", transaction: "\"\""),
            value: stop { $0.transaction = -1 }),
        Oddity(quirk: .unknownWord, field: "reason", action: "StopTransaction", text: stopText(",\"reason\":\"Whim\""), value: .stop(stop)),
        Oddity(
            quirk: .otherSpelling, field: "reason", action: "StopTransaction", text: stopText(",\"reason\":\"Ev_Disconnected\""),
            value: stop { $0.reason = .vehicleDisconnected }),
        Oddity(quirk: .unreadableField, field: "idTag", action: "StopTransaction", text: stopText(",\"idTag\":{}"), value: .stop(stop)),
        Oddity(
            quirk: .unreadableField, field: "transactionData", action: "StopTransaction", text: stopText(",\"transactionData\":7"), value: .stop(stop)
        ),
        Oddity(quirk: .otherSpelling, field: "action", action: "heartBeat", text: "{}", value: .heartbeat),
        Oddity(
            quirk: .missingField, field: "errorCode", action: "StatusNotification", text: #"{"connectorId":1,"status":"Available"}"#,
            value: .status(StatusReport(one, .available))),
        Oddity(
            quirk: .emptyList, field: "meterValue", action: "MeterValues", text: #"{"connectorId":1,"meterValue":[]}"#,
            value: .meterValues(MeterReport(one, []))),
        Oddity(
            quirk: .objectAsList, field: "meterValue", action: "MeterValues",
            text: "{\"connectorId\":1,\"meterValue\":{\"timestamp\":\"\(momentText)\",\"sampledValue\":[{\"value\":\"5\"}]}}",
            value: .meterValues(MeterReport(one, [MeterSample(.energyActiveImportRegister, wh(5), at: moment)]))),
        Oddity(
            quirk: .unitMissing, field: "meterValue.sampledValue.unit", action: "MeterValues", text: sampled(#""measurand":"Voltage","value":"230""#),
            value: .meterValues(MeterReport(one, [MeterSample(.voltage, .voltage(Voltage(millivolts: 230_000)), at: moment)]))),
        Oddity(
            quirk: .unitUnknown, field: "meterValue.sampledValue.unit", action: "MeterValues", text: sampled(#""value":"5","unit":"J""#),
            value: .meterValues(MeterReport(one, [MeterSample(.energyActiveImportRegister, .other("5", unit: "J"), at: moment)]))),
        Oddity(
            quirk: .valueUnreadable, field: "meterValue.sampledValue.value", action: "MeterValues", text: sampled(#""value":"NaN""#),
            value: .meterValues(MeterReport(one, [MeterSample(.energyActiveImportRegister, .unreadable("NaN", unit: nil), at: moment)]))),
        Oddity(
            quirk: .boolAsText, field: "offline", action: "TransactionEvent",
            text: "{\"eventType\":\"Ended\",\"timestamp\":\"\(momentText)\",\"triggerReason\":\"RemoteStop\",\"seqNo\":1,\"offline\":\"TRUE\","
                + "\"transactionInfo\":{\"transactionId\":\"T\"}}",
            version: .v201,
            value: .transaction(TransactionEvent(.ended, transaction: "T", seqNo: 1, isOffline: true, trigger: .remoteStop, time: moment))),
    ]

    private static func sampled(_ members: String) -> String {
        "{\"connectorId\":1,\"meterValue\":[{\"timestamp\":\"\(momentText)\",\"sampledValue\":[{\(members)}]}]}"
    }

    @Test("each oddity is understood, and told by its name", arguments: oddities)
    func understood(_ oddity: Oddity) throws {
        let read = try StationCall.read(oddity.action, payload(oddity.text), in: oddity.version)
        #expect(read.value == oddity.value)
        #expect(read.remarks == [Remark(oddity.quirk, oddity.field)])
        #expect(read.remarks.first?.description == "\(oddity.quirk.rawValue) (\(oddity.field))")
    }

    @Test("there is an example of every quirk; those of frames are in FrameTests")
    func complete() {
        let ofFrames: Set<Quirk> = [.byteOrderMark, .invalidUTF8, .trailingGarbage, .extraElements, .payloadMissing]
        #expect(Set(QuirkTests.oddities.map(\.quirk)).union(ofFrames) == Set(Quirk.allCases))
        #expect(Set(Quirk.allCases.map(\.rawValue)).count == Quirk.allCases.count)
        for quirk in Quirk.allCases { #expect(quirk.rawValue.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }) }
    }

    @Test("unknown fields are passed over")
    func unknownFields() throws {
        let found = try said("Authorize", #"{"idTag":"A","tagId":7,"x":{"y":[null]}}"#)
        #expect(found.value == .authorize(IDToken("A")))
        #expect(found.quirks.isEmpty)
    }

    @Test("remarks are each told once, and no more than 16")
    func bounded() throws {
        let values = String(repeating: #"{"value":"x"},"#, count: 500) + #"{"value":"y"}"#
        let found = try said("MeterValues", "{\"connectorId\":\"1\",\"meterValue\":[{\"sampledValue\":[\(values)]}]}")
        #expect(found.quirks == [.numberAsText, .timeMissing, .valueUnreadable])
        let twice = try StationCall.read(
            "StartTransaction", payload(#"{"connectorId":"1","idTag":"A","meterStart":"5"}"#), in: .v16)
        #expect(twice.remarks.count == 3)
        #expect(twice.quirks == [.numberAsText, .timeMissing])
        let list = RemarkList()
        for index in 0..<99 { list.add(.unknownWord, "\(index)") }
        #expect(list.all.count == 16)
    }

    @Test("tokens are the same whatever their letters")
    func tokens() {
        #expect(IDToken("ab12").isSame(as: IDToken("AB12", kind: .central)))
        #expect(!IDToken("ab12").isSame(as: IDToken("ab13")))
    }
}
