import ChargingModel
import ChargingProtocol
import HomeAssistant
import JSON
import Testing

private let cp = ChargePointID(known: "CP-001")

private func info(_ cp: ChargePointID = cp, watts: Int64 = 22_000, kind: String = "Standard AC", epoch: Epoch = 2) -> ChargePointInfo {
    ChargePointInfo(
        epoch: epoch, cp: cp, power: Power(watts: watts), price: Price(microEuroPerKilowattHour: 300_000), kind: kind,
        meter: MeterID(known: "m-4f9a"), software: "wattline 0.1.0")
}

private func discovery(site: String? = nil) -> DeviceDiscovery { DeviceDiscovery(prefix: "homeassistant", wire: Wire(site: site), version: "0.1.0") }

private func parsed(_ message: DiscoveryMessage) throws -> JSONObject { try JSONObject(message.payload) }

@Suite("A point for Home Assistant") struct DeviceDiscoveryTests {
    @Test("the message, byte for byte")
    func golden() {
        let engine = """
            "availability":[{"topic":"cp/CP-001/state",\
            "value_template":"{{ 'online' if value_json is mapping and value_json.state | default('DISCONNECTED') != 'DISCONNECTED' else 'offline' }}"}]
            """
        let session = "value_json is mapping and value_json.cost_eur is defined and value_json.energy_kwh is defined"
        let expected = """
            {"dev":{"ids":["wattline:CP-001"],"name":"CP-001","mf":"Wattline","mdl":"Standard AC 22.0 kW","sn":"m-4f9a","sw":"wattline 0.1.0"},\
            "o":{"name":"Wattline","sw":"0.1.0"},\
            "availability":[{"topic":"central/status",\
            "value_template":"{{ 'online' if value_json is mapping and value_json.online | default(false) else 'offline' }}"}],\
            "cmps":{\
            "state":{"p":"sensor","name":"State","unique_id":"wattline:CP-001:state","state_topic":"central/cp/CP-001",\
            "value_template":"{{ value_json.state | default(none) if value_json is mapping else none }}","device_class":"enum",\
            "options":["ACTIVATED","ASSIGNED","SUPPLYING","STOPPED","FAULTY","DISCONNECTED"],"icon":"mdi:ev-station",\
            "json_attributes_topic":"central/cp/CP-001","json_attributes_template":"{{ {'why': value_json.why | default(none), \
            'breaker': value_json.breaker | default(none)} | tojson if value_json is mapping else '{}' }}"},\
            "power":{"p":"sensor","name":"Power","unique_id":"wattline:CP-001:power","state_topic":"cp/CP-001/+",\
            "value_template":"{% if value_json is mapping %}{% if value_json.elapsed_s is defined and value_json.power_kw is defined %}\
            {{ value_json.power_kw }}{% elif value_json.state is defined and value_json.state != 'SUPPLYING' %}0{% endif %}{% endif %}",\
            "device_class":"power","unit_of_measurement":"kW","state_class":"measurement","suggested_display_precision":1,\(engine)},\
            "meter":{"p":"sensor","name":"Meter","unique_id":"wattline:CP-001:meter","state_topic":"cp/CP-001/+",\
            "value_template":"{% if value_json is mapping and value_json.meter_wh is defined %}{{ value_json.meter_wh }}{% endif %}",\
            "device_class":"energy","unit_of_measurement":"Wh","state_class":"total_increasing","suggested_display_precision":0,\(engine)},\
            "energy":{"p":"sensor","name":"Session energy","unique_id":"wattline:CP-001:energy","state_topic":"cp/CP-001/+",\
            "value_template":"{% if \(session) %}{{ value_json.energy_kwh }}{% endif %}",\
            "device_class":"energy","unit_of_measurement":"kWh","suggested_display_precision":3,\(engine)},\
            "cost":{"p":"sensor","name":"Session cost","unique_id":"wattline:CP-001:cost","state_topic":"cp/CP-001/+",\
            "value_template":"{% if \(session) %}{{ value_json.cost_eur }}{% endif %}",\
            "device_class":"monetary","unit_of_measurement":"EUR","suggested_display_precision":2,\(engine)},\
            "driver":{"p":"sensor","name":"Driver","unique_id":"wattline:CP-001:driver","state_topic":"cp/CP-001/state",\
            "value_template":"{{ value_json.driver | default(none, true) if value_json is mapping else none }}","icon":"mdi:account",\(engine)},\
            "charging":{"p":"binary_sensor","name":"Charging","unique_id":"wattline:CP-001:charging","state_topic":"cp/CP-001/state",\
            "value_template":"{% if value_json is mapping and value_json.state is defined %}\
            {{ 'ON' if value_json.state == 'SUPPLYING' else 'OFF' }}{% endif %}","device_class":"battery_charging",\(engine)},\
            "problem":{"p":"binary_sensor","name":"Problem","unique_id":"wattline:CP-001:problem","state_topic":"central/cp/CP-001",\
            "value_template":"{% if value_json is mapping and value_json.state is defined %}\
            {{ 'ON' if value_json.state == 'FAULTY' or value_json.breaker | default('') == 'open' else 'OFF' }}{% endif %}",\
            "device_class":"problem"}}}
            """
        let message = discovery().message(for: info())
        #expect(message.topic == "homeassistant/device/wattline/CP-001/config")
        #expect(String(decoding: message.payload, as: UTF8.self) == expected)
    }

