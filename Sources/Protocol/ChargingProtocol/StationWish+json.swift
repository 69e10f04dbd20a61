public import ChargingModel
internal import JSON

extension StationWish {
    /// A wish as an operator writes it: as in a command on the bus, with no field too many. Of a local list only its name; Central makes the rest.
    public enum Written: Hashable, Sendable {
        case wish(StationWish)
        case localList
        /// Something that no station of ours does: firmware, diagnostics, reservations, charging profiles.
        case notSupported(String)
    }

    /// The names of what OCPP has, and what is not supported here.
    public static let notSupported = [
        "update-firmware", "get-diagnostics", "get-log", "reserve-now", "cancel-reservation", "set-charging-profile", "clear-charging-profile",
        "get-composite-schedule",
    ]

    /// Reads what an operator wrote.
    /// - Throws: the field that is wrong, what was found there, and what was expected.
    public static func read(_ body: [UInt8]) throws(Rejection) -> Written {
        let fields = try NamedFields(body)
        let name = try fields.text("command", to: 60)
        if notSupported.contains(name) { return .notSupported(name) }
        let names = Name.allCases.filter { $0 != .tail }
        guard let known = names.first(where: { $0.rawValue == name }) else {
            throw Rejection(
                .outOfRange, field: "command", found: name, expected: (names.map(\.rawValue) + notSupported).joined(separator: ", "))
        }
        try fields.allowOnly(["command"] + (known == .sendLocalList ? [] : known.fields))
        if known.fields.contains("variables") {
            let names = StationVariable.fields + (known == .setVariables ? ["value"] : [])
            _ = try fields.objects("variables", most: mostVariables) { (one) throws(Rejection) in try one.allowOnly(names) }
        }
        return known == .sendLocalList ? .localList : .wish(try StationWish(fields))
    }

    /// A connector of a station, or an EVSE.
    static let connectors: ClosedRange<Int64> = 1...64

    init(_ fields: NamedFields) throws(Rejection) {
        let name: Name = try fields.word("command")
        func connector() throws(Rejection) -> Int? { try fields.numberIfPresent("connector", StationWish.connectors).map { Int($0) } }
        switch name {
        case .reset: self = .reset(isImmediate: try fields.boolIfPresent("immediate") ?? false, connector: try connector())
        case .unlock: self = .unlock(connector: Int(try fields.number("connector", StationWish.connectors)))
        case .trigger: self = .trigger(try fields.word("message"), connector: try connector())
        case .getConfiguration: self = .getConfiguration(try fields.texts("keys", most: Self.mostKeys, longest: Self.keyLimit))
        case .changeConfiguration:
            self = .changeConfiguration(key: try fields.whole("key", most: Self.keyLimit), value: try fields.whole("value", most: Self.valueLimit))
        case .getVariables: self = .getVariables(try StationVariable.list(fields, withValues: false))
        case .setVariables: self = .setVariables(try StationVariable.list(fields, withValues: true))
        case .getBaseReport: self = .getBaseReport(try fields.wordIfPresent("base") ?? .full)
        case .clearCache: self = .clearCache
        case .sendLocalList: self = .sendLocalList(try LocalListPage(fields))
        case .getLocalListVersion: self = .getLocalListVersion
        case .tail: self = .tail
        }
    }

    /// The wish as an operator writes it, as a JSON object.
    public var body: [UInt8] {
        var json = JSONWriter()
        json.object(nil) { write(&$0) }
        return json.bytes
    }

    func write(_ json: inout JSONWriter) {
        json.string("command", name.rawValue)
        switch self {
        case .reset(let isImmediate, let connector):
            json.bool("immediate", isImmediate)
            if let connector { json.integer("connector", connector) }
        case .unlock(let connector): json.integer("connector", connector)
        case .trigger(let message, let connector):
            json.string("message", message.rawValue)
            if let connector { json.integer("connector", connector) }
        case .getConfiguration(let keys): json.array("keys") { array in for key in keys { array.string(nil, key) } }
        case .changeConfiguration(let key, let value):
            json.string("key", key)
            json.string("value", value)
        case .getVariables(let variables), .setVariables(let variables):
            json.array("variables") { array in for variable in variables { array.object { variable.write(&$0) } } }
        case .getBaseReport(let base): json.string("base", base.rawValue)
        case .sendLocalList(let page): page.write(&json)
        case .clearCache, .getLocalListVersion, .tail: break
        }
    }
}

