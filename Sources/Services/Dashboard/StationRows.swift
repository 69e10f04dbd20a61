internal import ChargingModel
internal import JSON
internal import Services

/// Stations and gateways as JSON.
extension StationBook {
    /// `GET /stations`: the gateways with those who want in, and the stations.
    var table: [UInt8] {
        var json = JSONWriter(capacity: 4096)
        json.object { object in
            object.array("gateways") { array in for gateway in gateways { array.object { gateway.writeRow(&$0) } } }
            object.array("stations") { array in for station in stations { array.object { station.writeRow(&$0) } } }
        }
        json.lineBreak()
        return json.bytes
    }

}

extension GatewayReport {
    fileprivate func writeRow(_ row: inout JSONWriter) {
        row.string("gateway", gateway.text)
        row.bool("online", online)
        row.text("reason", reason)
        row.text("address", address)
        row.text("software", software)
        row.integer("stations", known)
        row.integer("connected", connected)
        row.object("refused") { counts in
            counts.integer("400", refusals.malformed)
            counts.integer("401", refusals.unauthorized)
            counts.integer("403", refusals.forbidden)
            counts.integer("404", refusals.unknown)
        }
        row.array("wants_in") { array in
            for stranger in wantsIn {
                array.object { one in
                    one.string("station", stranger.name)
                    one.string("address", stranger.address)
                    one.integer("status", stranger.status)
                    one.string("why", stranger.why)
                    one.string("at", stranger.at.text)
                    one.integer("times", stranger.times)
                }
            }
        }
    }
}

extension StationAbout {
    /// `GET /stations/{station}`.
    var row: [UInt8] {
        var json = JSONWriter()
        json.object { writeRow(&$0) }
        json.lineBreak()
        return json.bytes
    }

    fileprivate func writeRow(_ row: inout JSONWriter) {
        row.string("station", station.text)
        row.string("name", name)
        row.string("gateway", gateway.text)
        row.bool("connected", isConnected)
        row.text("since", since?.text)
        row.text("version", version)
        row.text("vendor", vendor)
        row.text("model", model)
        row.text("serial", serial)
        row.text("firmware", firmware)
        if let clockAhead { row.integer("clock_ahead_s", clockAhead) } else { row.null("clock_ahead_s") }
        row.array("connectors") { array in
            for connector in connectors {
                array.object { one in
                    one.integer("number", connector.number)
                    one.string("cp", connector.cp.text)
                    one.text("status", connector.status)
                    one.text("error", connector.error)
                }
            }
        }
        row.array("quirks") { array in for quirk in quirks { array.string(nil, quirk) } }
    }
}

extension StationResult {
    /// The result of a command, on one line.
    func text(of station: ChargePointID) -> String {
        var json = JSONWriter(capacity: 1024)
        json.object { object in
            object.string("station", station.text)
            object.string("outcome", outcome.rawValue)
            object.bool("done", isDone)
            object.string("words", words)
            if let payload { object.payload("payload", payload) } else { object.null("payload") }
            object.array("reports") { array in for report in reports { array.payload(nil, report) } }
            if let pages {
                object.object("pages") { part in
                    part.integer("taken", pages.taken)
                    part.integer("all", pages.all)
                    part.integer("version", pages.version)
                }
            } else {
                object.null("pages")
            }
        }
        return json.text
    }
}

extension JSONWriter {
    fileprivate mutating func text(_ name: String, _ text: String?) { if let text { string(name, text) } else { null(name) } }

    /// Writes the JSON of a payload anew: what it was is not known, and a line must be one. What is none is written as a text.
    mutating func payload(_ name: String?, _ text: String) {
        if let value = try? JSONValue(Array(text.utf8)) { self.value(name, value) } else { string(name, text.bounded(to: 4096)) }
    }

    private mutating func value(_ name: String?, _ value: JSONValue) {
        switch value.kind {
        case .object: object(name) { inner in for member in value.object?.all ?? [] { inner.value(member.name, member.value) } }
        case .array: array(name) { inner in for element in value.elements ?? [] { inner.value(nil, element) } }
        case .string: string(name, value.string ?? "")
        case .bool: bool(name, value.bool ?? false)
        case .number: decimal(name, value.text)
        case .null: null(name)
        }
    }
}
