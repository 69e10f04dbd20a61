internal import JSON

extension BackendCall {
    /// Reads what a backend asks.
    /// - Throws: the CALLERROR that it is answered: no such action, or a payload that can't be understood.
    public static func read(_ action: String, _ payload: OCPPPayload, in version: OCPPVersion) throws(OCPPFault) -> OCPPRead<BackendCall> {
        let remarks = RemarkList()
        let action = try BackendAction.named(action, version, remarks)
        let fields = OCPPFields(payload, version, remarks)
        if let call = try BackendCall(ofBoth: action, fields) { return OCPPRead(call, remarks) }
        if let call = try BackendCall(ofOne: action, fields) { return OCPPRead(call, remarks) }
        return OCPPRead(.other(action, payload), remarks)
    }

    /// The actions that both versions have.
    private init?(ofBoth action: BackendAction, _ fields: OCPPFields) throws(OCPPFault) {
        let isOld = fields.version == .v16
        switch action {
        case .changeAvailability:
            let place = isOld ? try fields.connector() : fields.evseIfPresent() ?? .station
            let status: OperationalStatus = try fields.word(isOld ? .type : .operationalStatus)
            self = .changeAvailability(place, isOperative: status == .operative)
        case .clearCache: self = .clearCache
        case .dataTransfer:
            self = .dataTransfer(
                vendor: try fields.text(.vendorId, 255), message: fields.textIfPresent(.messageId, 50), data: fields.dataIfPresent())
        case .getLocalListVersion: self = .getLocalListVersion
        case .reset: self = .reset(try fields.resetKind(), evse: isOld ? nil : fields.placeIfPresent(.evseId))
        case .sendLocalList: self = .sendLocalList(try LocalList(fields))
        case .trigger:
            self = .trigger(try fields.word(.requestedMessage), isOld ? fields.connectorIfPresent() : fields.evseIfPresent())
        case .unlock:
            self = .unlock(
                isOld ? try fields.connector() : ConnectorPlace(evse: try fields.place(.evseId), connector: try fields.place(.connectorId)))
        default: return nil
        }
    }

    /// The actions that only one version has.
    private init?(ofOne action: BackendAction, _ fields: OCPPFields) throws(OCPPFault) {
        switch action {
        case .remoteStart: self = .remoteStart(RemoteStart(token: try fields.idTag(), evse: fields.placeIfPresent(.connectorId)))
        case .requestStart:
            let id = Int32(truncatingIfNeeded: try fields.integer(.remoteStartId))
            self = .remoteStart(RemoteStart(token: try fields.idToken(), evse: fields.placeIfPresent(.evseId), id: id))
        case .remoteStop: self = .remoteStop(.number(try fields.integer(.transactionId, .min ... .max)))
        case .requestStop: self = .remoteStop(.text(try fields.text(.transactionId, TransactionID.limit)))
        case .getConfiguration: self = .getConfiguration(fields.textsIfPresent(.key, 50) ?? [])
        case .changeConfiguration: self = .changeConfiguration(key: try fields.text(.key, 50), value: try fields.text(.value, 500))
        case .getVariables: self = .getVariables(try fields.objects(.getVariableData).mapped { (data) throws(OCPPFault) in try VariableName(data) })
        case .setVariables:
            self = .setVariables(
                try fields.objects(.setVariableData).mapped { (data) throws(OCPPFault) in
                    VariableSetting(try VariableName(data), try data.text(.attributeValue, 1000))
                })
        case .getBaseReport:
            self = .getBaseReport(request: Int32(truncatingIfNeeded: try fields.integer(.requestId)), try fields.word(.reportBase))
        default: return nil
        }
    }
}

/// 1.6, AvailabilityType; 2.0.1, OperationalStatusEnumType.
enum OperationalStatus: String, OCPPWord {
    case operative = "Operative"
    case inoperative = "Inoperative"
}

/// 1.6, ResetType; 2.0.1, ResetEnumType.
enum ResetWord: String, OCPPWord {
    case hard = "Hard"
    case soft = "Soft"
    case immediate = "Immediate"
    case onIdle = "OnIdle"
}

/// UpdateType.
enum UpdateType: String, OCPPWord {
    case full = "Full"
    case differential = "Differential"
}

extension OCPPFields {
    fileprivate func resetKind() throws(OCPPFault) -> ResetKind {
        let word: ResetWord = try word(.type)
        return word == .hard || word == .immediate ? .immediate : .graceful
    }

    /// The data of a DataTransfer: a text, or in 2.0.1 anything, of which this is the JSON.
    func dataIfPresent() -> String? { value(.data).map { $0.string ?? $0.text } }
}

extension LocalList {
    fileprivate init(_ fields: OCPPFields) throws(OCPPFault) {
        let isOld = fields.version == .v16
        let update: UpdateType = try fields.word(.updateType)
        let entries = try (fields.objectsIfPresent(.localAuthorizationList) ?? []).mapped { (entry) throws(OCPPFault) in
            Entry(isOld ? try entry.idTag() : try entry.idToken(), try entry.tokenInfoIfPresent())
        }
        self.init(
            version: Int32(truncatingIfNeeded: try fields.integer(isOld ? .listVersion : .versionNumber)), isFull: update == .full, entries)
    }
}

extension VariableName {
    init(_ fields: OCPPFields) throws(OCPPFault) {
        let component = try fields.object(.component)
        let variable = try fields.object(.variable)
        self.init(
            try component.text(.name, 50), try variable.text(.name, 50), componentInstance: component.textIfPresent(.instance, 50),
            place: component.evseIfPresent(), variableInstance: variable.textIfPresent(.instance, 50),
            attribute: fields.wordIfPresent(.attributeType))
    }
}

extension Array {
    func mapped<Value>(_ body: (Element) throws(OCPPFault) -> Value) throws(OCPPFault) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        for element in self { values.append(try body(element)) }
        return values
    }
}
