internal import ChargingModel
internal import JSON
internal import OCPP

/// The backend's orders, and their answers.
extension ChargingStation {
    /// - Throws: the CALLERROR for what the station does not have.
    mutating func answer(to call: BackendCall) throws(OCPPFault) -> BackendAnswer {
        switch call {
        case .remoteStart(let start): return remoteStart(start)
        case .remoteStop(let id): return remoteStop(id)
        case .changeAvailability(let place, let isOperative): return changeAvailability(place.evse, isOperative)
        case .reset(let kind, _): return reset(kind)
        case .unlock(let place): return unlock(place.evse)
        case .trigger(let message, let place): return trigger(message, place)
        case .getConfiguration(let keys): return configuration(keys)
        case .changeConfiguration(let name, let value):
            guard let key = StationSettings.Key(rawValue: name) else { return .status(.notSupported) }
            return .status(settings.set(key, to: value))
        case .getVariables(let names): return .variables(names.map { value(of: $0) })
        case .setVariables(let wishes): return .variables(wishes.map { set($0) })
        case .getBaseReport(let request, let base): return baseReport(request, base)
        case .clearCache:
            list.cache = [:]
            return .status(.accepted)
        case .sendLocalList(let list): return .status(self.list.take(list))
        case .getLocalListVersion: return .listVersion(Int64(list.version))
        case .dataTransfer: return .data(.unknownVendor, data: nil)
        case .other(let action, _): return try BackendAnswer.usual(to: action, in: specification.version)
        }
    }

    // MARK: Charges

    private mutating func remoteStart(_ start: RemoteStart) -> BackendAnswer {
        let version = specification.version
        let evse = start.evse ?? outlets.keys.sorted().first { outlets[$0]?.isFree == true }
        guard let evse, let outlet = outlets[evse], outlet.charge == nil, outlet.isOperative, outlet.fault == nil,
            outlet.promise.map({ $0.isRemote }) ?? true
        else { return version == .v16 ? .status(.rejected) : .started(.rejected, transaction: nil) }
        admit(
            Outlet.Promise(
                token: start.token, remoteStart: version == .v16 ? nil : start.id, isRemote: true,
                until: now.monotonic + settings.connectTimeOut), at: evse)
        return version == .v16 ? .status(.accepted) : .started(.accepted, transaction: outlets[evse]?.charge)
    }

    private mutating func remoteStop(_ id: TransactionID) -> BackendAnswer {
        let found = outlets.keys.sorted().first { evse in
            guard let key = outlets[evse]?.charge, let charge = charges[key] else { return false }
            return switch id {
            case .number(let number): charge.number == number
            case .text(let text): charge.key == text
            }
        }
        guard let found else { return .status(.rejected) }
        end(at: found, .remote, .remoteStop)
        return .status(.accepted)
    }

    private mutating func changeAvailability(_ evse: Int32, _ isOperative: Bool) -> BackendAnswer {
        let wanted = evse == 0 ? outlets.keys.sorted() : [evse]
        guard wanted.allSatisfy({ outlets[$0] != nil }) else { return .status(.rejected) }
        var isCharging = false
        for evse in wanted {
            if outlets[evse]?.charge != nil { isCharging = true }
            if outlets[evse]?.isOperative != isOperative { actions.append(.notice(.operative(evse, isOperative))) }
            outlets[evse]?.isOperative = isOperative
            if !isOperative { outlets[evse]?.promise = nil }
            sayStatus(evse)
        }
        return .status(!isOperative && isCharging || has(.scheduled) ? .scheduled : .accepted)
    }

    private mutating func reset(_ kind: ResetKind) -> BackendAnswer {
        for evse in outlets.keys.sorted() { end(at: evse, kind == .graceful ? .softReset : .hardReset, .resetCommand) }
        // What was ended is told first, as far as a moment allows.
        restartsAt = now.monotonic + .seconds(kind == .graceful ? 5 : 1)
        return .status(.accepted)
    }