extension StationWish.Written {
    /// The wish as an operator writes it, as a JSON object.
    public var body: [UInt8] {
        var json = JSONWriter()
        switch self {
        case .wish(let wish): return wish.body
        case .localList: json.object(nil) { $0.string("command", StationWish.Name.sendLocalList.rawValue) }
        case .notSupported(let name): json.object(nil) { $0.string("command", name) }
        }
        return json.bytes
    }
}

extension StationWish.Name {
    /// The fields that it may have besides its name.
    fileprivate var fields: [String] {
        switch self {
        case .reset: ["immediate", "connector"]
        case .unlock: ["connector"]
        case .trigger: ["message", "connector"]
        case .getConfiguration: ["keys"]
        case .changeConfiguration: ["key", "value"]
        case .getVariables, .setVariables: ["variables"]
        case .getBaseReport: ["base"]
        case .sendLocalList: ["version", "full", "tokens"]
        case .clearCache, .getLocalListVersion, .tail: []
        }
    }
}

extension StationVariable {
    fileprivate static let fields = ["component", "component_instance", "connector", "variable", "variable_instance", "attribute"]

    fileprivate static func list(_ fields: NamedFields, withValues: Bool) throws(Rejection) -> [StationVariable] {
        let list = try fields.objects("variables", most: StationWish.mostVariables) { (one) throws(Rejection) in
            try StationVariable(one, withValue: withValues)
        }
        guard !list.isEmpty else {
            throw Rejection(.missingField, field: "variables", expected: "an array of 1 to \(StationWish.mostVariables) objects")
        }
        return list
    }

    private init(_ fields: NamedFields, withValue: Bool) throws(Rejection) {
        self.init(
            component: try fields.whole("component", most: Self.nameLimit),
            componentInstance: try fields.wholeIfPresent("component_instance", most: Self.nameLimit),
            connector: try fields.numberIfPresent("connector", StationWish.connectors).map { Int($0) },
            variable: try fields.whole("variable", most: Self.nameLimit),
            variableInstance: try fields.wholeIfPresent("variable_instance", most: Self.nameLimit), attribute: try fields.wordIfPresent("attribute"),
            value: withValue ? try fields.whole("value", most: StationWish.valueLimit) : nil)
    }

    fileprivate func write(_ json: inout JSONWriter) {
        json.string("component", component)
        if let componentInstance { json.string("component_instance", componentInstance) }
        if let connector { json.integer("connector", connector) }
        json.string("variable", variable)
        if let variableInstance { json.string("variable_instance", variableInstance) }
        if let attribute { json.string("attribute", attribute.rawValue) }
        if let value { json.string("value", value) }
    }
}

extension LocalListPage {
    fileprivate init(_ fields: NamedFields) throws(Rejection) {
        self.init(
            version: Int32(try fields.number("version", 1...Int64(Int32.max))), isFull: try fields.bool("full"),
            try fields.objects("tokens", most: LocalListPage.most) { (one) throws(Rejection) in try Entry(one) })
    }

    fileprivate func write(_ json: inout JSONWriter) {
        json.integer("version", version)
        json.bool("full", isFull)
        json.array("tokens") { array in for entry in entries { array.object { entry.write(&$0) } } }
    }
}

extension LocalListPage.Entry {
    fileprivate init(_ fields: NamedFields) throws(Rejection) {
        self.init(try fields.id("token"), try fields.word("state"), expires: try fields.timeIfPresent("expires"))
    }

    fileprivate func write(_ json: inout JSONWriter) {
        json.string("token", token.text)
        json.string("state", state.rawValue)
        if let expires { json.string("expires", expires.text) }
    }
}
