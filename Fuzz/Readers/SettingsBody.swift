internal import ChargingModel

@testable internal import Settings

/// Values of settings, from flags and the environment: what is taken is the same when it is written and read again.
enum SettingsBody {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let broker = ValueParser.broker(text) {
            try hold(ValueParser.broker("\(broker)") == broker, "\(broker) is another broker when it is read again")
        }
        if let endpoint = ValueParser.endpoint(text) {
            try hold(ValueParser.endpoint("\(endpoint)") == endpoint, "\(endpoint) is another endpoint when it is read again")
        }
        if let names = ValueParser.hostNames(text) {
            try hold(ValueParser.hostNames(names.joined(separator: ",")) == names, "host names are others when they are read again")
        }
        if let points = ValueParser.chargePoints(text) {
            try hold(points.count <= 10_000 && Set(points).count == points.count, "a point is named twice, or too many are")
        }
        if let prefix = ValueParser.topicPrefix(text) { try hold(!prefix.contains("+") && !prefix.contains("#"), "a prefix with wildcards") }
        try numbers(text)
        try holdIsLine(SettingError("WATTLINE_MQTT", value: text, expected: "something else").description)
    }

    private static func numbers(_ text: String) throws(Finding) {
        if let duration = ValueParser.duration()(text) {
            try hold(duration >= .zero && duration <= .seconds(366 * 86_400), "a duration out of its range")
        }
        if let power = ValueParser.power(text) { try hold(power.watts > 0 && power.watts <= 1_000_000, "a power out of its range") }
        if let energy = ValueParser.energy(text) { try hold(energy.wattHours > 0 && energy.wattHours <= 1_000_000_000, "an energy out of its range") }
        if let price = ValueParser.price(text) {
            try hold((0...100_000_000).contains(price.microEuroPerKilowattHour), "a price out of its range")
        }
        if let port = ValueParser.port(text) { try hold(ValueParser.port("\(port)") == port, "another port") }
        _ = ValueParser.seed(text)
        _ = ValueParser.address(text)
        _ = ValueParser.site(text)
        _ = ValueParser.drivers(text)
        _ = ValueParser.bool(text)
    }
}
