import ChargingModel
import Glibc
import Platform

extension Network {
    /// Reads a network from a file. Everything about it is checked; the error says what is wrong on which line.
    public static func read(file: String) throws(SettingError) -> Network {
        guard let bytes = readWhole(file) else {
            throw SettingError(file, value: nil, expected: "a readable file (\(errorText(errno)))", processExit: .configuration)
        }
        return try read(bytes, file: file)
    }

    /// Finds `network.json` and reads it; returns the path of the file, too.
    public static func find(flag: String?, in environment: Environment) throws -> (network: Network, file: String) {
        let chosen = flag ?? environment[AllSettings.network.variable]
        let file = try InstalledFile.network.find(chosen: chosen)
        return (try read(file: file), file)
    }

    /// Reads a network from a text; `file` is for the errors.
    public static func read(_ bytes: [UInt8], file: String) throws(SettingError) -> Network {
        let root = try JSONFields(try JSONTree.read(bytes, file: file), file: file)
        try root.allowOnly("$schema", "name", "site", "session", "access", "charge_points", "stations", "drivers")
        var network = Network(name: try root.required("name", .string, .text("a name, 1–100 bytes", most: 100)))
        network.site = try root.optional("site", .string, .site)
        if let session = root.tree("session") {
            let fields = try JSONFields(session, file: file, path: "session")
            try fields.allowOnly("duration_s")
            let duration = ValueParser.duration(from: .seconds(1), to: .seconds(86_400))
            network.sessionDuration =
                try fields.optional("duration_s", .number, duration, expected: "seconds, 1–86400") ?? defaultSessionDuration
        }
        if let access = root.tree("access") { network.access = try read(access, file) }
        guard let points = try root.array("charge_points") else { throw root.missing("charge_points", "an array of charge points") }
        for (tree, path) in points { network.points.append(try point(tree, file, path)) }
        try refuseRepeated(network.points.map(\.id.text), points, file)
        try network.readStations(of: root)
        guard let drivers = try root.array("drivers") else { throw root.missing("drivers", "an array of drivers") }
        for (tree, path) in drivers { network.drivers.append(try driver(tree, file, path)) }
        try refuseRepeated(network.drivers.map(\.id.text), drivers, file)
        try refuseSharedTokens(network, drivers, file)
        return network
    }

    private static func read(_ access: JSONTree, _ file: String) throws(SettingError) -> Access {
        let fields = try JSONFields(access, file: file, path: "access")
        try fields.allowOnly("drivers", "points")
        return Access(
            drivers: try fields.optional("drivers", .string, .choice()) ?? .known,
            points: try fields.optional("points", .string, .choice()) ?? .known)
    }

    private static func point(_ tree: JSONTree, _ file: String, _ path: String) throws(SettingError) -> Point {
        let fields = try JSONFields(tree, file: file, path: path)
        try fields.allowOnly("id", "power_kw", "price_eur_per_kwh", "kind")
        return Point(
            id: try fields.required("id", .string, ValueParser<ChargePointID>.id()),
            power: try fields.required("power_kw", .number, .power, expected: expectedPower),
            price: try fields.required("price_eur_per_kwh", .number, .price, expected: expectedPrice),
            kind: try fields.required("kind", .string, .kind))
    }

    static let expectedPower = "kilowatts above 0, at most 1000, with at most three decimals"
    static let expectedPrice = "€/kWh, 0–100, with at most six decimals"

    private static func driver(_ tree: JSONTree, _ file: String, _ path: String) throws(SettingError) -> Driver {
        let fields = try JSONFields(tree, file: file, path: path)
        try fields.allowOnly("id", "every_s", "vehicles", "points", "tokens")
        let every = ValueParser.duration(from: .milliseconds(100), to: .seconds(86_400))
        var driver = Driver(
            id: try fields.required("id", .string, ValueParser<DriverID>.id()),
            every: try fields.required("every_s", .number, every, expected: "seconds, 0.1–86400"),
            vehicles: try fields.optional("vehicles", .number, .integer(in: 1...100, of: "a number of vehicles")) ?? 1)
        if let points = try fields.array("points") {
            var ids: [ChargePointID] = []
            for (tree, path) in points {
                ids.append(try JSONFields.value(tree, .string, ValueParser<ChargePointID>.id(), file: file, path: path))
            }
            try refuseRepeated(ids.map(\.text), points, file)
            if ids.isEmpty {
                throw SettingError("\(file):\(tree.line) \(fields.place("points"))", value: "[]", expected: "at least one charge point, or no points")
            }
            driver.points = ids
        }
        for (tree, path) in try fields.array("tokens") ?? [] {
            driver.tokens.append(try JSONFields.value(tree, .string, ValueParser<TokenID>.id(), file: file, path: path))
        }
        return driver
    }

    /// Refuses a token that is named twice: nobody could tell whom to bill.
    private static func refuseSharedTokens(
        _ network: Network, _ drivers: [(tree: JSONTree, path: String)], _ file: String
    ) throws(SettingError) {
        var owners: [TokenID: DriverID] = [:]
        for (driver, place) in zip(network.drivers, drivers) {
            for token in driver.tokens {
                guard let owner = owners.updateValue(driver.id, forKey: token) else { continue }
                throw SettingError(
                    "\(file):\(place.tree.line) \(place.path) tokens", value: token.text, expected: "a token that is not \(owner)'s already",
                    processExit: .configuration)
            }
        }
    }

    /// Refuses ids that are not all different.
    static func refuseRepeated(_ ids: [String], _ elements: [(tree: JSONTree, path: String)], _ file: String) throws(SettingError) {
        var seen: Set<String> = []
        for (id, element) in zip(ids, elements) where !seen.insert(id).inserted {
            throw SettingError("\(file):\(element.tree.line) \(element.path)", value: id, expected: "each id once", processExit: .configuration)
        }
    }
}
