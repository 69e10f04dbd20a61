import Testing

@testable import OCPP

@Suite("OCPP: what a backend asks, and what it is answered") struct BackendTests {
    /// A call, its action and payload in 1.6 and in 2.0.1; `nil` where the version can't say it.
    static let calls: [(BackendCall, [String]?, [String]?)] = [
        (
            .remoteStart(RemoteStart(token: IDToken("A"), evse: 2, id: 7)), ["RemoteStartTransaction", #"{"idTag":"A","connectorId":2}"#],
            ["RequestStartTransaction", #"{"idToken":{"idToken":"A","type":"Central"},"evseId":2,"remoteStartId":7}"#]
        ),
        (.remoteStop(.number(7)), ["RemoteStopTransaction", #"{"transactionId":7}"#], nil),
        (.remoteStop(.text("T-1")), nil, ["RequestStopTransaction", #"{"transactionId":"T-1"}"#]),
        (
            .changeAvailability(.station, isOperative: false), ["ChangeAvailability", #"{"connectorId":0,"type":"Inoperative"}"#],
            ["ChangeAvailability", #"{"operationalStatus":"Inoperative"}"#]
        ),
        (
            .changeAvailability(ConnectorPlace(evse: 1), isOperative: true), ["ChangeAvailability", #"{"connectorId":1,"type":"Operative"}"#],
            ["ChangeAvailability", #"{"evse":{"id":1},"operationalStatus":"Operative"}"#]
        ),
        (.reset(.immediate, evse: nil), ["Reset", #"{"type":"Hard"}"#], ["Reset", #"{"type":"Immediate"}"#]),
        (.reset(.graceful, evse: 1), ["Reset", #"{"type":"Soft"}"#], ["Reset", #"{"type":"OnIdle","evseId":1}"#]),
        (
            .unlock(ConnectorPlace(evse: 1)), ["UnlockConnector", #"{"connectorId":1}"#], ["UnlockConnector", #"{"evseId":1,"connectorId":1}"#]
        ),
        (
            .trigger(.status, ConnectorPlace(evse: 1)), ["TriggerMessage", #"{"requestedMessage":"StatusNotification","connectorId":1}"#],
            ["TriggerMessage", #"{"requestedMessage":"StatusNotification","evse":{"id":1}}"#]
        ),
        (.getConfiguration([]), ["GetConfiguration", "{}"], nil),
        (.getConfiguration(["HeartbeatInterval"]), ["GetConfiguration", #"{"key":["HeartbeatInterval"]}"#], nil),
        (.changeConfiguration(key: "K", value: "5"), ["ChangeConfiguration", #"{"key":"K","value":"5"}"#], nil),
        (
            .getVariables([VariableName("OCPPCommCtrlr", "HeartbeatInterval")]), nil,
            ["GetVariables", #"{"getVariableData":[{"component":{"name":"OCPPCommCtrlr"},"variable":{"name":"HeartbeatInterval"}}]}"#]
        ),
        (
            .setVariables([VariableSetting(VariableName("C", "V", attribute: .target), "5")]), nil,
            [
                "SetVariables",
                #"{"setVariableData":[{"attributeValue":"5","attributeType":"Target","component":{"name":"C"},"variable":{"name":"V"}}]}"#,
            ]
        ),
        (.getBaseReport(request: 7, .full), nil, ["GetBaseReport", #"{"requestId":7,"reportBase":"FullInventory"}"#]),
        (.clearCache, ["ClearCache", "{}"], ["ClearCache", "{}"]),
        (
            .sendLocalList(LocalList(version: 3, isFull: true, [LocalList.Entry(IDToken("A"), TokenInfo(.unknown))])),
            [
                "SendLocalList",
                #"{"listVersion":3,"updateType":"Full","localAuthorizationList":[{"idTag":"A","idTagInfo":{"status":"Invalid"}}]}"#,
            ],
            [
                "SendLocalList",
                #"{"versionNumber":3,"updateType":"Full","localAuthorizationList":[{"idToken":{"idToken":"A","type":"Central"},"idTokenInfo":"#
                    + #"{"status":"Unknown"}}]}"#,
            ]
        ),
        (.getLocalListVersion, ["GetLocalListVersion", "{}"], ["GetLocalListVersion", "{}"]),
        (
            .dataTransfer(vendor: "V", message: nil, data: "d"), ["DataTransfer", #"{"data":"d","vendorId":"V"}"#],
            ["DataTransfer", #"{"data":"d","vendorId":"V"}"#]
        ),
    ]

    @Test("each call is written as its version has it", arguments: calls)
    func writes(_ call: BackendCall, _ v16: [String]?, _ v201: [String]?) {
        for (version, expected) in [(OCPPVersion.v16, v16), (.v201, v201)] {
            let written = call.payload(in: version).map { [call.action(in: version).rawValue, $0.description] }
            #expect(written == expected)
        }
    }

    @Test("what a station refuses is read with its reason")
    func reasons() throws {
        let text = #"{"status":"Rejected","statusInfo":{"reasonCode":"Busy","additionalInfo":"in use"}}"#
        #expect(
            try BackendAnswer.read(payload(text), to: .reset, in: .v201).value == .status(.rejected, reason: StatusReason("Busy", info: "in use")))
    }

    @Test("one odd key or variable costs the others nothing")
    func holes() throws {
        let keys = #"{"configurationKey":[{"key":"A","readonly":"true","value":5},{"value":"x"},{"key":"B"}],"unknownKey":"C"}"#
        let read = try BackendAnswer.read(payload(keys), to: .getConfiguration, in: .v16)
        #expect(
            read.value
                == .configuration(
                    [ConfigurationEntry("A", isReadOnly: true, value: "5"), ConfigurationEntry("B", isReadOnly: false, value: nil)], unknown: ["C"]))
        let variables =
            #"{"getVariableResult":[{"attributeStatus":"Accepted"},{"attributeStatus":"Accepted","attributeValue":"5","component":"#
            + #"{"name":"C"},"variable":{"name":"V"}}]}"#
        #expect(
            try BackendAnswer.read(payload(variables), to: .getVariables, in: .v201).value
                == .variables([VariableResult(VariableName("C", "V"), .accepted, value: "5")]))
    }

    @Test("a long configuration is read whole")
    func longConfiguration() throws {
        let keys = (0..<3000).map { "{\"key\":\"K\($0)\",\"readonly\":false,\"value\":\"\(String(repeating: "v", count: 100))\"}" }
        let read = try BackendAnswer.read(payload("{\"configurationKey\":[\(keys.joined(separator: ","))]}"), to: .getConfiguration, in: .v16)
        guard case .configuration(let entries, unknown: []) = read.value else { return }
        #expect(entries.count == 3000)
        #expect(entries.last?.key == "K2999")
    }

    @Test("an answer that is none fails its call")
    func faults() throws {
        let nothing = try payload("{}")
        #expect(throws: OCPPFault.self) { try BackendAnswer.read(nothing, to: .reset, in: .v16) }
        #expect(throws: OCPPFault.self) { try StationAnswer.read(nothing, to: .start, in: .v16) }
        #expect(throws: OCPPFault.self) { try StationAnswer.read(nothing, to: .boot, in: .v201) }
    }

    @Test("firmware, diagnostics, reservations and profiles are not supported, as specified")
    func unsupported() throws {
        #expect(try BackendAnswer.usual(to: .setChargingProfile, in: .v16) == .other(payload(#"{"status":"NotSupported"}"#)))
        #expect(try BackendAnswer.usual(to: .getDiagnostics, in: .v16) == .other(.empty))
        for version in OCPPVersion.allCases {
            for action in [BackendAction.updateFirmware, .reserveNow, .cancelReservation, .clearChargingProfile, .getLog] {
                let fault = try #require(throws: OCPPFault.self) { try BackendAnswer.usual(to: action, in: version) }
                #expect(fault.answer(to: "1", in: version).text == "[4,\"1\",\"NotSupported\",\"\(action.rawValue) is not supported here\",{}]")
            }
        }
    }

    @Test("an action of the other version is not implemented")
    func otherVersion() throws {
        let nothing = try payload("{}")
        for (action, version) in [("GetVariables", OCPPVersion.v16), ("GetConfiguration", .v201), ("BootNotification", .v16)] {
            let fault = try #require(throws: OCPPFault.self) { try BackendCall.read(action, nothing, in: version) }
            #expect(fault.code == .notImplemented)
        }
    }

    @Test("a word that a version lacks becomes its nearest")
    func nearest() {
        #expect(AnswerStatus.scheduled.nearest(to: .reset, in: .v16) == .accepted)
        #expect(AnswerStatus.accepted.nearest(to: .unlock, in: .v201) == .unlocked)
        #expect(AnswerStatus.ongoingTransaction.nearest(to: .unlock, in: .v16) == .unlockFailed)
        #expect(AnswerStatus.notSupported.nearest(to: .sendLocalList, in: .v201) == .failed)
        #expect(TokenStatus.noCredit.nearest(in: .v16) == .invalid)
        #expect(ConnectorStatus.charging.nearest(in: .v201) == .occupied)
        #expect(StopReason.hardReset.nearest(in: .v201) == .immediateReset)
    }
}
