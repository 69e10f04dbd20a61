internal import ChargingModel
internal import JSON

extension JSONWriter {
    /// Writes samples as meter values, one for those in a row that have the same time.
    ///
    /// A sample is left out when the version has no word for what it measures or no place for its value: signed data alone in 2.0.1. 1.6 has no place
    /// for signed data beside a value, which is written without.
    mutating func samples(_ name: OCPPField, _ samples: [MeterSample], in version: OCPPVersion) {
        array(name) { values in
            var rest = samples.filter { $0.exists(in: version) }[...]
            while let first = rest.first {
                let group = rest.prefix { $0.time == first.time }
                rest = rest.dropFirst(group.count)
                values.object { value in
                    value.time(.timestamp, ifPresent: first.time)
                    value.objects(.sampledValue, Array(group)) { $0.write(&$1, version) }
                }
            }
        }
    }
}

extension JSONWriter {
    /// Writes an optional list of samples, unless it is empty then.
    mutating func samples(_ name: OCPPField, ifAny samples: [MeterSample], in version: OCPPVersion) {
        if samples.contains(where: { $0.exists(in: version) }) { self.samples(name, samples, in: version) }
    }
}

extension MeterSample {
    /// True when a version can say it.
    fileprivate func exists(in version: OCPPVersion) -> Bool {
        (measurand?.exists(in: version) ?? false) && (version == .v16 || value != .signed)
    }

    fileprivate func write(_ json: inout JSONWriter, _ version: OCPPVersion) {
        let (text, unit) = value.written(signed)
        switch version {
        case .v16:
            json.string(OCPPField.value.rawValue, text)
            if value == .signed { json.word(.format, ValueFormat.signed) }
            json.text(.unit, ifPresent: unit, 20)
        case .v201:
            // What is no number has no right place there; a station that says it anyway says it so.
            if isNumber(text) { json.decimal(OCPPField.value.rawValue, text) } else { json.string(OCPPField.value.rawValue, text) }
            if let unit { json.object(.unitOfMeasure) { $0.text(.unit, unit, 20) } }
            if let signed { json.object(.signedMeterValue) { signed.write(&$0) } }
        }
        json.word(.measurand, ifPresent: measurand)
        json.word(.phase, ifPresent: phase)
        json.word(.location, ifPresent: location)
        json.word(.context, ifPresent: context)
    }

    private func isNumber(_ text: String) -> Bool {
        guard let value = try? JSONValue(Array(text.utf8)) else { return false }
        return value.kind == .number && value.text == text
    }
}

extension MeterSample.Value {
    /// The value's text and unit.
    fileprivate func written(_ signed: MeterSample.Signed?) -> (text: String, unit: String?) {
        switch self {
        case .energy(let energy): (String(energy.wattHours), "Wh")
        case .power(let power): (String(power.watts), "W")
        case .current(let current): (decimalText(current.milliamperes, decimals: 3), "A")
        case .voltage(let voltage): (decimalText(voltage.millivolts, decimals: 3), "V")
        case .stateOfCharge(let charge): (decimalText(charge.permille, decimals: 1), "Percent")
        case .other(let text, let unit), .unreadable(let text, let unit): (text, unit)
        case .signed: (signed?.data ?? "", nil)
        }
    }
}

extension MeterSample.Signed {
    /// All four are required in 2.0.1.
    fileprivate func write(_ json: inout JSONWriter) {
        json.string(OCPPField.signedMeterData.rawValue, data)
        json.string(OCPPField.signingMethod.rawValue, method ?? "")
        json.string(OCPPField.encodingMethod.rawValue, encoding ?? "")
        json.string(OCPPField.publicKey.rawValue, publicKey ?? "")
    }
}
