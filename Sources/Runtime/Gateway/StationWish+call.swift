public import ChargingModel
internal import JSON
public import OCPP

extension StationWish {
    /// The call by which a station is asked; `nil` for a wish that is none of the station's.
    /// - Parameter report: the number by which the parts of a report refer to it.
    public func call(report: Int32) -> BackendCall? {
        func place(_ connector: Int?) -> ConnectorPlace? { connector.map { ConnectorPlace(evse: Int32(clamping: $0)) } }
        return switch self {
        case .reset(let isImmediate, let connector): .reset(isImmediate ? .immediate : .graceful, evse: connector.map { Int32(clamping: $0) })
        case .unlock(let connector): .unlock(ConnectorPlace(evse: Int32(clamping: connector)))
        case .trigger(let message, let connector): TriggeredMessage(rawValue: message.rawValue).map { .trigger($0, place(connector)) }
        case .getConfiguration(let keys): .getConfiguration(keys)
        case .changeConfiguration(let key, let value): .changeConfiguration(key: key, value: value)
        case .getVariables(let variables): .getVariables(variables.map { VariableName($0) })
        case .setVariables(let variables): .setVariables(variables.map { VariableSetting(VariableName($0), $0.value ?? "") })
        case .getBaseReport(let base): ReportBase(rawValue: base.rawValue).map { .getBaseReport(request: report, $0) }
        case .clearCache: .clearCache
        case .sendLocalList(let page): .sendLocalList(LocalList(version: page.version, isFull: page.isFull, page.entries.map { LocalList.Entry($0) }))
        case .getLocalListVersion: .getLocalListVersion
        case .tail: nil
        }
    }
}

extension VariableName {
    fileprivate init(_ variable: StationVariable) {
        self.init(
            variable.component, variable.variable, componentInstance: variable.componentInstance,
            place: variable.connector.map { ConnectorPlace(evse: Int32(clamping: $0)) }, variableInstance: variable.variableInstance,
            attribute: variable.attribute.flatMap { Attribute(rawValue: $0.rawValue) })
    }
}

extension LocalList.Entry {
    fileprivate init(_ entry: LocalListPage.Entry) {
        let status: TokenStatus =
            switch entry.state {
            case .valid: .accepted
            case .blocked: .blocked
            case .expired: .expired
            }
        self.init(IDToken(entry.token.text), TokenInfo(status, expires: entry.expires.map { OCPPTime($0) }))
    }
}

/// A station's answer to a wish, for Central: what came of it, in a word and for people, and its payload.
public struct WishAnswer: Hashable, Sendable {
    public var outcome: StationReply.Outcome
    /// True when the station did, or will do, what was wanted.
    public var isDone: Bool
    public var words: String
    public var payload: String?
    /// The most entries of a local list that the station takes at once, where it says so here.
    public var listPage: Int?

    public init(_ outcome: StationReply.Outcome, isDone: Bool = false, _ words: String, payload: String? = nil) {
        self.outcome = outcome
        self.isDone = isDone
        self.words = words
        self.payload = payload
    }

    /// - Parameter version: the one that was spoken when it was asked.
    public init(_ outcome: StationCore.CallOutcome, to call: BackendCall, in version: OCPPVersion) {
        switch outcome {
        case .refused(let words): self.init(.refused, "the station refuses: \(words)")
        case .noAnswer: self.init(.noAnswer, "the station does not answer")
        case .notConnected: self.init(.notConnected, "the station is not connected")
        case .notInThisVersion: self.init(.notInThisVersion, "OCPP \(version.rawValue), which the station speaks, has no such call")
        case .answered(let payload): self.init(answered: payload, to: call, in: version)
        }
    }

    private init(answered payload: OCPPPayload, to call: BackendCall, in version: OCPPVersion) {
        guard let answer = try? BackendAnswer.read(payload, to: call.action(in: version), in: version).value else {
            self.init(.answered, "the station's answer can't be understood", payload: payload.description)
            return
        }
        let (isDone, words) = WishAnswer.verdict(on: answer)
        self.init(.answered, isDone: isDone, words, payload: payload.description)
        listPage = WishAnswer.listPage(in: answer)
    }

    private static func verdict(on answer: BackendAnswer) -> (isDone: Bool, words: String) {
        switch answer {
        case .status(let status, let reason), .started(let status, _, let reason):
            let why = reason.map { " (\($0.code)\($0.info.map { ": \($0)" } ?? ""))" } ?? ""
            return (status.isSuccess, "the station says \(status.rawValue)\(why)")
        case .configuration(let entries, let unknown):
            let missing = unknown.isEmpty ? "" : "; it does not know \(unknown.joined(separator: ", "))"
            return (!entries.isEmpty || unknown.isEmpty, "\(entries.count) configuration keys\(missing)")
        case .variables(let results):
            let failed = results.filter { !$0.status.isSuccess }
            let words = failed.map { "\($0.name): \($0.status.rawValue)" }.joined(separator: ", ")
            return (failed.isEmpty && !results.isEmpty, failed.isEmpty ? "\(results.count) variables" : words)
        case .listVersion(let number):
            return (number >= 0, number < 0 ? "the station keeps no local list" : number == 0 ? "the local list is empty" : "version \(number)")
        case .data(let status, _): return (status.isSuccess, "the station says \(status.rawValue)")
        case .other: return (true, "the station has answered")
        }
    }

    private static func listPage(in answer: BackendAnswer) -> Int? {
        let text: String? =
            switch answer {
            case .configuration(let entries, _): entries.first { $0.key.lowercased() == "sendlocallistmaxlength" }?.value
            case .variables(let results):
                results.first { $0.name.component == "LocalAuthListCtrlr" && $0.name.variable == "ItemsPerMessage" && $0.status == .accepted }?.value
            default: nil
            }
        guard let text, let number = Int(text), number >= 1 else { return nil }
        return min(number, LocalListPage.most)
    }

    /// The replies that tell it: its payload in pieces, none longer than the bus allows.
    /// - Parameter hasMore: true when a report follows.
    public func replies(to command: StationCommand, from part: Int = 0, hasMore: Bool = false) -> [StationReply] {
        let pieces = payload.map { WishAnswer.pieces(of: $0) } ?? []
        return (0..<max(1, pieces.count)).map { index in
            var reply = StationReply(
                epoch: 0, gateway: command.gateway, station: command.station, id: command.id, outcome: outcome, isDone: isDone, words: words)
            reply.part = part + index
            reply.isCut = index + 1 < pieces.count
            reply.hasMore = hasMore || reply.isCut
            reply.payload = pieces.isEmpty ? nil : pieces[index]
            return reply
        }
    }

    private static func pieces(of text: String) -> [String] {
        let bytes = Array(text.utf8)
        var pieces: [String] = []
        var start = 0
        while start < bytes.count {
            var end = min(bytes.count, start + StationReply.partLimit)
            // Not within a character.
            while end < bytes.count, end > start, bytes[end] & 0xC0 == 0x80 { end -= 1 }
            pieces.append(String(decoding: bytes[start..<end], as: UTF8.self))
            start = end
        }
        return pieces
    }
}

extension AnswerStatus {
    /// True when the station did, or will do, what was wanted.
    fileprivate var isSuccess: Bool {
        switch self {
        case .accepted, .scheduled, .rebootRequired, .unlocked: true
        default: false
        }
    }
}
