import JSON
import Reports
import Testing

@Suite("Stations for people") struct StationsTextTests {
    @Test("a line for each station, then who wants in and why") func table() throws {
        let book = try JSONObject(
            Array(
                #"""
                {"gateways":[{"gateway":"local","online":true,"refused":{"400":0,"401":0,"403":0,"404":3},"wants_in":[
                {"station":"ST-9","address":"10.0.0.7","status":404,"why":"nobody","at":"2026-11-24T02:00:00.123Z","times":3}]},
                {"gateway":"far","online":false,"reason":"connection lost","wants_in":[]}],
                "stations":[{"station":"ST-1","name":"ST-1","connected":true,"since":"2026-11-24T02:00:00.123Z","version":"1.6","vendor":"Test",
                "model":"Bench","firmware":null,"clock_ahead_s":-90,"connectors":[{"number":1,"cp":"ST-1","status":"Faulted","error":"GroundFailure"}],
                "quirks":["fraction"]}]}
                """#.utf8))
        #expect(
            StationsText.text(book, colors: false) == """
                Gateway far is offline: connection lost
                STATION  OCPP  STATE      SINCE (UTC)          WHAT        CLOCK  CONNECTORS                    QUIRKS
                ST-1     1.6   connected  2026-11-24 02:00:00  Test Bench  −90 s  ST-1 Faulted (GroundFailure)  fraction

                WANTS IN  ADDRESS   AT (UTC)             TIMES  WHY
                ST-9      10.0.0.7  2026-11-24 02:00:00  3      nobody
                Turned away so far: 3 × 404.
                To let one in: wattline credentials add station ID

                """)
        let crowd = try JSONObject(
            Array(
                #"{"gateways":[{"gateway":"local","online":true,"wants_in":[{"station":"ST-9","address":"a","status":503,"why":"no room"}]}]}"#
                    .utf8))
        let text = StationsText.text(crowd, colors: false)
        #expect(text.contains("no room") && !text.contains("credentials add"), "it has a name")
        let nobody = try JSONObject(Array(#"{"gateways":[],"stations":[]}"#.utf8))
        #expect(StationsText.text(nobody, colors: false).hasPrefix("No gateway was heard"))
    }

    @Test("frames in words: an answer with the call that it belongs to, whoever has the same ids; a refusal; what is none, and what was cut")
    func frames() {
        var transcript = FrameTranscript()
        func line(_ isFromStation: Bool, _ text: String, missed: Int = 0) -> String {
            transcript.line(
                isFromStation: isFromStation, at: "2026-11-24T02:00:00.123Z", bytes: text.utf8.count, missed: missed, text: text, colors: false)
        }
        #expect(
            line(true, #"[2,"1","StatusNotification",{"connectorId":1,"info":"a b"}]"#)
                == "02:00:00.123 → StatusNotification connectorId=1 info=\"a b\"\n")
        #expect(line(false, #"[2,"1","Reset",{"type":"Soft"}]"#) == "02:00:00.123 ← Reset type=Soft\n")
        #expect(line(false, #"[3,"1",{}]"#) == "02:00:00.123 ← StatusNotification answered\n")
        #expect(line(true, #"[4,"1","InternalError","no memory",{}]"#) == "02:00:00.123 → Reset refused: InternalError: no memory\n")
        #expect(line(true, #"[3,"1",{}]"#) == "02:00:00.123 → ? answered\n")
        #expect(line(true, "non\u{1B}sense") == "02:00:00.123 → 9 bytes that are no frame: non\u{FFFD}sense\n")
        #expect(line(true, #"[2,"9","Data…"#).contains("bytes, cut: "))
        #expect(line(true, #"[2,"2","Heartbeat",{}]"#, missed: 4) == "… 4 frames were too many to tell\n02:00:00.123 → Heartbeat\n")
        for number in 0..<1000 { _ = line(true, #"[2,"x\#(number)","Heartbeat",{}]"#) }
        let deep = String(repeating: "[", count: 20) + String(repeating: "]", count: 20)
        #expect(line(true, #"[2,"3","X",{"a":\#(deep),"b":[1,2,3,4,5,6]}]"#).contains("b=1 b=2 b=3 b=4 (b × 6)"))
    }
}
