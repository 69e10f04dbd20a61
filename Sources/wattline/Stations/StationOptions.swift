import ArgumentParser
import ChargingModel
import Dashboard
import JSON
import Platform
import Settings

/// The options of commands that ask a running Central about stations.
struct StationAskOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where a running Central serves its HTTP API. Default: as it says in its directory.", valueName: "host:port"))
    var central: String?
    @OptionGroup var places: PlaceOptions

    func door(in environment: Environment) throws -> OperatorDoor {
        let network = try places.readNetwork(in: environment)?.network
        return try OperatorDoor(data: try places.dataDirectory(network, in: environment), central: central, environment: environment)
    }

    /// Asks Central. Blocks.
    /// - Returns: what comes of it; `nil` after it was said that Central does not answer.
    func ask<Value>(in environment: Environment, _ body: (OperatorClient) throws(OperatorClientError) -> Value) throws -> Value? {
        let (client, address) = try door(in: environment).client()
        do throws(OperatorClientError) { return try body(client) } catch {
            complain("✖ Central does not answer at \(address): \(error); another address: --central HOST:PORT")
            return nil
        }
    }
}

extension ValueParser where Value == StationName {
    /// A station's id, as it calls itself.
    static var ownID: ValueParser { ValueParser(expected: "a station's id, 1–255 bytes") { StationName($0) } }
}

extension ValueParser where Value == ChargePointID {
    /// The path of a station, by its own id or by that of its first charge point.
    static func stationPath(_ id: String) throws -> String { "/stations/\(try ValueParser<StationName>.ownID.value(of: id, from: "ID").id)" }
}
