import ChargingModel
import ChargingProtocol
import Testing

@Suite("Messages to JSON and back") struct RoundTripTests {
    @Test("every message comes back as it went", arguments: Samples.all) func roundTrip(_ message: BusMessage) throws {
        for wire in [Wire(site: nil), Wire(site: "madrid")] {
            let publication = wire.publication(message, at: Samples.now)
            #expect(publication.topic.hasPrefix("madrid/") == (wire.site != nil))
            #expect(try wire.decode(topic: publication.topic, payload: publication.payload) == .message(message))
        }
    }

    private static let spelled: [(index: Int, text: String)] = [
        (3, #"cp/CP-001/state {"epoch":7,"cp":"CP-001","state":"DISCONNECTED","reason":"connection lost"}"#),
        (
            4,
            """
            cp/CP-001/telemetry {"epoch":7,"seq":4,"cp":"CP-001","session":"01JDSESSION","driver":"driver-alice","power_kw":22.0,\
            "energy_kwh":0.018,"meter_wh":184238,"cost_eur":0.0054,"elapsed_s":3,"ts":"2026-11-24T02:00:00.123Z"}
            """
        ),
        (
            6,
            """
            cp/CP-001/event {"epoch":7,"event":"SESSION_ENDED","cp":"CP-001","session":"01JDSESSION","driver":"driver-alice",\
            "meter":"m-4f9a","meter_start_wh":184220,"meter_end_wh":184238,"energy_kwh":0.018,"cost_eur":0.0054,\
            "started":"2026-11-24T02:00:00.123Z","ended":"2026-11-24T02:00:00.123Z","end_reason":"completed","ts":"2026-11-24T02:00:00.123Z"}
            """
        ),
        (
            12,
            """
            cp/CP-001/command {"epoch":7,"command":"START","id":"c-1","session":"01JDSESSION","driver":"driver-alice",\
            "price_eur_per_kwh":0.30,"energy_kwh":0.018,"duration_s":2.5,"ts":"2026-11-24T02:00:00.123Z"}
            """
        ),
        (
            27,
            """
            driver/driver-alice/status {"epoch":7,"request":"01JDREQUEST","cp":"CP-001","status":"DENIED","session":"01JDSESSION",\
            "code":"CP_BUSY","reason":"is charging","ts":"2026-11-24T02:00:00.123Z"}
            """
        ),
        (
            32,
            """
            driver/driver-alice/ticket {"epoch":7,"driver":"driver-alice","tickets":[],"ts":"2026-11-24T02:00:00.123Z"}
            """
        ),
    ]

    @Test("payloads are spelled as the protocol says", arguments: spelled) func spelling(_ expected: (index: Int, text: String)) {
        #expect(Samples.all[expected.index].text == expected.text)
    }

    @Test("QoS, retained flag and expiry are the protocol's (P3, P12)", arguments: Samples.all) func delivery(_ message: BusMessage) {
        let publication = Wire(site: nil).publication(message, at: Samples.now)
        let kind = publication.topic.split(separator: "/").last ?? ""
        let isVerdict = publication.topic.hasPrefix("central/cp/")
        let text = message.text
        #expect(
            publication.retain
                == (isVerdict || ["info", "state", "health", "status", "ticket"].contains(kind) && !text.hasPrefix("driver/driver-alice/status")))
        #expect((publication.qos == .atMostOnce) == (kind == "telemetry" || text.contains("IN_PROGRESS")))
        let expiry: UInt32? = kind == "command" ? (text.contains("START") ? 2 : 10) : nil
        #expect(publication.expirySeconds == expiry)
    }

    @Test("wills have no time, all else that says when has one (P6)", arguments: Samples.all) func times(_ message: BusMessage) {
        let isTimeless = message.text.contains("connection lost") || message.text.contains("central/fence") || message.text.contains("\"stop\"")
        #expect(message.text.contains("\"ts\"") == !isTimeless)
    }

    @Test("an empty payload deletes what is retained (P4)") func deleted() throws {
        #expect(try Wire(site: nil).decode(topic: "cp/CP-001/state", payload: []) == .deleted(.state(Samples.cp)))
        #expect(throws: Rejection.self) { try Wire(site: nil).decode(topic: "cp/CP-001/telemetry", payload: []) }
    }

    @Test("unknown fields, their order and null for absent ones do not matter (P4)") func tolerant() throws {
        let payload =
            #" {"later":{"a":[1]},"driver":null,"reason":"x","meter_wh":5,"meter":"m","state":"ACTIVATED","cp":"CP-001","seq":1,"ts":"2026-11-24T02:00:00Z","epoch":7.0} "#
        let expected = StateReport(
            epoch: 7, seq: 1, cp: Samples.cp, state: .activated, meter: MeterID(known: "m"), register: Energy(wattHours: 5), reason: "x")
        #expect(try Wire(site: nil).decode(topic: "cp/CP-001/state", payload: Array(payload.utf8)) == .message(.state(expected)))
    }

    @Test("the epoch is found in any payload that has one", arguments: Samples.all) func epoch(_ message: BusMessage) {
        let payload = Wire(site: nil).publication(message, at: Samples.now).payload
        if case .request = message { return #expect(Wire(site: nil).epoch(in: payload) == nil) }
        #expect(Wire(site: nil).epoch(in: payload) == 7)
    }
}
