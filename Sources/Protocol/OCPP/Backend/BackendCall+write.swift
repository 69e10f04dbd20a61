internal import JSON

extension BackendCall {
    /// The payload by which a version asks for it; `nil` when it can't: it has no such action, or no such id of a transaction.
    public func payload(in version: OCPPVersion) -> OCPPPayload? {
        guard action(in: version).exists(in: version) else { return nil }
        switch self {
        case .other(_, let payload): return payload
        case .remoteStop(.text) where version == .v16, .remoteStop(.number) where version == .v201: return nil
        default: return OCPPPayload { write(&$0, version) }
        }
    }

    /// The frame by which a version asks for it; `nil` when it can't.
    public func frame(id: String, in version: OCPPVersion) -> OCPPFrame? {
        payload(in: version).map { .call(id: id, action: action(in: version).rawValue, payload: $0) }
    }

    private func write(_ json: inout JSONWriter, _ version: OCPPVersion) {
        let isOld = version == .v16
        switch self {
        case .remoteStart(let start): start.write(&json, version)
        case .remoteStop(.number(let number)): json.integer(.transactionId, number)
        case .remoteStop(.text(let text)): json.text(.transactionId, text, TransactionID.limit)
        case .changeAvailability(let place, let isOperative):
            if isOld { json.integer(.connectorId, place.evse) } else { json.evse(ifPresent: place.isStation ? nil : place) }
            json.word(isOld ? .type : .operationalStatus, isOperative ? OperationalStatus.operative : .inoperative)
        case .reset(let kind, let evse):
            json.word(.type, ResetWord(kind, version))
            if !isOld { json.integer(.evseId, ifPresent: evse) }
        case .unlock(let place):
            if !isOld { json.integer(.evseId, place.evse) }
            json.integer(.connectorId, isOld ? place.evse : place.connector ?? 1)
        case .trigger(let message, let place):
            json.word(.requestedMessage, message)
            if isOld { json.integer(.connectorId, ifPresent: place?.evse) } else { json.evse(ifPresent: place) }
        case .getConfiguration(let keys):
            if !keys.isEmpty { json.array(.key) { array in for key in keys { array.string(nil, key.cut(to: 50)) } } }
        case .changeConfiguration(let key, let value):
            json.text(.key, key, 50)
            json.text(.value, value, 500)
        case .getVariables(let names): json.objects(.getVariableData, names) { $0.write(&$1) }
        case .setVariables(let settings):
            json.objects(.setVariableData, settings) { setting, data in
                data.text(.attributeValue, setting.value, 1000)
                setting.name.write(&data)
            }
        case .getBaseReport(let request, let base):
            json.integer(.requestId, request)
            json.word(.reportBase, base)
        case .sendLocalList(let list): list.write(&json, version)
        case .dataTransfer(let vendor, let message, let data):
            json.text(.messageId, ifPresent: message, 50)
            if let data { json.string(OCPPField.data.rawValue, data) }
            json.text(.vendorId, vendor, 255)
        case .clearCache, .getLocalListVersion, .other: break
        }
    }
}

extension ResetWord {
    fileprivate init(_ kind: ResetKind, _ version: OCPPVersion) {
        switch kind {
        case .immediate: self = version == .v16 ? .hard : .immediate
        case .graceful: self = version == .v16 ? .soft : .onIdle
        }
    }
}

extension RemoteStart {
    fileprivate func write(_ json: inout JSONWriter, _ version: OCPPVersion) {
        json.token(token, in: version)
        switch version {
        case .v16: json.integer(.connectorId, ifPresent: evse)
        case .v201:
            json.integer(.evseId, ifPresent: evse)
            json.integer(.remoteStartId, id)
        }
    }
}

extension LocalList {
    fileprivate func write(_ json: inout JSONWriter, _ version: OCPPVersion) {
        json.integer(version == .v16 ? .listVersion : .versionNumber, self.version)
        json.word(.updateType, isFull ? UpdateType.full : .differential)
        guard !entries.isEmpty else { return }
        json.objects(.localAuthorizationList, entries) { entry, object in
            object.token(entry.token, in: version)
            object.tokenInfo(ifPresent: entry.info, in: version)
        }
    }
}

extension VariableName {
    func write(_ json: inout JSONWriter) {
        json.word(.attributeType, ifPresent: attribute)
        json.object(.component) { object in
            object.text(.name, component, 50)
            object.text(.instance, ifPresent: componentInstance, 50)
            object.evse(ifPresent: place)
        }
        json.object(.variable) { object in
            object.text(.name, variable, 50)
            object.text(.instance, ifPresent: variableInstance, 50)
        }
    }
}
