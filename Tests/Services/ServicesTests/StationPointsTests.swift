import ChargingModel
import Foundation
import Settings
import Testing

@testable import Services

/// The charge points of stations' connectors, and where their journals are.
@Suite("Points of stations") struct StationPointsTests {
    private func withData(_ body: (DataDirectory) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("wattline-points-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: url) }
        let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Fixtures/wattline-0.1.0")
        try FileManager.default.copyItem(at: fixture.standardizedFileURL, to: url)
        try body(DataDirectory(root: url.path))
    }

    private func points(_ stations: [(String, [String])], charging: [String] = []) throws -> StationPoints {
        StationPoints(
            Network(
                name: "n",
                points: charging.map {
                    Network.Point(id: ChargePointID(known: $0), power: Power(watts: 1), price: Price(microEuroPerKilowattHour: 1), kind: "AC")
                },
                stations: try stations.map {
                    Network.Station(id: try #require(StationName($0)), points: $1.map { ChargePointID(known: $0) })
                }))
    }

    @Test("journals are found under aliases, as they were made") func found() throws {
        try withData { data in
            let (acme, other) = (try #require(StationName("ACME/0042")), try #require(StationName("ST-1")))
            let points = try points([("ACME/0042", ["CP-050", "CP-051"])])
            for (station, evse) in [(acme, 1), (acme, 2), (acme, 3), (other, 1), (other, 2)] as [(StationName, Int32)] {
                #expect(FoundPoint.places(of: [acme, other], as: points, in: data).contains { $0.station == station && $0.evse == evse } == false)
                _ = try FoundPoint.open(evse, of: station, as: points, in: data)
            }
            // After a start a station is known by its directory's name.
            let names = [try #require(StationName(acme.directory)), other]
            let places = FoundPoint.places(of: names, as: points, in: data)
            #expect(places.map(\.cp.text) == ["CP-050", "CP-051", "ST-1", "ST-1_2", "\(acme.directory)_3"])
            #expect(places.map(\.evse) == [1, 2, 1, 2, 3] && places.map(\.station) == [names[0], names[0], other, other, names[0]])
            #expect(points.entry(of: names[0])?.id == acme && points.entry(of: other) == nil)
        }
    }

    @Test("a station that nobody listed does not get another's alias") func foreign() throws {
        try withData { data in
            let stranger = try #require(StationName("CP-050"))
            let points = try points([("ST-1", ["CP-050"])])
            let error = #expect(throws: ForeignPoint.self) { try FoundPoint.open(1, of: stranger, as: points, in: data) }
            #expect(error?.description == "CP-050 is connector 1 of station ST-1 in network.json")
            #expect(try FoundPoint.open(2, of: stranger, as: points, in: data).evse == 2)
        }
    }

    @Test("an alias waits until Central has what the connector metered before") func unsettled() throws {
        try withData { data in
            let name = { (text: String) throws -> StationName in try #require(StationName(text)) }
            // CP-001 was charging, CP-002 owes nothing, Central lacks a record of CP-003's.
            let points = try points([("CP-001", ["A"]), ("CP-002", ["B"]), ("CP-003", ["C"]), ("CP-004", ["D"])])
            #expect(
                points.unsettled(try name("CP-001"), in: data)
                    == "its connector 1 was CP-001, with a session that Central does not have yet: without its alias A it tells it")
            #expect(points.unsettled(try name("CP-002"), in: data) == nil)
            #expect(points.unsettled(try name("CP-003"), in: data)?.hasPrefix("its connector 1 was CP-003") == true)
            for station in [try name("CP-004"), try name("ST-1")] { #expect(points.unsettled(station, in: data) == nil) }
            #expect(FileManager.default.fileExists(atPath: data.engine(ChargePointID(known: "CP-004"))) == false)
            // What it is now as well, or is a point of charge_points, was never another.
            #expect(try self.points([("CP-001", ["CP-001"])]).unsettled(try name("CP-001"), in: data) == nil)
            #expect(try self.points([("CP-001", ["A"])], charging: ["CP-001"]).unsettled(try name("CP-001"), in: data) == nil)
            // Somebody else has it.
            let lock = try data.lock(data.engine(ChargePointID(known: "CP-001")))
            #expect(points.unsettled(try name("CP-001"), in: data) == nil)
            withExtendedLifetime(lock) {}
            let stores = try GatewayService.Stores.open(GatewayID(known: "local"), network: nil, in: data)
            #expect(stores.take().isEmpty && stores.left.isEmpty)
        }
    }

    @Test("a station whose alias came too early is left, and the others are served") func left() throws {
        try withData { data in
            for station in ["CP-001", "CP-002"] { try DataDirectory.create(data.station(station)) }
            let network = Network(
                name: "n", stations: [Network.Station(id: try #require(StationName("CP-001")), points: [ChargePointID(known: "A")])])
            let stores = try GatewayService.Stores.open(GatewayID(known: "local"), network: network, in: data)
            #expect(stores.take().map(\.name.text) == ["CP-002"] && stores.left.map(\.name.text) == ["CP-001"])
        }
    }
}
