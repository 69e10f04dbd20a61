import ChargingModel
import ChargingProtocol
import Foundation
import Settings
import Testing

@testable import Identities

/// Who is known, by the network's file and the names.
@Suite("Who is known") struct KnownPartiesTests {
    private let broker = BrokerURL(host: "127.0.0.1")
    private let alice = DriverID(known: "driver-alice")
    private let bob = DriverID(known: "driver-bob")
    private let cp1 = ChargePointID(known: "CP-001")
    private let cp2 = ChargePointID(known: "CP-002")

    private var network: Network {
        let power = Power(watts: 22_000)
        return Network(
            name: "test", points: [Network.Point(id: cp1, power: power, price: Price(microEuroPerKilowattHour: 1), kind: "AC")],
            drivers: [Network.Driver(id: alice, every: .seconds(5))])
    }

    private func withStore(_ body: (IdentityStore) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("wattline-known-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(IdentityStore(directory: folder.path, site: nil))
    }

    @Test("those of the file and those with a name; a change is told once, and takes effect both ways") func changes() throws {
        try withStore { store in
            var known = KnownParties(Network.Access(), network: network, names: store)
            #expect(try known.news() == AccessList(drivers: .known([alice]), points: .known([cp1])))
            #expect(try known.news() == nil)
            try store.add([Identity(.driver, bob.text), Identity(.point, cp2.text), Identity(.viewer, "anna")], broker: broker)
            #expect(try known.news() == AccessList(drivers: .known([alice, bob]), points: .known([cp1, cp2])))
            #expect(try known.news() == nil)
            try store.revoke(Identity(.driver, bob.text))
            #expect(try known.news() == AccessList(drivers: .known([alice]), points: .known([cp1, cp2])))
        }
    }

    @Test("connectors of stations in the file are known, by alias or not; so is a station with a name, however long") func stations() throws {
        try withStore { store in
            var network = network
            network.stations = [
                Network.Station(id: try #require(StationName("ACME/0042")), points: [ChargePointID(known: "CP-050")]),
                Network.Station(id: try #require(StationName("ST-1"))),
            ]
            let long = "S" + String(repeating: "0", count: 35)
            try store.add([Identity(.station, long)], broker: broker)
            var known = KnownParties(Network.Access(), network: network, names: store)
            let list = try #require(try known.news())
            let acme = try #require(StationName("ACME/0042")).directory
            for id in ["CP-001", "CP-050", "\(acme)_2", "ST-1", "ST-1_2", try #require(StationName(long)).directory] {
                #expect(list.admits(ChargePointID(known: id)), "\(id)")
            }
            for id in ["CP-051", "ST-2", "ST-1-2"] { #expect(!list.admits(ChargePointID(known: id)), "\(id)") }
        }
    }

    @Test("any is any, be it for both or for one") func any() throws {
        try withStore { store in
            var all = KnownParties(.any, network: network, names: store)
            #expect(try all.news() == .open && all.news() == nil)
            var drivers = KnownParties(Network.Access(drivers: .any), network: nil, names: store)
            #expect(try drivers.news() == AccessList(drivers: .any, points: .known([])))
            try store.add([Identity(.monitor, cp2.text)], broker: broker)
            #expect(try drivers.news() == AccessList(drivers: .any, points: .known([cp2])))
        }
    }

    @Test("names that can't be read let nobody in: it is said, and who was known before is") func unreadable() throws {
        try withStore { store in
            var fresh = KnownParties(Network.Access(), network: network, names: store)
            try FileManager.default.createDirectory(atPath: store.accessFile, withIntermediateDirectories: true)
            #expect(throws: IdentityError.self) { try fresh.news() }
            try FileManager.default.removeItem(atPath: store.accessFile)
            #expect(try fresh.news() == AccessList(drivers: .known([alice]), points: .known([cp1])))
            try FileManager.default.createDirectory(atPath: store.accessFile, withIntermediateDirectories: true)
            for _ in 1...2 { #expect(throws: IdentityError.self) { try fresh.news() } }
            try FileManager.default.removeItem(atPath: store.accessFile)
            #expect(try fresh.news() == nil)
        }
    }

    @Test("lines of the names' file that are none of ours make nobody known") func oddLines() {
        let text =
            "user driver:x driver x 00 00\nuser engine:CP-9 engine CP-9 00\nuser a b c 00 00\nuser driver:? driver ? 00 00\nrole driver\nuser\n"
        #expect(AccessFile.identities(in: text).map(\.username) == ["driver:x"])
    }
}
