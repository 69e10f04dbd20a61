internal import JSON

extension OCPPFields {
    /// The samples of all meter values; what has no value is passed over, and costs the others nothing.
    func samples(_ name: OCPPField) throws(OCPPFault) -> [MeterSample] { MeterSample.read(try objects(name)) }
    func samplesIfPresent(_ name: OCPPField) -> [MeterSample] { objectsIfPresent(name).map(MeterSample.read) ?? [] }
}

extension MeterSample {
    fileprivate static func read(_ values: [OCPPFields]) -> [MeterSample] {
        var samples: [MeterSample] = []
        for value in values {
            let time = value.time()
            guard let sampled = value.objectsIfPresent(.sampledValue) else {
                if value.value(.sampledValue) == nil { value.remark(.missingField, .sampledValue) }
                continue
            }
            if sampled.isEmpty { value.remark(.emptyList, .sampledValue) }
            for fields in sampled {
                if let sample = MeterSample(fields, at: time) { samples.append(sample) }
            }
        }
        return samples
    }

    private init?(_ fields: OCPPFields, at time: OCPPTime?) {
        guard let written = fields.value(.value) else {
            fields.remark(.missingField, .value)
            return nil
        }
        let measurand = fields.value(.measurand) == nil ? Measurand.energyActiveImportRegister : fields.wordIfPresent(.measurand)
        var signed: Signed?
        let value: Value
        switch fields.version {
        case .v16:
            signed = Signed(writtenAs: written, fields)
            value = signed == nil ? Value(written, measurand, MeterUnit(fields), fields) : .signed
        case .v201:
            signed = fields.objectIfPresent(.signedMeterValue).flatMap { Signed($0) }
            value = Value(written, measurand, MeterUnit(fields), fields)
        }
        self.init(
            measurand, value, at: time, phase: fields.wordIfPresent(.phase), location: fields.wordIfPresent(.location),
            context: fields.wordIfPresent(.context), signed: signed)
    }
}

/// The format of a value (1.6, ValueFormat).
enum ValueFormat: String, OCPPWord {
    case raw = "Raw"
    case signed = "SignedData"
}

extension MeterSample.Signed {
    /// Signed data in the place of a value of 1.6; `nil` when it is a plain one.
    fileprivate init?(writtenAs value: JSONValue, _ fields: OCPPFields) {
        guard let text = value.string else { return nil }
        let format: ValueFormat? = fields.wordIfPresent(.format)
        if format != .signed {
            // The Open Charge Metering Format, whatever it is said to be.
            guard text.hasPrefix("OCMF|") else { return nil }
            fields.remark(.missingField, .format)
        }
        self.init(text)
    }

    /// Signed data of 2.0.1.
    fileprivate init?(_ fields: OCPPFields) {
        guard let data = fields.rawText(.signedMeterData) else {
            fields.remark(.missingField, .signedMeterData)
            return nil
        }
        self.init(
            data, method: fields.rawText(.signingMethod), encoding: fields.rawText(.encodingMethod), publicKey: fields.rawText(.publicKey))
    }
}
