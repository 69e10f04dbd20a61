import ChargingModel
import Platform
import Settings
import Testing

/// `stations` of network.json, and the ids of their connectors.
@Suite("Stations of a network") struct NetworkStationsTests {
    private func read(_ stations: String, points: String = "") throws -> Network {
        let points = points.isEmpty ? "" : #"{"id":"\#(points)","power_kw":22,"price_eur_per_kwh":0.3,"kind":"AC"}"#
        return try Network.read(Array(#"{"name":"n","charge_points":[\#(points)],"stations":\#(stations),"drivers":[]}"#.utf8), file: "f")
    }

    @Test("all of it, and the least of it") func whole() throws {
        let stations = try read(
            """
            [{"id":"ACME/0042","points":["CP-050","CP-051"],"power_kw":11.0,"price_eur_per_kwh":0.25,"kind":"Standard AC"},
            {"id":"ST-1"},{"id":"ÄÖ ü","points":null}]
            """
        ).stations
        #expect(stations.map(\.id.text) == ["ACME/0042", "ST-1", "ÄÖ ü"])
        #expect(stations[0].points.map(\.text) == ["CP-050", "CP-051"] && stations[0].power == Power(watts: 11_000))
        #expect(stations[0].price == Price(microEuroPerKilowattHour: 250_000) && stations[0].kind == "Standard AC")
        #expect(stations[1].points.isEmpty && stations[1].power == nil && stations[1].price == nil && stations[1].kind == nil)
        #expect(try read("null").stations.isEmpty)
    }

    @Test("an alias wins; connectors behind the aliases are as without") func connectors() throws {
        let map = try read(#"[{"id":"ACME/0042","points":["CP-050","CP-051"]},{"id":"CP-001","points":["CP-060"]}]"#, points: "CP-001").connectors
        let acme = try #require(StationName("ACME/0042")).id
        let points = (1...3).map { map.point(of: ConnectorID(station: acme, number: $0)).text }
        #expect(points == ["CP-050", "CP-051", "\(acme)_3"] && acme.text.hasPrefix("xACME-0042"))
        #expect(map.places(of: ChargePointID(known: "CP-051")) == [ConnectorID(station: acme, number: 2)])
        #expect(map.places(of: ChargePointID(known: "CP-001")) == [])
        #expect(map.places(of: ChargePointID(known: "CP-001_2")).contains(ConnectorID(station: ChargePointID(known: "CP-001"), number: 2)))
    }

    @Test(
        "whatever is wrong is said",
        arguments: [
            (#"{}"#, "", #":1 stations="{…}": expected an array"#),
            (#"["ST-1"]"#, "", #":1 stations[0]="ST-1": expected an object"#),
            (#"[{}]"#, "", ":1 stations[0].id: expected a station's id as it calls itself, 1–48 bytes, none of them a control character, but"),
            (#"[{"id":""}]"#, "", #":1 stations[0].id="": expected a station's id"#),
            (#"[{"id":1}]"#, "", #":1 stations[0].id="1": expected a station's id"#),
            (#"[{"id":"a\u0000"}]"#, "", #":1 stations[0].id="a\0": expected a station's id"#),
            (#"[{"id":"\#(String(repeating: "é", count: 49))"}]"#, "", ":1 stations[0].id="),
            ("[{\"id\":\"A\"},\n{\"id\":\"A\"}]", "", #":2 stations[1]="A": expected each id once"#),
            (#"[{"id":"A","name":"B"}]"#, "", ":1 stations[0].name: expected no such name; known: id, points, power_kw, price_eur_per_kwh, kind"),
            (#"[{"id":"A","power_kw":"22"}]"#, "", #":1 stations[0].power_kw="22": expected kilowatts above 0"#),
            (#"[{"id":"A","power_kw":0}]"#, "", #":1 stations[0].power_kw="0": expected kilowatts above 0"#),
            (#"[{"id":"A","price_eur_per_kwh":-1}]"#, "", #":1 stations[0].price_eur_per_kwh="-1": expected €/kWh"#),
            (#"[{"id":"A","kind":""}]"#, "", #":1 stations[0].kind="": expected a kind"#),
            (#"[{"id":"A","points":"B"}]"#, "", #":1 stations[0].points="B": expected an array"#),
            (#"[{"id":"A","points":[]}]"#, "", #":1 stations[0].points="[]": expected 1–64 charge points, or no points"#),
            (#"[{"id":"A","points":["B/1"]}]"#, "", #":1 stations[0].points[0]="B/1": expected an id: 1–36"#),
            (#"[{"id":"A","points":["B","B"]}]"#, "", #":1 stations[0].points[1]="B": expected each id once"#),
            (
                #"[{"id":"A","points":["B"]},{"id":"C/1","points":["D","B"]}]"#, "",
                #":1 stations[1].points[1]="B": expected another id for connector 2 of station C/1: it is connector 1 of station A"#
            ),
            (
                #"[{"id":"A","points":["CP-1"]}]"#, "CP-1",
                #":1 stations[0].points[0]="CP-1": expected another id for connector 1 of station A: it is one of charge_points"#
            ),
            (
                #"[{"id":"A"},{"id":"B","points":["A_2"]}]"#, "",
                #":1 stations[1].points[0]="A_2": expected another id for connector 1 of station B: it is connector 2 of station A"#
            ),
            (
                #"[{"id":"A","points":["B_2"]},{"id":"B"}]"#, "",
                #":1 stations[0].points[0]="B_2": expected another id for connector 1 of station A: it is connector 2 of station B"#
            ),
            (
                #"[{"id":"A","points":["A_2"]}]"#, "",
                #":1 stations[0].points[0]="A_2": expected another id for connector 1 of station A: it is connector 2 of station A"#
            ),
            (
                #"[{"id":"CP-1"}]"#, "CP-1",
                #":1 stations[0].id="CP-1": expected points that name connector 1: else it is CP-1, one of charge_points"#
            ),
            (
                #"[{"id":"A","points":["B"]}]"#, "A_2",
                #":1 stations[0].id="A": expected points that name connector 2: else it is A_2, one of charge_points"#
            ),
            (
                #"[{"id":"A"},{"id":"A_2"}]"#, "",
                #":1 stations[1].id="A_2": expected points that name connector 1: else it is A_2, and that is connector 2 of station A"#
            ),
        ])
    func whatIsWrongIsSaid(stations: String, point: String, expected: String) {
        let message = #expect(throws: SettingError.self) { try read(stations, points: point) }?.description
        #expect(message?.hasPrefix("f" + expected) == true, "\(message ?? "")")
    }

    @Test("two stations whose directories would be the same are refused") func sameDirectory() throws {
        let odd = "ACME/0042"
        let directory = try #require(StationName(odd)).directory
        let message = #expect(throws: SettingError.self) { try read(#"[{"id":"\#(odd)"},{"id":"\#(directory)"}]"#) }?.description
        #expect(message == "f:1 stations[1].id=\"\(directory)\": expected an id that is less like that of station ACME/0042")
    }

    @Test("the ids of a network that is read are one to one", arguments: 0..<40) func oneToOne(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let ids = ["A", "B", "A_2", "A_3", "B_2", "A_2_2", "C", "D/1", "CP-1", "A_64", "A_65"]
        for _ in 0..<25 {
            var names = ids
            let stations = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                let id = names.remove(at: Int.random(in: 0..<names.count, using: &random))
                var points = ids.filter { $0 != "D/1" }.shuffled(using: &random)
                points.removeLast(points.count - Int.random(in: 0...2, using: &random))
                return (id, points)
            }
            let listed = Bool.random(using: &random) ? "CP-1" : ["A", "A_2", "B_3", "A_65"].randomElement(using: &random)!
            let texts = stations.map { id, points in
                let list = points.map { "\"\($0)\"" }.joined(separator: ",")
                return #"{"id":"\#(id)"\#(points.isEmpty ? "" : ",\"points\":[\(list)]")}"#
            }
            guard let network = try? read("[\(texts.joined(separator: ","))]", points: listed) else { continue }
            let map = network.connectors
            let known = Set(network.stations.map(\.id.id))
            var seen: Set<ChargePointID> = [ChargePointID(known: listed)]
            for station in network.stations {
                for number in Int32(1)...64 {
                    let place = ConnectorID(station: station.id.id, number: number)
                    let cp = map.point(of: place)
                    #expect(seen.insert(cp).inserted, "\(cp) twice: \(texts), \(listed)")
                    #expect(map.places(of: cp).first { known.contains($0.station) } == place, "\(cp): \(texts), \(listed)")
                }
            }
        }
    }
}
