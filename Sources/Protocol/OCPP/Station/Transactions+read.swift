internal import ChargingModel

extension OCPPFields {
    /// A register in whole watt-hours, which must be there; `nil` for one that can't be.
    fileprivate func register(_ name: OCPPField) throws(OCPPFault) -> Energy? {
        try integerIfPlausible(name, 0...Energy.limit.wattHours).map { Energy(wattHours: $0) }
    }
}

extension TransactionStart {
    init(_ fields: OCPPFields) throws(OCPPFault) {
        self.init(
            try fields.connector(), token: try fields.idTag(), register: try fields.register(.meterStart), time: fields.time(),
            reservation: fields.integerIfPresent(.reservationId))
    }
}

extension TransactionStop {
    /// A stop is a metered fact: one without a readable id is of an unknown transaction, and no reason to refuse it.
    init(_ fields: OCPPFields) throws(OCPPFault) {
        if fields.value(.transactionId) == nil { fields.remark(.missingField, .transactionId) }
        self.init(
            transaction: fields.integerIfPresent(.transactionId, .min ... .max) ?? -1, token: fields.idTagIfPresent(),
            register: try fields.register(.meterStop), time: fields.time(), reason: fields.wordIfPresent(.reason),
            samples: fields.samplesIfPresent(.transactionData))
    }
}

extension TransactionEvent {
    /// The most characters of an id that are kept: more than the specification has, since they tell one transaction from another.
    private static let longestID = 64

    init(_ fields: OCPPFields) throws(OCPPFault) {
        let info = try fields.object(.transactionInfo)
        self.init(
            try fields.word(.eventType), transaction: try info.text(.transactionId, TransactionID.limit, keeping: TransactionEvent.longestID),
            seqNo: try fields.integer(.seqNo, 0...Int64.max), isOffline: fields.boolIfPresent(.offline) ?? false,
            trigger: fields.wordIfSaid(.triggerReason), state: info.wordIfPresent(.chargingState),
            stopReason: info.wordIfPresent(.stoppedReason), remoteStart: info.integerIfPresent(.remoteStartId), place: fields.evseIfPresent(),
            token: fields.idTokenIfPresent(), reservation: fields.integerIfPresent(.reservationId), samples: fields.samplesIfPresent(.meterValue),
            time: fields.time())
    }
}
