internal import ChargingModel
public import JSON
internal import Terminal

/// Stations that speak OCPP, from what Central tells of them over HTTP, for people.
public enum StationsText {
    /// The stations as a table, and then those who want in.
    /// - Parameter book: the answer of `GET /stations`.
    public static func text(_ book: JSONObject, colors: Bool) -> String {
        let stations = objects(book["stations"])
        let gateways = objects(book["gateways"])
        var text = gateways.isEmpty ? "No gateway was heard: wattline gateway, or wattline up --ocpp-port 9000.\n" : ""
        for gateway in gateways where gateway["online"]?.bool != true {
            text += "Gateway \(word(gateway["gateway"])) is offline: \(word(gateway["reason"]))\n"
        }
        if stations.isEmpty {
            text += gateways.isEmpty ? "" : "No station has been here.\n"
        } else {
            text += table(stations, colors: colors)
        }
        return text + strangers(gateways, colors: colors)
    }

    private static func table(_ stations: [JSONObject], colors: Bool) -> String {
        var table = Table(["STATION", "OCPP", "STATE", "SINCE (UTC)", "WHAT", "CLOCK", "CONNECTORS", "QUIRKS"].map { Table.Column($0) })
        for station in stations {
            let what = ["vendor", "model", "firmware"].map { word(station[$0]) }.filter { !$0.isEmpty }.joined(separator: " ")
            let connectors = objects(station["connectors"]).map { one in
                let error = word(one["error"])
                return "\(word(one["cp"]))\(word(one["status"], before: " "))" + (error.isEmpty ? "" : " (\(error))")
            }
            let quirks = (station["quirks"]?.elements ?? []).compactMap(\.string)
            let isConnected = station["connected"]?.bool == true
            table.add([
                word(station["name"]), word(station["version"]), isConnected ? "connected" : "away", since(station["since"]), what.bounded(to: 60),
                clock(station["clock_ahead_s"]), connectors.joined(separator: ", "), quirks.joined(separator: ", "),
            ])
        }
        return table.text(colors: colors)
    }

    private static func strangers(_ gateways: [JSONObject], colors: Bool) -> String {
        let all = gateways.flatMap { objects($0["wants_in"]) }
        guard !all.isEmpty else { return "" }
        var table = Table(["WANTS IN", "ADDRESS", "AT (UTC)", "TIMES", "WHY"].map { Table.Column($0) })
        for one in all { table.add([word(one["station"]), word(one["address"]), since(one["at"]), one["times"]?.text ?? "1", word(one["why"])]) }
        let counts = gateways.compactMap { $0["refused"]?.object }.flatMap { counts in
            counts.all.filter { ($0.value.number?.integer ?? 0) > 0 }.map { "\($0.value.text) × \($0.name)" }
        }
        let isUnknown = all.contains { $0["status"]?.number?.integer == 404 }
        return "\n" + table.text(colors: colors) + (counts.isEmpty ? "" : "Turned away so far: \(counts.joined(separator: ", ")).\n")
            + (isUnknown ? "To let one in: wattline credentials add station ID\n" : "")
    }

    /// The seconds by which a clock is wrong, where that says something.
    private static func clock(_ value: JSONValue?) -> String {
        guard let seconds = value?.number?.integer else { return "" }
        return abs(seconds) < 2 ? "right" : "\(seconds > 0 ? "+" : "−")\(seconds.magnitude) s"
    }

    private static func since(_ value: JSONValue?) -> String { value?.string.flatMap { WallTime(text: $0)?.brief } ?? "" }

    private static func word(_ value: JSONValue?, before: String = "") -> String {
        guard let text = value?.string, !text.isEmpty else { return "" }
        return before + text.bounded()
    }

    private static func objects(_ value: JSONValue?) -> [JSONObject] { (value?.elements ?? []).compactMap(\.object) }
}
