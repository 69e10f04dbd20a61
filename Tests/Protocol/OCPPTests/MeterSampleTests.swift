import ChargingModel
import Testing

@testable import OCPP

/// The only sample of a MeterValues whose sampled value has these members, and the quirks met.
private func sample(_ members: String, _ version: OCPPVersion) throws -> (sample: MeterSample, quirks: [Quirk]) {
    let place = version == .v16 ? "connectorId" : "evseId"
    let text = "{\"\(place)\":1,\"meterValue\":[{\"timestamp\":\"\(momentText)\",\"sampledValue\":[{\(members)}]}]}"
    let found = try said("MeterValues", text, version)
    guard case .meterValues(let report) = found.value else { throw Missing() }
    return (try #require(report.samples.first), found.quirks)
}

private struct Missing: Error {}

@Suite("OCPP: meter values") struct MeterSampleTests {
    static let values16: [(String, MeterSample.Value, [Quirk])] = [
        (#""value":"1234","unit":"Wh""#, wh(1234), []),
        (#""value":"1234""#, wh(1234), []),
        (#""value":"1234","unit":"""#, wh(1234), []),
        (#""value":"5","unit":{}"#, .other("5", unit: "{}"), [.unreadableField, .unitUnknown]),
        (#""value":"1.2345","unit":"kWh""#, wh(1234), []),
        (#""value":"0.0005","unit":"kWh""#, wh(0), []),
        (#""value":"9007199254740991","unit":"Wh""#, wh(9_007_199_254_740_991), []),
        (#""value":"1e3","unit":"Wh""#, wh(1000), []),
        (#""value":" +007.0 ","unit":"Wh""#, wh(7), []),
        (#""value":".5","unit":"kWh""#, wh(500), []),
        (#""value":"5.","unit":"kWh""#, wh(5000), []),
        (#""value":"-0","unit":"Wh""#, wh(0), []),
        (#""value":"1,5","unit":"kWh""#, wh(1500), [.decimalComma]),
        (#""value":1234,"unit":"Wh""#, wh(1234), [.textAsNumber]),
        (#""value":"1","unit":"KWH""#, wh(1000), [.otherSpelling]),
        (#""value":"7.4","measurand":"Power.Active.Import","unit":"kW""#, .power(Power(watts: 7400)), []),
        (#""value":"7400","measurand":"Power.Active.Import""#, .power(Power(watts: 7400)), [.unitMissing]),
        (#""value":"31.9995","measurand":"Current.Import","unit":"A""#, .current(Current(milliamperes: 32_000)), []),
        (#""value":"230.1","measurand":"Voltage","unit":"V""#, .voltage(Voltage(millivolts: 230_100)), []),
        (#""value":"55.55","measurand":"SoC","unit":"Percent""#, .stateOfCharge(StateOfCharge(permille: 556)), []),
        (#""value":"55","measurand":"SoC","unit":"%""#, .stateOfCharge(StateOfCharge(permille: 550)), [.otherSpelling]),
        (#""value":"25.5","measurand":"Temperature","unit":"Celsius""#, .other("25.5", unit: "Celsius"), []),
        (#""value":"0.98","measurand":"Power.Factor""#, .other("0.98", unit: nil), []),
        // What is not understood is kept, and never 0.
        (#""value":"5","unit":"V""#, .other("5", unit: "V"), [.unitUnknown]),
        (#""value":"5","measurand":"Voltage","unit":"mV""#, .other("5", unit: "mV"), [.unitUnknown]),
        (#""value":"NaN","unit":"Wh""#, .unreadable("NaN", unit: "Wh"), [.valueUnreadable]),
        (#""value":"","unit":"Wh""#, .unreadable("", unit: "Wh"), [.valueUnreadable]),
        (#""value":"-5","unit":"Wh""#, .unreadable("-5", unit: "Wh"), [.valueUnreadable]),
        (#""value":"-0.3","unit":"Wh""#, .unreadable("-0.3", unit: "Wh"), [.valueUnreadable]),
        (#""value":"1e400","unit":"Wh""#, .unreadable("1e400", unit: "Wh"), [.valueUnreadable]),
        (#""value":"9007199254740992""#, .unreadable("9007199254740992", unit: nil), [.valueUnreadable]),
        (#""value":"101","measurand":"SoC","unit":"Percent""#, .unreadable("101", unit: "Percent"), [.valueUnreadable]),
        (#""value":"7\u0000\u0000""#, wh(7), []),
        (#""value":"0 3""#, .unreadable("0 3", unit: nil), [.valueUnreadable]),
        (#""value":"0\u007f\u00003""#, .unreadable("0\u{FFFD}\u{FFFD}3", unit: nil), [.valueUnreadable]),
        (#""value":"1.2.3""#, .unreadable("1.2.3", unit: nil), [.valueUnreadable]),
        (#""value":{"a":1}"#, .unreadable(#"{"a":1}"#, unit: nil), [.valueUnreadable]),
    ]

    @Test("1.6: a value is read exactly, or kept as text", arguments: values16)
    func v16(_ members: String, _ value: MeterSample.Value, _ quirks: [Quirk]) throws {
        let found = try sample(members, .v16)
        #expect(found.sample.value == value)
        #expect(found.quirks == quirks)
    }

    static let values201: [(String, MeterSample.Value, [Quirk])] = [
        (#""value":1234"#, wh(1234), []),
        (#""value":1.5,"unitOfMeasure":{"unit":"kWh"}"#, wh(1500), []),
        (#""value":1.5,"unitOfMeasure":{"unit":"Wh","multiplier":3}"#, wh(1500), []),
        (#""value":1500000,"unitOfMeasure":{"unit":"kWh","multiplier":-6}"#, wh(1500), []),
        (#""value":1.5e0,"unitOfMeasure":{"multiplier":2}"#, wh(150), []),
        (#""value":"1.5","unitOfMeasure":{"unit":"kWh"}"#, wh(1500), [.numberAsText]),
        (#""value":7.4,"measurand":"Power.Active.Import","unitOfMeasure":{"unit":"kW"}"#, .power(Power(watts: 7400)), []),
        (#""value":3,"measurand":"Energy.Apparent.Net","unitOfMeasure":{"unit":"kVAh","multiplier":2}"#, .other("3e2", unit: "kVAh"), []),
        (#""value":-5"#, .unreadable("-5", unit: nil), [.valueUnreadable]),
        (#""value":5,"unitOfMeasure":{"multiplier":99}"#, .unreadable("5×10^99", unit: nil), [.valueUnreadable]),
        (#""value":5,"unitOfMeasure":{"multiplier":-2147483648}"#, .unreadable("5×10^-2147483648", unit: nil), [.valueUnreadable]),
        (#""value":5,"unitOfMeasure":{"multiplier":"k"}"#, .unreadable("5×10^?", unit: nil), [.unreadableField, .valueUnreadable]),
        (#""value":9e15,"unitOfMeasure":{"multiplier":3}"#, .unreadable("9e15×10^3", unit: nil), [.valueUnreadable]),
        (#""value":5,"unitOfMeasure":"kWh""#, wh(5000), [.otherSpelling]),
        (#""value":5,"unit":"kWh""#, wh(5000), [.otherSpelling]),
        (#""value":5,"unitOfMeasure":{"unit":["J"]}"#, .other("5", unit: #"["J"]"#), [.unreadableField, .unitUnknown]),
        (#""value":5,"unitOfMeasure":["J"]"#, .other("5", unit: #"["J"]"#), [.unreadableField, .otherSpelling, .unitUnknown]),
    ]

    @Test("2.0.1: a value is read exactly, or kept as text", arguments: values201)
    func v201(_ members: String, _ value: MeterSample.Value, _ quirks: [Quirk]) throws {
        let found = try sample(members, .v201)
        #expect(found.sample.value == value)
        #expect(found.quirks == quirks)
    }

    @Test("signed data is kept as it came, however long")
    func signed() throws {
        let data = "OCMF|{\\\"FV\\\":\\\"1.0\\\"}|" + String(repeating: "30", count: 5000)
        let kept = data.replacing("\\\"", with: "\"")
        let found = try sample("\"value\":\"\(data)\",\"format\":\"SignedData\",\"context\":\"Transaction.End\"", .v16)
        #expect(
            found.sample
                == MeterSample(.energyActiveImportRegister, .signed, at: moment, context: .transactionEnd, signed: MeterSample.Signed(kept)))
        #expect(found.quirks.isEmpty)
        let unsaid = try sample("\"value\":\"\(data)\"", .v16)
        #expect(unsaid.sample.signed?.data == kept && unsaid.quirks == [.missingField])
        let newer = try sample(
            "\"value\":5,\"signedMeterValue\":{\"signedMeterData\":\"\(data)\",\"signingMethod\":\"ECDSA\",\"encodingMethod\":\"OCMF\",\"publicKey\":\"04\"}",
            .v201)
        #expect(newer.sample.value == wh(5))
        #expect(newer.sample.signed == MeterSample.Signed(kept, method: "ECDSA", encoding: "OCMF", publicKey: "04"))
    }

    @Test("a measurand that is not known is no register")
    func unknownMeasurand() throws {
        let found = try sample(#""value":"5","measurand":"Energy.Dark.Import","unit":"Wh""#, .v16)
        #expect(found.sample == MeterSample(nil, .other("5", unit: "Wh"), at: moment))
        #expect(found.sample.register == nil)
        #expect(found.quirks == [.unknownWord])
    }

    @Test("the register is of all phases, at the outlet")
    func register() {
        #expect(MeterSample(.energyActiveImportRegister, wh(5), at: nil).register == Energy(wattHours: 5))
        #expect(MeterSample(.energyActiveImportRegister, wh(5), at: nil, location: .outlet).register == Energy(wattHours: 5))
        #expect(MeterSample(.energyActiveImportRegister, wh(5), at: nil, location: .inlet).register == nil)
        #expect(MeterSample(.energyActiveImportRegister, wh(5), at: nil, phase: .l1).register == nil)
        #expect(MeterSample(.energyActiveImportInterval, wh(5), at: nil).register == nil)
        #expect(MeterSample(.energyActiveImportRegister, .unreadable("x", unit: nil), at: nil).register == nil)
    }

    @Test("a value that is missing costs the others nothing")
    func holes() throws {
        let found = try said(
            "MeterValues",
            """
            {"connectorId":1,"meterValue":[{"timestamp":"\(momentText)"},7,{"timestamp":"x","sampledValue":[{},{"value":null},{"value":"5"}]},
            {"timestamp":"\(momentText)","sampledValue":{"value":"6"}},{"timestamp":"\(momentText)","sampledValue":[]}]}
            """)
        #expect(
            found.value
                == .meterValues(
                    MeterReport(
                        ConnectorPlace(evse: 1),
                        [
                            MeterSample(.energyActiveImportRegister, wh(5), at: nil),
                            MeterSample(.energyActiveImportRegister, wh(6), at: moment),
                        ])))
        #expect(Set(found.quirks) == [.missingField, .unreadableField, .timeUnreadable, .objectAsList, .emptyList])
    }

    @Test("what a version has no word for is not written")
    func leftOut() throws {
        let samples = [
            MeterSample(nil, .other("5", unit: nil), at: moment), MeterSample(.fanSpeed, .other("900", unit: nil), at: moment),
            MeterSample(.energyActiveImportRegister, .signed, at: moment, signed: MeterSample.Signed("OCMF|")),
            MeterSample(.energyActiveNet, .other("1", unit: "kWh"), at: moment),
        ]
        let report = StationCall.meterValues(MeterReport(ConnectorPlace(evse: 1), samples))
        let old = try #require(report.payload(in: .v16))
        #expect(try StationCall.read("MeterValues", old, in: .v16).value == .meterValues(MeterReport(ConnectorPlace(evse: 1), Array(samples[1...2]))))
        let stop = StationCall.stop(TransactionStop(transaction: 7, register: .zero, time: nil, samples: [samples[0]]))
        #expect(stop.payload(in: .v16)?.description == #"{"meterStop":0,"transactionId":7}"#)
        let new = try #require(report.payload(in: .v201))
        #expect(try StationCall.read("MeterValues", new, in: .v201).value == .meterValues(MeterReport(ConnectorPlace(evse: 1), [samples[3]])))
    }
}
