internal import JSON

extension BackendAnswer {
    /// Reads a station's answer to an action.
    /// - Throws: why it is none; nobody is told, and the call has failed.
    public static func read(_ payload: OCPPPayload, to action: BackendAction, in version: OCPPVersion) throws(OCPPFault) -> OCPPRead<BackendAnswer> {
        let remarks = RemarkList()
        let fields = OCPPFields(payload, version, remarks)
        let answer: BackendAnswer
        switch action {
        case .changeAvailability, .clearCache, .reset, .sendLocalList, .trigger, .unlock, .remoteStop, .requestStop, .changeConfiguration,
            .getBaseReport:
            answer = .status(try fields.word(.status), reason: fields.reasonIfPresent(.statusInfo))
        case .remoteStart, .requestStart:
            answer = .started(
                try fields.word(.status), transaction: fields.textIfPresent(.transactionId, TransactionID.limit),
                reason: fields.reasonIfPresent(.statusInfo))
        case .getConfiguration:
            let entries = (fields.objectsIfPresent(.configurationKey) ?? []).compactMap { ConfigurationEntry($0) }
            answer = .configuration(entries, unknown: fields.textsIfPresent(.unknownKey, 50) ?? [])
        case .getVariables:
            answer = .variables(try fields.objects(.getVariableResult).compactMap { VariableResult($0) })
        case .setVariables:
            answer = .variables(try fields.objects(.setVariableResult).compactMap { VariableResult($0) })
        case .getLocalListVersion: answer = .listVersion(try fields.integer(version == .v16 ? .listVersion : .versionNumber))
        case .dataTransfer: answer = .data(try fields.word(.status), data: fields.dataIfPresent())
        default: answer = .other(payload)
        }
        return OCPPRead(answer, remarks)
    }
}

extension OCPPFields {
    fileprivate func reasonIfPresent(_ name: OCPPField) -> StatusReason? {
        guard let info = objectIfPresent(name), let code = info.textIfPresent(.reasonCode, 20) else { return nil }
        return StatusReason(code, info: info.textIfPresent(.additionalInfo, 512))
    }
}

extension ConfigurationEntry {
    /// One of many: one that can't be read costs the others nothing.
    fileprivate init?(_ fields: OCPPFields) {
        guard let key = fields.textIfPresent(.key, 50) else {
            fields.remark(.unreadableField, .key)
            return nil
        }
        // Some tell longer values than the specification has; an operator wants them whole.
        self.init(key, isReadOnly: fields.boolIfPresent(.readonly) ?? false, value: fields.textIfPresent(.value, 500, keeping: 2500))
    }
}

extension VariableResult {
    fileprivate init?(_ fields: OCPPFields) {
        guard let name = try? VariableName(fields), let status: AnswerStatus = fields.wordIfPresent(.attributeStatus) else {
            fields.remark(.unreadableField, .variable)
            return nil
        }
        self.init(name, status, value: fields.textIfPresent(.attributeValue, 2500))
    }
}
