internal import JSON

extension BackendAnswer {
    /// The payload by which a version answers an action.
    public func payload(to action: BackendAction, in version: OCPPVersion) -> OCPPPayload {
        if case .other(let payload) = self { return payload }
        return OCPPPayload { write(&$0, action, version) }
    }

    /// The frame that answers a call.
    public func frame(to id: String, _ action: BackendAction, in version: OCPPVersion) -> OCPPFrame {
        .result(id: id, payload: payload(to: action, in: version))
    }

    private func write(_ json: inout JSONWriter, _ action: BackendAction, _ version: OCPPVersion) {
        switch self {
        case .status(let status, let reason): json.status(status.nearest(to: action, in: version), version == .v16 ? nil : reason)
        case .started(let status, let transaction, let reason):
            json.status(status.nearest(to: action, in: version), version == .v16 ? nil : reason)
            if version == .v201 { json.text(.transactionId, ifPresent: transaction, TransactionID.limit) }
        case .configuration(let entries, let unknown):
            json.objects(.configurationKey, entries) { $0.write(&$1) }
            if !unknown.isEmpty { json.array(.unknownKey) { array in for key in unknown { array.string(nil, key.cut(to: 50)) } } }
        case .variables(let results):
            json.objects(action == .setVariables ? .setVariableResult : .getVariableResult, results) { $0.write(&$1, action) }
        case .listVersion(let number): json.integer(version == .v16 ? .listVersion : .versionNumber, number)
        case .data(let status, let data):
            json.status(status.nearest(to: action, in: version), nil)
            if let data { json.string(OCPPField.data.rawValue, data) }
        case .other: break
        }
    }

    /// The answer to an action that our stations do not support: firmware, diagnostics, reservations, charging profiles, certificates, monitoring.
    /// - Throws: the CALLERROR, where the action has no word for it.
    public static func usual(to action: BackendAction, in version: OCPPVersion) throws(OCPPFault) -> BackendAnswer {
        switch (action, version) {
        case (.setChargingProfile, .v16): return .other(OCPPPayload { $0.word(.status, AnswerStatus.notSupported) })
        // No name of a file: there is none to upload.
        case (.getDiagnostics, .v16): return .other(.empty)
        default: throw OCPPFault(.notSupported, "\(action.rawValue) is not supported here")
        }
    }
}

extension AnswerStatus {
    /// The words that an action may be answered with: that of success first, that of a refusal last.
    private static func words(of action: BackendAction, in version: OCPPVersion) -> [AnswerStatus] {
        let isOld = version == .v16
        switch action {
        case .changeAvailability: return [.accepted, .scheduled, .rejected]
        case .reset: return isOld ? [.accepted, .rejected] : [.accepted, .scheduled, .rejected]
        case .unlock: return isOld ? [.unlocked, .notSupported, .unlockFailed] : [.unlocked, .ongoingTransaction, .unknownConnector, .unlockFailed]
        case .trigger: return [.accepted, .notImplemented, .rejected]
        case .changeConfiguration: return [.accepted, .rebootRequired, .notSupported, .rejected]
        case .sendLocalList: return isOld ? [.accepted, .versionMismatch, .notSupported, .failed] : [.accepted, .versionMismatch, .failed]
        case .getBaseReport: return [.accepted, .emptyResult, .notSupported, .rejected]
        case .dataTransfer: return [.accepted, .unknownMessage, .unknownVendor, .rejected]
        case .getVariables: return [.accepted, .unknownComponent, .unknownVariable, .notSupportedAttribute, .rejected]
        case .setVariables: return [.accepted, .rebootRequired, .unknownComponent, .unknownVariable, .notSupportedAttribute, .rejected]
        default: return [.accepted, .rejected]
        }
    }

    /// The nearest word with which an action may be answered.
    public func nearest(to action: BackendAction, in version: OCPPVersion) -> AnswerStatus {
        let words = AnswerStatus.words(of: action, in: version)
        if words.contains(self) { return self }
        switch self {
        case .accepted, .scheduled, .rebootRequired, .unlocked: return words.first ?? .accepted
        default: return words.last ?? .rejected
        }
    }
}

extension JSONWriter {
    fileprivate mutating func status(_ status: AnswerStatus, _ reason: StatusReason?) {
        word(.status, status)
        guard let reason else { return }
        object(.statusInfo) { info in
            info.text(.reasonCode, reason.code, 20)
            info.text(.additionalInfo, ifPresent: reason.info, 512)
        }
    }
}

extension ConfigurationEntry {
    fileprivate func write(_ json: inout JSONWriter) {
        json.text(.key, key, 50)
        json.bool(.readonly, isReadOnly)
        json.text(.value, ifPresent: value, 500)
    }
}

extension VariableResult {
    fileprivate func write(_ json: inout JSONWriter, _ action: BackendAction) {
        json.word(.attributeStatus, status.nearest(to: action, in: .v201))
        if action == .getVariables { json.text(.attributeValue, ifPresent: value, 2500) }
        name.write(&json)
    }
}
