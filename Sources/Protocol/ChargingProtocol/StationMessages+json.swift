internal import ChargingModel
internal import JSON

extension StationMessage {
    init(_ fields: NamedFields, _ station: ChargePointID, _ leaf: Topic.StationLeaf) throws(Rejection) {
        try fields.require("station", station)
        switch leaf {
        case .about: self = .report(try StationAbout(fields, station))
        case .command: self = .command(try StationCommand(fields, station))
        case .answer: self = .reply(try StationReply(fields, station))
        case .frame: self = .frame(try StationFrame(fields, station))
        }
    }

    func write(_ json: inout JSONWriter) {
        json.integer("epoch", epoch)
        json.string("gateway", gateway.text)
        json.string("station", station.text)
        switch self {
        case .report(let report): report.write(&json)
        case .command(let command):
            json.string("id", command.id.text)
            command.wish.write(&json)
        case .reply(let reply): reply.write(&json)
        case .frame(let frame): frame.write(&json)
        }
    }

    /// True for a message that says the time for people.
    var isTimed: Bool { if case .frame = self { false } else { true } }
}

extension StationAbout {
    fileprivate init(_ fields: NamedFields, _ station: ChargePointID) throws(Rejection) {
        self.init(
            epoch: try fields.epoch(), gateway: try fields.id("gateway"), station: station, name: try fields.text("name"),
            isConnected: try fields.bool("connected"))
        since = try fields.timeIfPresent("since")
        version = try fields.textIfPresent("version", to: 16)
        vendor = try fields.textIfPresent("vendor", to: Self.textLimit)
        model = try fields.textIfPresent("model", to: Self.textLimit)
        serial = try fields.textIfPresent("serial", to: Self.textLimit)
        firmware = try fields.textIfPresent("firmware", to: Self.textLimit)
        clockAhead = try fields.numberIfPresent("clock_ahead_s", -Self.longestTime...Self.longestTime)
        listPage = try fields.numberIfPresent("list_page", 1...Int64(LocalListPage.most)).map { Int($0) }
        connectors = try fields.readable("connectors", most: Self.mostConnectors) { (one) throws(Rejection) in try Connector(one) }
        quirks = try fields.texts("quirks", most: Self.mostQuirks, longest: Self.quirkLimit).map { $0.bounded(to: Self.quirkLimit) }
        _ = try fields.time("ts")
    }

    /// A thousand years.
    static let longestTime: Int64 = 31_622_400_000

    fileprivate func write(_ json: inout JSONWriter) {
        json.string("name", name)
        json.bool("connected", isConnected)
        if let since { json.string("since", since.text) }
        for (field, text) in [("version", version), ("vendor", vendor), ("model", model), ("serial", serial), ("firmware", firmware)] {
            if let text { json.string(field, text.bounded(to: field == "version" ? 16 : Self.textLimit)) }
        }
        if let clockAhead { json.integer("clock_ahead_s", min(max(clockAhead, -Self.longestTime), Self.longestTime)) }
        if let listPage { json.integer("list_page", min(max(listPage, 1), LocalListPage.most)) }
        json.array("connectors") { array in for one in connectors.prefix(Self.mostConnectors) { array.object { one.write(&$0) } } }
        json.array("quirks") { array in for quirk in quirks.prefix(Self.mostQuirks) { array.string(nil, quirk.bounded(to: Self.quirkLimit)) } }
    }
}

extension StationAbout.Connector {
    fileprivate init(_ fields: NamedFields) throws(Rejection) {
        self.init(
            number: Int(try fields.number("number", 1...1000)), cp: try fields.id("cp"), status: try fields.textIfPresent("status"),
            error: try fields.textIfPresent("error"))
    }

    fileprivate func write(_ json: inout JSONWriter) {
        json.integer("number", number)
        json.string("cp", cp.text)
        if let status { json.string("status", status) }
        if let error { json.string("error", error) }
    }
}

extension StationCommand {
    fileprivate init(_ fields: NamedFields, _ station: ChargePointID) throws(Rejection) {
        self.init(
            epoch: try fields.epoch(), gateway: try fields.id("gateway"), station: station, id: try fields.id("id"), wish: try StationWish(fields))
        _ = try fields.time("ts")
    }
}

extension StationReply {
    fileprivate init(_ fields: NamedFields, _ station: ChargePointID) throws(Rejection) {
        self.init(
            epoch: try fields.epoch(), gateway: try fields.id("gateway"), station: station, id: try fields.id("id"),
            outcome: try fields.word("outcome"), isDone: try fields.bool("done"), words: try fields.text("words"))
        part = Int(try fields.number("part", 0...100_000))
        hasMore = try fields.bool("more")
        isCut = try fields.boolIfPresent("cut") ?? false
        payload = try fields.wholeIfPresent("payload", most: Self.partLimit)
        _ = try fields.time("ts")
    }

    fileprivate func write(_ json: inout JSONWriter) {
        json.string("id", id.text)
        json.string("outcome", outcome.rawValue)
        json.bool("done", isDone)
        json.string("words", words)
        json.integer("part", part)
        json.bool("more", hasMore)
        if isCut { json.bool("cut", true) }
        if let payload { json.string("payload", payload) }
    }
}

extension StationFrame {
    fileprivate init(_ fields: NamedFields, _ station: ChargePointID) throws(Rejection) {
        self.init(
            epoch: try fields.epoch(), gateway: try fields.id("gateway"), station: station, direction: try fields.word("direction"),
            at: try fields.time("at"), bytes: Int(try fields.count("bytes")),
            missed: UInt64(try fields.numberIfPresent("missed", 0...((1 << 53) - 1)) ?? 0),
            text: try fields.text("text", to: Self.textLimit))
    }

    fileprivate func write(_ json: inout JSONWriter) {
        json.string("direction", direction.rawValue)
        json.string("at", at.text)
        json.integer("bytes", bytes)
        if missed > 0 { json.integer("missed", min(missed, (1 << 53) - 1)) }
        json.string("text", text)
    }
}
