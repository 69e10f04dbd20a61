import ChargingModel
import ChargingProtocol
import Testing

@Suite("Topics byte by byte") struct TopicTests {
    /// A topic split into levels: what is read byte by byte must be read the same.
    private static func split(_ text: String) -> Topic? {
        let levels = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch (levels.first, levels.count) {
        case ("cp", 3):
            guard let cp = ChargePointID(levels[1]) else { return nil }
            let topics: [String: Topic] = [
                "info": .info(cp), "state": .state(cp), "telemetry": .telemetry(cp), "event": .event(cp), "health": .health(cp),
                "command": .command(cp),
            ]
            return topics[levels[2]]
        case ("driver", 3):
            guard let driver = DriverID(levels[1]) else { return nil }
            return ["request": .request(driver), "status": .status(driver), "ticket": .tickets(driver)][levels[2]]
        case ("station", 3):
            guard let station = ChargePointID(levels[1]) else { return nil }
            return levels[2] == "request" ? .stationRequest(station) : Topic.StationLeaf(rawValue: levels[2]).map { .station(station, $0) }
        case ("gateway", 3): return levels[2] == "about" ? GatewayID(levels[1]).map { .gateway($0) } : nil
        case ("central", 2): return ["status": .centralStatus, "fence": .fence][levels[1]]
        case ("central", 3):
            guard levels[1] == "cp", let cp = ChargePointID(levels[2]) else { return nil }
            return .verdict(cp)
        default: return nil
        }
    }

    @Test("P2: mutated topics are read as their levels say, with a site and without") func mutated() {
        var mutator = Mutator(seed: 7)
        var accepted = 0
        for turn in 0..<20_000 {
            let samples = Samples.all + StationSamples.all
            var bytes = Array(samples[turn % samples.count].topic.text.utf8)
            for _ in 0..<mutator.below(3) { mutator.mutate(&bytes) }
            let text = String(decoding: bytes, as: UTF8.self)
            let expected = TopicTests.split(text)
            #expect(Topic(text) == expected, "\(text)")
            #expect(Topic(Substring(text)) == expected, "\(text)")
            guard let expected else { continue }
            accepted += 1
            #expect(expected.text == text)
        }
        #expect(accepted > 2000 && accepted < 18_000, "\(accepted)")
    }

    @Test("characters that are made of a level and what follows it") func combining() {
        for text in ["cp/\u{301}CP-001/state", "cp\u{301}/CP-001/state", "cp/CP-001/state\u{301}", "central/\u{301}status", "cp/\u{212A}/state"] {
            #expect(Topic(text) == nil)
        }
    }

    @Test("P2: a site is the same site however its characters are composed", arguments: ["madrid", "caf\u{E9}", "cafe\u{301}", "🔌", ""])
    func sites(_ site: String) throws {
        let wire = Wire(site: site)
        let other = Wire(site: site == "caf\u{E9}" ? "cafe\u{301}" : site == "cafe\u{301}" ? "caf\u{E9}" : site)
        for message in Samples.all {
            let publication = wire.publication(message, at: Samples.now)
            #expect(publication.topic == site + "/" + message.topic.text)
            #expect(publication.topic == wire.text(of: message.topic))
            #expect(try wire.decode(topic: publication.topic, payload: publication.payload) == .message(message))
            #expect(try other.decode(topic: publication.topic, payload: publication.payload) == .message(message))
        }
        #expect(throws: Rejection.self) { try wire.decode(topic: "cp/CP-001/telemetry", payload: Array("{}".utf8)) }
    }
}
