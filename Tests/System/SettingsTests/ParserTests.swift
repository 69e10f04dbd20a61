import ChargingModel
import Platform
import Settings
import Terminal
import Testing

@Suite struct ParserTests {
    @Test(arguments: [
        ("5s", 5000), ("500ms", 500), ("2m", 120_000), ("1h", 3_600_000), ("4.5", 4500), ("0", 0), ("0.001s", 1), ("1.5m", 90_000),
        ("30d", 2_592_000_000),
    ])
    func durations(text: String, milliseconds: Int64) { #expect(ValueParser.duration()(text) == .milliseconds(milliseconds)) }

    @Test(arguments: ["", "s", "-1s", "1 s", "1w", ".5", "5.", "1e3", "5s5", "9999999999999999h", "1.0000000001", "٥"])
    func notDurations(text: String) { #expect(ValueParser.duration()(text) == nil) }

    @Test func durationsHaveLimits() {
        let parser = ValueParser.duration(from: .milliseconds(100), to: .seconds(60))
        #expect(parser("100ms") != nil && parser("60") != nil && parser("99ms") == nil && parser("61") == nil)
        #expect(parser.expected == "a duration like 5s, 500ms, 2m, 1h or 4.5 (seconds), from 0.1s to 60s")
    }

    @Test func ports() {
        #expect(ValueParser.port("1883") == 1883 && ValueParser.port("65535") == 65535)
        for text in ["0", "65536", "-1", "+1", "abc", "", "1 "] { #expect(ValueParser.port(text) == nil) }
        #expect(ValueParser.portOrZero("0") == 0)
    }

    @Test func prefixesOfForeignTopics() {
        for text in ["homeassistant", "ha-2", "home/assistant"] { #expect(ValueParser.topicPrefix(text) == text) }
        // Nothing that makes a filter, an unusual topic, or one of the protocol's.
        for text in [
            "", "/", "a/", "/a", "a//b", "+", "a/#", "$SYS", "a b", "é", "cp", "central", "madrid/central", String(repeating: "a/", count: 64) + "a",
        ] {
            #expect(ValueParser.topicPrefix(text) == nil, "\(text)")
        }
    }

    @Test func endpoints() {
        #expect(ValueParser.endpoint("127.0.0.1:18001") == Endpoint(host: "127.0.0.1", port: 18001))
        #expect(ValueParser.endpoint("[::1]:80") == Endpoint(host: "::1", port: 80))
        #expect(Endpoint(host: "::1", port: 80).description == "[::1]:80")
        for text in ["", ":80", "host", "host:", "host:0", "::1:80", "[::1]", "[host]:80", "a b:80", "host:80/x", "user@host:80"] {
            #expect(ValueParser.endpoint(text) == nil, "\(text)")
        }
    }

    @Test func brokers() {
        #expect(ValueParser.broker("mqtt://broker")?.description == "mqtt://broker:1883")
        #expect(ValueParser.broker("mqtt://10.0.0.1:18830/") == BrokerURL(host: "10.0.0.1", port: 18830))
        #expect(ValueParser.broker("localhost:1884")?.port == 1884)
        #expect(ValueParser.broker("mqtts://broker") == BrokerURL(host: "broker", port: 8883, isSecure: true))
        #expect(ValueParser.broker("mqtts://[::1]:18883/")?.description == "mqtts://[::1]:18883")
        for text in ["", "mqtt://", "mqtts://", "mqtts:/broker", "mqtts://a:b@broker", "tcp://broker", "mqtt://a:b@broker", "mqtt://broker/x"] {
            #expect(ValueParser.broker(text) == nil, "\(text)")
        }
    }

    @Test(
        "where HTTP is answered",
        arguments: [
            ("127.0.0.1:8000", "http://127.0.0.1:8000"), ("http://a:80", "http://a:80"), ("https://[::1]:8000", "https://[::1]:8000"),
            ("https://a", nil),
            ("ftp://a:1", nil), ("https://a:1/x", nil),
        ] as [(String, String?)])
    func httpAddresses(text: String, address: String?) { #expect(ValueParser.httpAddress(text)?.description == address) }

    @Test(
        "what a certificate may be for",
        arguments: [
            ("localhost", "localhost"), ("Broker.Example", "broker.example"), ("10.0.0.1", "10.0.0.1"), ("::1", "::1"), ("", nil), ("a,b", nil),
            ("a b", nil), ("[::1]", nil), ("a:80", nil), ("https://a", nil),
        ] as [(String, String?)])
    func certificateHosts(text: String, host: String?) { #expect(ValueParser.certificateHost(text) == host) }

    @Test(arguments: [
        ("CP-001", ["CP-001"]), ("CP-001,CP-002", ["CP-001", "CP-002"]), ("CP-009..CP-011", ["CP-009", "CP-010", "CP-011"]),
        ("CP-9..CP-11", ["CP-9", "CP-10", "CP-11"]), ("A,1..3", ["A", "1", "2", "3"]), ("X1-1..X1-2", ["X1-1", "X1-2"]),
    ])
    func pointLists(text: String, ids: [String]) { #expect(ValueParser.chargePoints(text)?.map(\.text) == ids) }

    @Test(arguments: [
        "", ",", "CP-001,", "CP-001,CP-001", "CP-002..CP-001", "CP-1..CP-012", "CP-001..DP-002", "CP-001..", "..CP-001", "CP-001...CP-002",
        "CP-001.CP-002", "CP..CP", "CP-1..CP-10001", "CP 1", "cp/1", "CP-1..CP-99999999999999999999",
    ])
    func notPointLists(text: String) { #expect(ValueParser.chargePoints(text) == nil) }

    @Test(
        "names by which HTTP requests may call",
        arguments: [
            ("localhost", ["localhost"]), ("Charging.Example.org,10.0.0.1,[::1]", ["charging.example.org", "10.0.0.1", "[::1]"]), ("", nil),
            ("a,", nil),
            ("localhost:8000", nil), ("::1", nil), ("[x]", nil), ("http://a", nil), ("a b", nil),
        ] as [(String, [String]?)])
    func hostNames(text: String, names: [String]?) { #expect(ValueParser.hostNames(text) == names) }

    @Test func tenThousandPointsAreTheMost() {
        let points = ValueParser.chargePoints("CP-00001..CP-10000")
        #expect(points?.count == 10_000 && points?.first?.text == "CP-00001" && points?.last?.text == "CP-10000")
        #expect(ValueParser.chargePoints("CP-00001..CP-10000,X") == nil)
    }

    @Test func quantities() {
        #expect(ValueParser.power("22") == Power(watts: 22_000) && ValueParser.power("7.2kW") == Power(watts: 7200))
        #expect(ValueParser.power("22.5 kW") == Power(watts: 22_500) && ValueParser.power("22.0000") == Power(watts: 22_000))
        for text in ["0", "-1", "1001", "22.0005", "22W", "kW", "1e3", "NaN"] { #expect(ValueParser.power(text) == nil, "\(text)") }
        #expect(ValueParser.price("0.30") == Price(microEuroPerKilowattHour: 300_000) && ValueParser.price("0") != nil)
        for text in ["-0.1", "101", "0.0000001", "€1", ""] { #expect(ValueParser.price(text) == nil, "\(text)") }
        #expect(ValueParser.energy("0.5kWh") == Energy(wattHours: 500))
    }

    @Test func words() {
        #expect(ValueParser<LogFormat>.choice()("json") == .json && ValueParser<LogFormat>.choice()("JSON") == nil)
        #expect(ValueParser<ColorChoice>.choice().expected == "auto, always or never")
    }
}
