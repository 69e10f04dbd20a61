internal import ChargingModel
internal import Settings

/// A `network.json`: a network whose ids are each there once, or one line that says what is wrong.
enum NetworkBody {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        switch Answer({ () throws(SettingError) in try Network.read(bytes, file: "network.json") }) {
        case .value(let network):
            try hold(Set(network.points.map(\.id)).count == network.points.count, "a point is there twice")
            try hold(Set(network.drivers.map(\.id)).count == network.drivers.count, "a driver is there twice")
            let aliases = network.points.map(\.id) + network.stations.flatMap(\.points)
            try hold(Set(aliases).count == aliases.count, "a point is there twice, as an alias")
            try hold(Set(network.stations.map(\.id.id)).count == network.stations.count, "two stations are one")
            let tokens = network.drivers.flatMap(\.tokens)
            try hold(Set(tokens).count == tokens.count, "a token is there twice")
        case .refused(let error):
            try holdIsLine(error.description)
            try hold(error.place.hasPrefix("network.json:"), "an error names no line: \(error)")
        }
    }
}
