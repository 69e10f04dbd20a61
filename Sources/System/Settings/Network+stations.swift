import ChargingModel
import Platform

extension ValueParser where Value == String {
    /// A parser of a kind of point, for people.
    static let kind = text("a kind, 1–64 bytes", most: 64)
}

extension ValueParser where Value == StationName {
    /// A parser of a station's id: any text that the path of its WebSocket can carry.
    static let station = ValueParser(expected: "a station's id as it calls itself, 1–48 bytes, none of them a control character") { text in
        guard text.utf8.count <= 48, text.unicodeScalars.allSatisfy({ !StationName.isControl($0) }) else { return nil }
        return StationName(text)
    }
}

extension StationName {
    /// True for what would make two lines of one.
    fileprivate static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}

extension Network {
    /// Reads the stations, once the charge points are read.
    mutating func readStations(of root: JSONFields) throws(SettingError) {
        let elements = try root.array("stations") ?? []
        for (tree, path) in elements { stations.append(try Network.station(tree, root.file, path)) }
        try Network.refuseRepeated(stations.map(\.id.text), elements, root.file)
        try refuseMixedUp(elements, root.file)
    }

    private static func station(_ tree: JSONTree, _ file: String, _ path: String) throws(SettingError) -> Station {
        let fields = try JSONFields(tree, file: file, path: path)
        try fields.allowOnly("id", "points", "power_kw", "price_eur_per_kwh", "kind")
        var station = Station(
            id: try fields.required("id", .string, .station),
            power: try fields.optional("power_kw", .number, .power, expected: expectedPower),
            price: try fields.optional("price_eur_per_kwh", .number, .price, expected: expectedPrice),
            kind: try fields.optional("kind", .string, .kind))
        guard let points = try fields.array("points") else { return station }
        for (tree, path) in points {
            station.points.append(try JSONFields.value(tree, .string, ValueParser<ChargePointID>.id(), file: file, path: path))
        }
        try refuseRepeated(station.points.map(\.text), points, file)
        guard (1...StationAbout.mostConnectors).contains(points.count) else {
            throw SettingError(
                "\(file):\(tree.line) \(fields.place("points"))", value: points.isEmpty ? "[]" : "\(points.count) ids",
                expected: "1–\(StationAbout.mostConnectors) charge points, or no points", processExit: .configuration)
        }
        return station
    }

    /// Refuses stations of which two would share a directory or a charge point, or that would have a point of `charge_points`.
    private func refuseMixedUp(_ elements: [(tree: JSONTree, path: String)], _ file: String) throws(SettingError) {
        func error(_ index: Int, _ field: String, _ value: String, _ expected: String) -> SettingError {
            let (tree, path) = elements[index]
            return SettingError("\(file):\(tree.line) \(path).\(field)", value: value, expected: expected, processExit: .configuration)
        }
        var known: [ChargePointID: Int] = [:]
        for (index, station) in stations.enumerated() {
            guard let other = known.updateValue(index, forKey: station.id.id) else { continue }
            throw error(index, "id", station.id.text, "an id that is less like that of station \(stations[other].id)")
        }
        var owners: [ChargePointID: String] = [:]
        for point in points { owners[point.id] = "one of charge_points" }
        for (index, station) in stations.enumerated() {
            for (offset, cp) in station.points.enumerated() {
                let own = ConnectorID(station: station.id.id, number: Int32(offset + 1))
                var owner = owners.updateValue(words(own, index), forKey: cp)
                // Even where that has an alias: journals of that id are its own.
                if owner == nil, let (place, other) = implied(by: cp, known).first(where: { $0.place != own }) { owner = words(place, other) }
                if let owner { throw error(index, "points[\(offset)]", cp.text, "another id for \(words(own, index)): it is \(owner)") }
            }
        }
        for point in points {
            guard let (place, index) = implied(by: point.id, known).first(where: hasNoAlias) else { continue }
            throw error(
                index, "id", stations[index].id.text, "points that name connector \(place.number): else it is \(point.id), one of charge_points")
        }
        for (index, station) in stations.enumerated() where station.points.isEmpty {
            let others = implied(by: station.id.id, known).filter { $0.station != index }
            guard let (place, other) = others.first(where: hasNoAlias) else { continue }
            throw error(index, "id", station.id.text, "points that name connector 1: else it is \(station.id.id), and that is \(words(place, other))")
        }
    }

    private func words(_ place: ConnectorID, _ index: Int) -> String { "connector \(place.number) of station \(stations[index].id)" }

    /// The connectors whose point has this id where they have no alias, and their stations' places in the file.
    private func implied(by cp: ChargePointID, _ known: [ChargePointID: Int]) -> [(place: ConnectorID, station: Int)] {
        ConnectorID.named(by: cp).compactMap { place in
            guard place.number <= StationAbout.mostConnectors, let index = known[place.station] else { return nil }
            return (place, index)
        }
    }

    private func hasNoAlias(_ place: ConnectorID, _ station: Int) -> Bool { place.number > stations[station].points.count }
}
