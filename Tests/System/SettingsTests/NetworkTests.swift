import ChargingModel
import Platform
import Settings
import Testing

@Suite struct NetworkTests {
    private func read(_ text: String) throws -> Network { try Network.read(Array(text.utf8), file: "network.json") }
    private func message(_ text: String) -> String? {
        #expect(throws: SettingError.self) { try read(text) }?.description
    }

    @Test func access() throws {
        func access(_ text: String) throws -> Network.Access { try read(#"{"name":"n","charge_points":[],"drivers":[]\#(text)}"#).access }
        #expect(try access("") == Network.Access(drivers: .known, points: .known))
        #expect(try access(#","access":{"drivers":"any"}"#) == Network.Access(drivers: .any, points: .known))
        #expect(try access(#","access":{"drivers":"any","points":"any"}"#) == .any)
    }

    @Test func theDemonstration() throws {
        // The repository's own, found from this file.
        let file = #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" } + "/network.json"
        let network = try Network.read(file: file)
        #expect(network.name == "demo" && network.site == nil && network.sessionDuration == .seconds(10))
        #expect(network.points.map(\.power.watts) == [22_000, 50_000, 43_000, 150_000, 7200, 11_000, 100_000, 22_000, 75_000, 350_000])
        #expect(network.points.map { $0.price.microEuroPerKilowattHour / 10_000 } == [30, 35, 32, 40, 28, 29, 38, 31, 36, 45])
        #expect(network.drivers.map { $0.every.milliseconds } == [5000, 6000, 7000, 8000, 4500] && network.drivers.allSatisfy { $0.vehicles == 2 })
        #expect(network.point(ChargePointID(known: "CP-010"))?.kind == "Hyper-Fast DC" && network.driver(DriverID(known: "nobody")) == nil)
    }

    @Test func theLeast() throws {
        let network = try read(#"{"name":"n","charge_points":[],"drivers":[{"id":"d","every_s":0.1,"points":["A","B"]}],"site":"madrid"}"#)
        #expect(network.site == "madrid" && network.drivers[0].vehicles == 1 && network.drivers[0].points?.map(\.text) == ["A", "B"])
    }

    @Test("a network of many lines is read in a time that grows with it, not with its square") func many() throws {
        func text(_ points: Int) -> String {
            let lines = (0..<points).map { "{\n\"id\":\"CP-\($0)\",\n\"power_kw\":22,\n\"price_eur_per_kwh\":0.3,\n\"kind\":\"AC\"\n}" }
            return Self.network("\"charge_points\":[\(lines.joined(separator: ",\n"))],\"drivers\":[]")
        }
        let clock = ContinuousClock()
        func time(_ points: Int) throws -> Duration {
            let bytes = Array(text(points).utf8)
            var least = Duration.seconds(3600)
            for _ in 0..<3 {
                let began = clock.now
                let network = try Network.read(bytes, file: "n")
                least = min(least, clock.now - began)
                #expect(network.points.count == points)
            }
            return least
        }
        let (small, large) = (try time(1000), try time(10_000))
        #expect(large < small * 40, "\(small), ten times as much \(large)")
    }

    private static let point = #"{"id":"CP-001","power_kw":22.0,"price_eur_per_kwh":0.30,"kind":"AC"}"#

    /// A network with these members beside its name.
    private static func network(_ members: String) -> String { #"{"name":"n",\#(members)}"# }
    /// A network with this driver.
    private static func driver(_ members: String) -> String { network(#""charge_points":[],"drivers":[{"id":"d",\#(members)}]"#) }

    @Test(arguments: [
        ("[]", #":1="[…]": expected an object"#),
        ("{\n}", ":1 name: expected a name, 1–100 bytes, but it is missing"),
        (
            network("\n\"drivres\":[]"),
            ":2 drivres: expected no such name; known: $schema, name, site, session, access, charge_points, stations, drivers"
        ),
        (network(#""name":"m""#), #":1="name": expected each name once"#),
        ("{\"name\":\"n\"\n,}", ":2=\"}\": expected a name in quotes"),
        (#"{"name":"n"} x"#, #":1="x": expected nothing after the end of the JSON value"#),
        (network(#""charge_points":{},"drivers":[]"#), #":1 charge_points="{…}": expected an array"#),
        (network(#""site":"a b","charge_points":[],"drivers":[]"#), ":1 site=\"a b\": expected a site"),
        (network(#""access":{"drivers":"all"},"charge_points":[],"drivers":[]"#), ":1 access.drivers=\"all\": expected known or any"),
        (network(#""access":{"driver":"any"},"charge_points":[],"drivers":[]"#), ":1 access.driver: expected no such name; known: drivers, points"),
        (network(#""session":{"duration_s":0.5},"charge_points":[],"drivers":[]"#), ":1 session.duration_s=\"0.5\": expected seconds"),
        (network("\"charge_points\":[\n\(point),\n\(point)],\"drivers\":[]"), ":3 charge_points[1]=\"CP-001\": expected each id once"),
        (network("\"charge_points\":[{\"id\":\"A\",\n\"power_kw\":\"22\"}]"), ":2 charge_points[0].power_kw=\"22\": expected kilowatts"),
        (network(#""charge_points":[{"id":"A","power_kw":-1}]"#), ":1 charge_points[0].power_kw=\"-1\": expected kilowatts"),
        (network(#""charge_points":[{"id":"A","power_kw":0.0001}]"#), ":1 charge_points[0].power_kw=\"0.0001\""),
        (network(#""charge_points":[1]"#), #":1 charge_points[0]="1": expected an object"#),
        (driver(#""every_s":5,"vehicles":0"#), ":1 drivers[0].vehicles=\"0\": expected a number"),
        (driver(#""every_s":5,"points":[]"#), ":1 drivers[0].points=\"[]\": expected at least"),
        (driver(#""every_s":5,"points":["A","A"]"#), ":1 drivers[0].points[1]=\"A\""),
        (#"{"name":"\u00"}"#, ":1"), (#"{"name":"\ud800"}"#, ":1"), ("", ":1: expected a JSON value"), (#"{"name":01}"#, ":1"),
        (String(repeating: "[", count: 100), ":1"), ("{\"name\":\"\u{1}\"}", ":1"),
    ])
    func whatIsWrongIsSaid(text: String, expected: String) {
        #expect(message(text)?.hasPrefix("network.json" + expected) == true, "\(message(text) ?? "")")
    }

    @Test func aTextThatEndsAnywhereIsRefused() throws {
        let text = #"{"name":"d\u00e9\ud83d\ude00mo","charge_points":["# + NetworkTests.point + #"],"drivers":[{"id":"d","every_s":5}]}"#
        #expect(try read(text).name == "dé😀mo")
        for length in 0..<text.utf8.count {
            #expect(throws: SettingError.self) { try Network.read(Array(text.utf8.prefix(length)), file: "f") }
        }
    }

    @Test func aMissingFileIsLookedForInManyPlaces() {
        let places = InstalledFile.network.places(chosen: nil, executable: "/src/wattline/.build/release/wattline")
        #expect(
            places == [
                "./network.json", "/src/wattline/.build/release/network.json", "/src/wattline/.build/network.json", "/src/wattline/network.json",
                "/src/network.json", "/etc/wattline/network.json", "/usr/share/wattline/network.json",
            ])
        let error = #expect(throws: InstalledFileError.self) { try InstalledFile.network.find(chosen: "/none/network.json") }
        #expect(
            error?.description == "no readable network.json; looked for /none/network.json. Give --network FILE or WATTLINE_NETWORK"
                && error?.processExit == .configuration)
    }
}