    private mutating func unlock(_ evse: Int32) -> BackendAnswer {
        guard outlets[evse] != nil else { return .status(specification.version == .v16 ? .notSupported : .unknownConnector) }
        if outlets[evse]?.charge != nil, specification.version == .v201 { return .status(.ongoingTransaction) }
        end(at: evse, .unlockCommand, .unlockCommand)
        return .status(.unlocked)
    }

    private mutating func trigger(_ message: TriggeredMessage, _ place: ConnectorPlace?) -> BackendAnswer {
        let wanted = place.map { $0.isStation ? outlets.keys.sorted() : [$0.evse] } ?? outlets.keys.sorted()
        guard wanted.allSatisfy({ outlets[$0] != nil }) else { return .status(.rejected) }
        switch message {
        case .boot: errands.append(.boot)
        case .heartbeat: errands.append(.heartbeat)
        case .status: for evse in wanted where !errands.contains(.status(evse)) { errands.append(.status(evse)) }
        case .meterValues: for evse in wanted where !errands.contains(.values(evse)) { errands.append(.values(evse)) }
        case .firmwareStatus, .diagnosticsStatus, .logStatus, .publishFirmwareStatus, .signStationCertificate, .signCombinedCertificate,
            .signV2GCertificate, .transaction:
            return .status(.notImplemented)
        }
        return .status(.accepted)
    }

    // MARK: Configuration

    private func value(of key: StationSettings.Key) -> String { settings.value(of: key, connectors: outlets.count) }

    private func configuration(_ names: [String]) -> BackendAnswer {
        let wanted = names.isEmpty ? StationSettings.Key.allCases.map(\.rawValue) : names
        let keys = wanted.compactMap { StationSettings.Key(rawValue: $0) }
        return .configuration(
            keys.map { ConfigurationEntry($0.rawValue, isReadOnly: $0.isReadOnly, value: value(of: $0)) },
            unknown: wanted.filter { StationSettings.Key(rawValue: $0) == nil })
    }

    private func value(of name: VariableName) -> VariableResult {
        guard let key = StationSettings.Key(name) else { return VariableResult(name, .unknownVariable) }
        return VariableResult(name, .accepted, value: value(of: key))
    }

    private mutating func set(_ wish: VariableSetting) -> VariableResult {
        guard let key = StationSettings.Key(wish.name) else { return VariableResult(wish.name, .unknownVariable) }
        return VariableResult(wish.name, settings.set(key, to: wish.value))
    }

    /// The report follows in calls of its own, two variables each.
    private mutating func baseReport(_ request: Int32, _ base: ReportBase) -> BackendAnswer {
        let keys = StationSettings.Key.allCases.filter { $0.variable != nil }
        let pages = stride(from: 0, to: keys.count, by: 2).map { Array(keys[$0..<min($0 + 2, keys.count)]) }
        for (number, page) in pages.enumerated() {
            let isLast = number == pages.count - 1
            let time = wall.text
            let values = page.map { (key: $0, value: value(of: $0)) }
            errands.append(
                .other(
                    .report,
                    OCPPPayload { json in
                        json.integer("requestId", request)
                        json.string("generatedAt", time)
                        json.integer("seqNo", number)
                        json.bool("tbc", !isLast)
                        json.array("reportData") { list in for (key, value) in values { list.object { $0.variable(key, value) } } }
                    }))
        }
        return .status(.accepted)
    }
}

extension JSONWriter {
    /// A variable as a report has it.
    fileprivate mutating func variable(_ key: StationSettings.Key, _ value: String) {
        guard let name = key.variable else { return }
        object("component") { $0.string("name", name.component) }
        object("variable") { $0.string("name", name.variable) }
        array("variableAttribute") { list in
            list.object {
                $0.string("value", value)
                $0.string("mutability", key.isReadOnly ? "ReadOnly" : "ReadWrite")
            }
        }
    }
}
