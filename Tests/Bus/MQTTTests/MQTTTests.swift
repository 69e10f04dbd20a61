import EventLoop
import MQTT
import Mosquitto
import Testing

@Suite struct AddressTests {
    @Test(
        "Addresses of brokers",
        arguments: [
            ("mqtt://broker", MQTTAddress(host: "broker")), ("mqtt://127.0.0.1:18830/", MQTTAddress(port: 18830)),
            ("tcp://[::1]:99", MQTTAddress(host: "::1", port: 99)),
            ("mqtts://broker.example", MQTTAddress(host: "broker.example", port: 8883, tls: .init())),
            ("mqtt://ann@broker", MQTTAddress(host: "broker", credentials: .init(user: "ann"))),
            ("MQTT://ann:p%40ss%3A@broker:1", MQTTAddress(host: "broker", port: 1, credentials: .init(user: "ann", password: "p@ss:"))),
        ]) func good(_ url: String, _ address: MQTTAddress) throws
    { #expect(try MQTTAddress(url: url) == address) }

    @Test(
        "What is no address says why, and never repeats a password",
        arguments: [
            "", "broker:1883", "http://broker", "mqtt://", "mqtt://:1883", "mqtt://broker:0", "mqtt://broker:65536", "mqtt://broker:x",
            "mqtt://broker/topic", "mqtt://ann:sesame%4@broker", "mqtt://:sesame@broker", "mqtt://ann:sesame@", "mqtt://[::1", "mqtt://[::1]x",
            "mqtt://ann:sesame@broker:port", "mqtt://a\u{0}b", "mqtt://broker:+1", "mqtt://ann:sesame%+4@broker", "ann:sesame@mqtt://broker",
            "ann:sesame@mqtt://b@c",
            "mqtt://[[broker]",
        ]) func bad(_ url: String)
    { #expect { _ = try MQTTAddress(url: url) } throws: { error in "\(error)".contains("expected mqtt://") && !"\(error)".contains("sesame") } }

    @Test("The description has no password") func description() throws {
        #expect(try MQTTAddress(url: "mqtts://ann:sesame@[::1]").description == "mqtts://[::1]:8883")
    }
}

@Suite struct BackoffTests {
    @Test("Delays stay below a ceiling that doubles up to its limit, and start anew after a success", arguments: 0..<20) func ceilings(seed: UInt64) {
        var backoff = Backoff(seed: seed)
        for _ in 0..<2 {
            for ceiling in [100, 200, 400, 800, 1600, 2000, 2000, 2000] {
                let delay = backoff.next()
                #expect((.milliseconds(10) ... .milliseconds(ceiling)).contains(delay))
            }
            backoff.reset()
        }
        for _ in 0..<200 { #expect(backoff.next() <= .seconds(2)) }
    }

    @Test("The same seed gives the same delays, other seeds others") func seeds() {
        func delays(_ seed: UInt64) -> [Duration] {
            var backoff = Backoff(seed: seed)
            return (0..<10).map { _ in backoff.next() }
        }
        #expect(delays(1) == delays(1))
        #expect(delays(1) != delays(2))
    }
}

@Suite struct SettingsTests {
    @Test("Settings that can't work are refused by name") func refused() async throws {
        let loop = try EventLoop()
        try loop.start()
        defer { loop.shutdown() }
        func refusal(_ change: @Sendable (inout MQTTSettings) -> Void) async -> String {
            var settings = MQTTSettings(address: MQTTAddress(), clientID: "x")
            change(&settings)
            let changed = settings
            return await loop.run {
                do throws(MQTTError) {
                    _ = try BusClient(loop: loop, settings: changed) { _ in }
                    return ""
                } catch { return "\(error)" }
            }
        }
        #expect(await refusal { _ in } == "")
        #expect(await refusal { $0.clientID = "" }.contains("clientID"))
        #expect(await refusal { $0.clientID = "a\u{0}b" }.contains("clientID"))
        #expect(await refusal { $0.keepAlive = .seconds(4) }.contains("keepAlive"))
        #expect(await refusal { $0.maxOutboundMessages = 0 }.contains("maxOutboundMessages"))
        #expect(await refusal { $0.address.host = "" }.contains("address"))
        #expect(await refusal { $0.address.tls = .init(certificateFile: "x") }.contains("tls"))
    }
}