    @Test("P2: the site is in every topic that is read, in the names and in the ids")
    func site() throws {
        let message = discovery(site: "madrid").message(for: info())
        #expect(message.topic == "homeassistant/device/wattline-madrid/CP-001/config")
        let json = try parsed(message)
        #expect(json["dev"]?.object?["name"]?.string == "madrid CP-001")
        let components = try #require(json["cmps"]?.object).all
        #expect(components.count == 8)
        for (key, component) in components {
            #expect(component.object?["unique_id"]?.string == "wattline:madrid:CP-001:\(key)")
            #expect(component.object?["state_topic"]?.string?.hasPrefix("madrid/") == true)
        }
        let text = String(decoding: message.payload, as: UTF8.self)
        for topic in text.split(separator: "\"topic\":\"").dropFirst() { #expect(topic.hasPrefix("madrid/")) }
    }

    @Test("no two points of any sites share a topic or an id")
    func noCollisions() throws {
        let sites: [String?] = [nil, "a", "a-b", "a_b", "a__b", "b", "CP"]
        let points = ["a", "b", "b-c", "a-b", "a__b", "CP-001", "wattline"].map { ChargePointID(known: $0) }
        var topics: Set<String> = []
        var ids: Set<String> = []
        for site in sites {
            for point in points {
                let message = discovery(site: site).message(for: info(point))
                topics.insert(message.topic)
                ids.insert(try #require(try parsed(message)["dev"]?.object?["ids"]?.elements?.first?.string))
                let levels = message.topic.split(separator: "/")
                // What Home Assistant takes: prefix/device/node/object/config, of these characters.
                #expect(levels.count == 5 && levels[1] == "device" && levels[4] == "config")
                for level in levels[2...3] {
                    #expect(level.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || isAlphanumeric($0) }, "\(message.topic)")
                }
                // Nor is it a topic of the protocol's.
                #expect(Topic(message.topic) == nil)
            }
        }
        #expect(topics.count == sites.count * points.count && ids.count == topics.count)
    }

    private func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    @Test(
        "whatever an engine says of itself, the message is JSON and the words are the same",
        arguments: [
            "\"},\"cmps\":{}}", "{{ 1/0 }}", "\u{1}\u{7F}\u{9B}\\", "é 🔌 \u{202E}", String(repeating: "x", count: 12_000),
            String(repeating: "\u{7F}", count: 16_000), "",
        ])
    func strange(kind: String) throws {
        let message = discovery().message(for: info(kind: kind))
        let json = try parsed(message)
        #expect(json["dev"]?.object?["mdl"]?.string == (kind.isEmpty ? "22.0 kW" : "\(kind.prefix(64)) 22.0 kW"))
        #expect(json["cmps"]?.object?.all.count == 8)
        // However it is escaped, brokers take it (mosquitto.conf: 64 KiB).
        #expect(message.payload.count < 8 * 1024)
    }

    @Test("an empty message removes a point")
    func removal() {
        #expect(discovery().removal(of: cp).payload.isEmpty && discovery().removal(of: cp).topic == discovery().message(for: info()).topic)
    }
}

@Suite("When Home Assistant is told") struct DiscoveryBookTests {
    private static let online = Array("online".utf8)
    private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    @Test("of a point that is heard, once; again when it has changed, not when its engine is merely back")
    func changes() {
        var book = DiscoveryBook(discovery())
        #expect(book.deadline == nil)
        book.hears(info())
        #expect(book.deadline == nil && book.due(at: at(0)) == [])
        book.connected()
        #expect(book.due(at: at(0)) == [discovery().message(for: info())])
        book.hears(info(epoch: 3))
        #expect(book.deadline == nil && book.due(at: at(1000)) == [])
        book.hears(info(watts: 50_000, epoch: 4))
        #expect(book.due(at: at(1000)) == [discovery().message(for: info(watts: 50_000))])
        // What its engine is again, once a stranger was believed.
        book.hears(info(epoch: 3))
        #expect(book.due(at: at(2000)) == [discovery().message(for: info())])
    }

    @Test("of all at each connection and at each birth of Home Assistant that is live")
    func again() {
        var book = DiscoveryBook(discovery())
        let others = ["CP-003", "CP-002"].map { ChargePointID(known: $0) }
        for cp in others { book.hears(info(cp)) }
        book.connected()
        let all = others.map { discovery().message(for: info($0)) }
        #expect(book.due(at: at(0)) == all)
        book.disconnected()
        book.hears(topic: "homeassistant/status", payload: Self.online, retained: false)
        #expect(book.deadline == nil && book.due(at: at(1000)) == [])
        book.connected()
        #expect(Set(book.due(at: at(2000))) == Set(all))
        for (topic, payload, retained) in [
            ("homeassistant/status", Self.online, true), ("homeassistant/status", Array("offline".utf8), false), ("homeassistant/status", [], false),
            ("homeassistant/else", Self.online, false),
        ] {
            book.hears(topic: topic, payload: payload, retained: retained)
            #expect(book.deadline == nil)
        }
        book.hears(topic: "homeassistant/status", payload: Self.online, retained: false)
        #expect(Set(book.due(at: at(3000))) == Set(all))
    }

    @Test("paced, and who is born without end does not hear more for it")
    func paced() {
        var book = DiscoveryBook(discovery())
        for number in 100..<250 { book.hears(info(ChargePointID(known: "CP-\(number)"))) }
        book.connected()
        var said: [DiscoveryMessage] = []
        for millisecond in 0..<1000 {
            book.hears(topic: "homeassistant/status", payload: Self.online, retained: false)
            let due = book.due(at: at(Int64(millisecond)))
            #expect(due.isEmpty || millisecond % 100 == 0)
            said += due
        }
        #expect(said.count == 500)
        #expect(Set(said.prefix(150)).count == 150)
    }

    @Test("a removed point is said to be gone, and nothing of it comes after that")
    func removed() {
        var book = DiscoveryBook(discovery())
        book.hears(info())
        book.connected()
        #expect(book.forget(cp) == discovery().removal(of: cp))
        #expect(book.due(at: at(0)) == [])
        // It is known no longer: the same words are news.
        book.hears(info())
        #expect(book.due(at: at(1000)).count == 1)
    }
}
