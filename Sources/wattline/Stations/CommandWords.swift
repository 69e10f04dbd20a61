import ChargingModel
import ChargingProtocol
import JSON
import Settings

/// A station's command as a person types it.
struct CommandWords {
    var command: String
    var words: [String]
    var isImmediate: Bool
    var connector: Int?

    /// The body of the request.
    /// - Throws: what is wrong with the words, and what was expected.
    func body() throws -> [UInt8] {
        guard let name = StationWish.Name(rawValue: command), name != .tail else {
            if StationWish.notSupported.contains(command) { return try plain([]) }
            let names = StationWish.Name.allCases.filter { $0 != .tail }.map(\.rawValue)
            throw SettingError("COMMAND", value: command, expected: names.joined(separator: ", "))
        }
        if isImmediate, name != .reset { throw SettingError("--immediate", value: nil, expected: "to be said of reset alone") }
        switch name {
        case .reset: return try plain([], .reset(isImmediate: isImmediate, connector: connector))
        case .unlock:
            guard let connector else { throw SettingError("--connector", value: nil, expected: "the connector to unlock, 1 to 64") }
            return try plain([], .unlock(connector: connector))
        case .trigger:
            try need(1, "the message")
            guard let message = StationTrigger.allCases.first(where: { $0.rawValue.lowercased() == words[0].lowercased() }) else {
                throw SettingError("MESSAGE", value: words[0], expected: StationTrigger.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return StationWish.trigger(message, connector: connector).body
        case .getConfiguration: return StationWish.getConfiguration(words).body
        case .changeConfiguration:
            try need(2, "a key and its value")
            return StationWish.changeConfiguration(key: words[0], value: words[1]).body
        case .getVariables: return StationWish.getVariables(try words.map { try variable($0) }).body
        case .setVariables: return StationWish.setVariables(try words.map { try setting($0) }).body
        case .getBaseReport: return StationWish.getBaseReport(try base()).body
        case .clearCache: return try plain([], .clearCache)
        case .getLocalListVersion: return try plain([], .getLocalListVersion)
        case .sendLocalList, .tail: return try plain([])
        }
    }

    private func need(_ count: Int, _ what: String) throws {
        guard words.count == count else { throw SettingError(command, value: words.joined(separator: " "), expected: what) }
    }

    /// A command without further words.
    private func plain(_ words: [String], _ wish: StationWish? = nil) throws -> [UInt8] {
        try need(0, "nothing behind it")
        if let wish { return wish.body }
        var json = JSONWriter()
        json.object { $0.string("command", command) }
        return json.bytes
    }

    private func base() throws -> StationReportBase {
        switch words {
        case [], ["full"]: return .full
        case ["configuration"]: return .configuration
        case ["summary"]: return .summary
        default: throw SettingError("get-base-report", value: words.joined(separator: " "), expected: "full, configuration or summary")
        }
    }

    private func variable(_ text: String) throws -> StationVariable {
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw SettingError("COMPONENT.VARIABLE", value: text, expected: "a name like OCPPCommCtrlr.HeartbeatInterval")
        }
        return StationVariable(component: parts[0], connector: connector, variable: parts[1])
    }

    private func setting(_ text: String) throws -> StationVariable {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw SettingError("COMPONENT.VARIABLE=VALUE", value: text, expected: "a setting like AlignedDataCtrlr.Interval=900")
        }
        var variable = try variable(parts[0])
        variable.value = parts[1]
        return variable
    }
}

/// A station's answer in words.
enum CommandText {
    static func json(_ result: JSONObject) -> String {
        var json = JSONWriter()
        json.object { object in for member in result.all { object.decimal(member.name, member.value.text) } }
        json.lineBreak()
        return json.text
    }

    /// The rest of an answer besides its outcome: keys and values, a line each; the variables of a report.
    /// - Parameter besides: the number of parts of a report that are told already.
    static func details(_ result: JSONObject, besides: Int = 0) -> String {
        var lines: [String] = []
        let payload = result["payload"]?.object
        for entry in objects(payload?["configurationKey"]) {
            lines.append("  \(word(entry["key"])) = \(word(entry["value"]))" + (entry["readonly"]?.bool == true ? "  (read only)" : ""))
        }
        for entry in objects(payload?["getVariableResult"]) + objects(payload?["setVariableResult"]) {
            let value = entry["attributeValue"]?.string.map { " = \($0)" } ?? ""
            lines.append("  \(variable(entry))\(value)  (\(word(entry["attributeStatus"])))")
        }
        if let pages = result["pages"]?.object, let taken = pages["taken"]?.number?.integer, let all = pages["all"]?.number?.integer {
            lines.append("  \(taken) of \(all) pages are there, version \(pages["version"]?.number?.integer ?? 0)")
        }
        let reports = (result["reports"]?.elements ?? []).dropFirst(besides).compactMap(\.object).map { self.lines(of: $0) }
        return reports.joined() + lines.map { harmlessLine($0) + "\n" }.joined()
    }

    /// The variables in a part of a report, a line each.
    static func lines(of report: JSONObject) -> String {
        objects(report["reportData"]).map { entry in
            let values = objects(entry["variableAttribute"]).map { word($0["value"]) }
            return harmlessLine("  \(variable(entry)) = \(values.joined(separator: ", "))") + "\n"
        }.joined()
    }

    private static func harmlessLine(_ text: String) -> String { text.bounded(to: 2600) }

    private static func variable(_ entry: JSONObject) -> String {
        let component = entry["component"]?.object
        let evse = component?["evse"]?.object?["id"]?.number?.integer.map { "[\($0)]" } ?? ""
        return "\(word(component?["name"]))\(evse).\(word(entry["variable"]?.object?["name"]))"
    }

    private static func word(_ value: JSONValue?) -> String { value?.string ?? "" }
    private static func objects(_ value: JSONValue?) -> [JSONObject] { (value?.elements ?? []).compactMap(\.object) }
}
