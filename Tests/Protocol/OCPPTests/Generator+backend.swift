@testable import OCPP

extension Generator {
    /// A call of an action that is understood; `nil` for the others.
    mutating func backendCall(_ action: BackendAction) -> BackendCall? {
        switch action {
        case .changeAvailability: .changeAvailability(place(from: 1), isOperative: bool())
        case .clearCache: .clearCache
        case .dataTransfer: .dataTransfer(vendor: text(255), message: maybe { $0.text(50) }, data: maybe { $0.text(99, from: 0) })
        case .getLocalListVersion: .getLocalListVersion
        case .reset: .reset(bool() ? .immediate : .graceful, evse: isOld ? nil : maybe { $0.evse() })
        case .sendLocalList: .sendLocalList(localList())
        case .trigger:
            .trigger(one(of: TriggeredMessage.allCases.filter { $0.exists(in: version) }), maybe { $0.place(from: 1) })
        case .unlock: .unlock(place(from: 1))
        case .remoteStart: .remoteStart(RemoteStart(token: token(), evse: maybe { $0.evse(from: 1) }))
        case .requestStart: .remoteStart(RemoteStart(token: token(), evse: maybe { $0.evse(from: 1) }, id: Int32(number32())))
        case .remoteStop: .remoteStop(.number(number32()))
        case .requestStop: .remoteStop(.text(text(36)))
        case .getConfiguration: .getConfiguration(some(0...5) { $0.text(50) })
        case .changeConfiguration: .changeConfiguration(key: text(50), value: text(500, from: 0))
        case .getVariables: .getVariables(some(1...5) { $0.variable() })
        case .setVariables: .setVariables(some(1...5) { VariableSetting($0.variable(), $0.text(1000, from: 0)) })
        case .getBaseReport: .getBaseReport(request: Int32(number32()), one(of: ReportBase.allCases))
        default: nil
        }
    }

    mutating func backendAnswer(to action: BackendAction) -> BackendAnswer? {
        switch action {
        case .changeAvailability, .clearCache, .reset, .sendLocalList, .trigger, .unlock, .remoteStop, .requestStop, .changeConfiguration,
            .getBaseReport:
            .status(status(action), reason: isOld ? nil : maybe { $0.reason() })
        case .remoteStart: .started(status(action), transaction: nil)
        case .requestStart: .started(status(action), transaction: maybe { $0.text(36) }, reason: maybe { $0.reason() })
        case .getLocalListVersion: .listVersion(number(-1...Int64(Int32.max)))
        case .dataTransfer: .data(status(action), data: maybe { $0.text(99, from: 0) })
        case .getConfiguration:
            .configuration(
                some(0...9) { ConfigurationEntry($0.text(50), isReadOnly: $0.bool(), value: $0.maybe { $0.text(500, from: 0) }) },
                unknown: some(0...5) { $0.text(50) })
        case .getVariables:
            .variables(some(1...5) { VariableResult($0.variable(), $0.status(action), value: $0.maybe { $0.text(2500, from: 0) }) })
        case .setVariables: .variables(some(1...5) { VariableResult($0.variable(), $0.status(action)) })
        default: nil
        }
    }

    private mutating func status(_ action: BackendAction) -> AnswerStatus { one(of: AnswerStatus.allCases).nearest(to: action, in: version) }
    private mutating func reason() -> StatusReason { StatusReason(text(20), info: maybe { $0.text(512) }) }

    private mutating func variable() -> VariableName {
        VariableName(
            text(50), text(50), componentInstance: maybe { $0.text(50) }, place: maybe { $0.place() }, variableInstance: maybe { $0.text(50) },
            attribute: maybe { $0.one(of: VariableName.Attribute.allCases) })
    }

    private mutating func localList() -> LocalList {
        LocalList(
            version: Int32(number32()), isFull: bool(), some(0...5) { LocalList.Entry($0.token(), $0.maybe { $0.tokenInfo() }) })
    }
}
