import ChargingModel
import ChargingProtocol
import ContractLint
import JSON
import Ledger
import NetworkView
import Testing

@Suite("From outside: texts and times") struct TextAndTimeTests {
    /// Texts that are 11 000 bytes and more, or become it: DEL, backspace, quotes, one letter with ten thousand accents, emoji, turned writing.
    static let longTexts = [
        String(repeating: "\u{7F}", count: 11_000), String(repeating: #"\b"#, count: 8000), String(repeating: #"\""#, count: 8000),
        "e" + String(repeating: "\u{301}", count: 5000), String(repeating: "👩‍👩‍👧‍👦", count: 600), String(repeating: "\u{202E}", count: 3000),
        String(repeating: #"\u0000"#, count: 2600), String(repeating: "x", count: 16_000),
    ]

    @Test("P4: whatever text a station says, what Central composes of it has at most 4 KiB, and can be read again", arguments: longTexts)
    func composed(_ text: String) throws {
        var bench = OutsideBench()
        bench.state("CP-A", "FAULTY", seq: 2, reason: text)
        bench.hear("driver/alice/request", #"{"request":"R1","cp":"CP-A"}"#)
        bench.state("CP-B", "DISCONNECTED", seq: 2, reason: text)
        bench.hear("driver/alice/request", #"{"request":"R2","cp":"CP-B"}"#)
        bench.hear("driver/alice/request", #"{"request":"R3","energy_kwh":"\#(text)"}"#)
        #expect(bench.rejections.isEmpty, "a text that is too long costs nobody the message")
        let denials = bench.said.compactMap { said -> DenialCode? in
            if case .status(let status) = said.message, case .denied(let code, _, _) = status.kind { code } else { nil }
        }
        #expect(denials == [.faulty, .disconnected, .badRequest])
        for said in bench.said {
            #expect(said.payload.count <= Wire.centralLimit, "\(said.topic): \(said.payload.count) bytes")
            guard case .message(let read) = try bench.wire.decode(topic: said.topic, payload: said.payload) else { return #expect(Bool(false)) }
            #expect(bench.wire.publication(read, at: said.at).payload == said.payload, "\(said.topic)")
        }
        for decision in bench.book.decisions {
            if case .denied(_, let reason) = decision.ruling { #expect(reason.utf8.count <= String.messageTextLimit) }
        }
        #expect(bench.view.log.entries.allSatisfy { $0.text.utf8.count < 1000 })
    }

    @Test("P4: a text keeps its limit as JSON, has no control characters, and what fits stays as it is")
    func bounded() {
        var random = SplitMix64(seed: 1)
        let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "é", "⚡", "👍", "\u{0}", "\n", "\u{7F}", "\u{85}", "\u{2028}", "\u{202E}", "\u{301}"]
        for _ in 0..<5000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...300, using: &random) { text.append(scalars[Int.random(in: 0..<scalars.count, using: &random)]) }
            let limit = Int.random(in: 3...300, using: &random)
            let bounded = String(text).bounded(to: limit)
            var json = JSONWriter()
            json.string(nil, bounded)
            #expect(json.bytes.count - 2 <= limit, "as JSON: \(json.text)")
            #expect(bounded.bounded(to: limit) == bounded)
            #expect(bounded.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) && $0.value != 0x202E })
        }
        #expect("charging driver-alice".bounded() == "charging driver-alice")
        #expect("naïve ⚡ \"text\"".bounded() == "naïve ⚡ \"text\"")
        #expect(String(repeating: "a", count: 256).bounded().utf8.count == 256)
        #expect(String(repeating: "a", count: 257).bounded() == String(repeating: "a", count: 253) + "…")
    }

    @Test("P4: the linter names who says too much, and not Central for it")
    func linted() {
        var lint = ContractLint(wire: Wire(site: nil))
        let payload =
            #"{"epoch":10,"seq":1,"cp":"CP-A","state":"FAULTY","meter":"m","meter_wh":0,"reason":"\#(String(repeating: "x", count: 300))","ts":"2026-11-28T10:00:00.000Z"}"#
        let heard = lint.hear(
            topic: "cp/CP-A/state", payload: Array(payload.utf8), .live(retain: true), qos: .atLeastOnce,
            at: Now(monotonic: Instant(nanoseconds: 0), wall: OutsideBench.start))
        #expect(heard.received != nil)
        #expect(heard.findings.contains { $0.rule == .p4 && $0.text.contains("reason has 300 bytes") }, "\(heard.findings)")
    }

    @Test(
        "P5: what no calendar has, and what UTC puts outside of four digits, is no time",
        arguments: [
            "9999-12-31T23:59:59.000-23:59", "0000-01-01T00:00:00.000+23:59", "2026-02-31T00:00:00.000Z", "2026-02-29T00:00:00.000Z",
            "1900-02-29T00:00:00.000Z", "2026-04-31T00:00:00.000Z", "2026-00-10T00:00:00.000Z", "2026-01-00T00:00:00.000Z",
            "9999-12-31T23:59:60.000Z", "2026-01-01T00:00:00.000+24:00", "2026-01-01T00:00:00.000+00:60", "2026-01-01T24:00:00.000Z",
        ])
    func noTime(_ text: String) {
        #expect(WallTime(text: text) == nil && WallTime(utf8: text.utf8.span) == nil)
    }

    @Test(
        "P5: the edges of the calendar are times",
        arguments: [
            "0000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "2000-02-29T00:00:00.000Z", "2028-02-29T00:00:00.000Z",
            "0000-02-29T12:00:00.000Z",
        ])
    func time(_ text: String) { #expect(WallTime(text: text)?.text == text && WallTime(utf8: text.utf8.span)?.text == text) }

    @Test("P5: every time that is accepted is written in a way that everyone reads as the same")
    func roundTrip() {
        var random = SplitMix64(seed: 7)
        func two(_ range: ClosedRange<Int>) -> String { decimalTwo(Int.random(in: range, using: &random)) }
        var accepted = 0
        for _ in 0..<40_000 {
            let year = ["0000", "0001", "1970", "2026", "2028", "9998", "9999"].randomElement(using: &random) ?? "2026"
            let zone = ["Z", "z", "+00:00", "-23:59", "+23:59", "+05:30", "-12:00"].randomElement(using: &random) ?? "Z"
            let fraction = ["", ".5", ".999", ".0000001", ".999999999"].randomElement(using: &random) ?? ""
            let text = "\(year)-\(two(1...12))-\(two(1...31))T\(two(0...23)):\(two(0...59)):\(two(0...60))\(fraction)\(zone)"
            guard let time = WallTime(text: text) else { continue }
            accepted += 1
            #expect(time.text.utf8.count == 24 && WallTime(text: time.text) == time && WallTime(utf8: time.text.utf8.span) == time, "\(text)")
        }
        #expect(accepted > 20_000)
    }

    private func decimalTwo(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    @Test("P5, I4: times of an old ledger that can't be written are written as the calendar's ends, and cost nobody the list")
    func oldTimes() throws {
        let wire = Wire(site: nil)
        func ticket(_ started: Int64) -> Ticket {
            Ticket(
                session: SessionID(known: "S\(started.magnitude)"), request: RequestID(known: "R"), cp: ChargePointID(known: "CP-A"), energy: .zero,
                cost: .zero,
                price: .limit, started: WallTime(milliseconds: started), ended: nil, outcome: .completed, endReason: .completed, complete: true)
        }
        let list = TicketList(
            epoch: 1, driver: DriverID(known: "alice"), tickets: [ticket(253_402_387_140_000), ticket(.min), ticket(.max), ticket(0)])
        let publication = wire.publication(.tickets(list), at: OutsideBench.start)
        guard case .message(.tickets(let read)) = try wire.decode(topic: publication.topic, payload: publication.payload) else {
            return #expect(Bool(false))
        }
        #expect(
            read.tickets.map { $0.started?.text } == [
                "9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z",
            ])
    }

    @Test(
        "P4: one bad ticket does not cost the list",
        arguments: [#""started":"10000-01-01T00:00:00.000Z""#, #""energy_kwh":-1"#, #""session":"no id!""#])
    func badTicket(_ member: String) throws {
        let good =
            #"{"session":"S1","request":"R1","cp":"CP-A","energy_kwh":0.061,"cost_eur":0.02,"price_eur_per_kwh":0.30,"started":null,"ended":null,"status":"COMPLETED","end_reason":"completed","complete":true}"#
        let name = member.split(separator: "\"")[0]
        let bad = good.replacing(try Regex(#""\#(name)":("[^"]*"|[0-9.]+|null)"#), with: member).replacing("S1", with: "S2")
        #expect(bad != good.replacing("S1", with: "S2"))
        let payload = #"{"epoch":1,"driver":"alice","tickets":[\#(good),\#(bad),7,\#(good)],"ts":"2026-11-28T10:00:00.000Z"}"#
        guard case .message(.tickets(let list)) = try Wire(site: nil).decode(topic: "driver/alice/ticket", payload: Array(payload.utf8)) else {
            return #expect(Bool(false))
        }
        #expect(list.tickets.map(\.session.text) == ["S1", "S1"])
    }
}
