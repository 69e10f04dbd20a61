import ChargingModel
import ChargingProtocol
import ContractLint
import JSON
import Testing
import Viewers

@Suite("The tail") struct TailTests {
    private let now = Now(monotonic: Instant(nanoseconds: 0), wall: WallTime(milliseconds: 1_795_485_600_123))

    private func heard(
        _ topic: String, _ payload: [UInt8], filter: TailFilter = TailFilter(), site: String? = nil, _ delivery: Delivery = .live(retain: nil)
    ) -> TailLine? {
        var tail = Tail(wire: Wire(site: site), filter: filter)
        return tail.hear(topic: topic, payload: payload, delivery, qos: .atLeastOnce, at: now)
    }

    @Test("A message in words, with its time and topic")
    func words() throws {
        let line = try #require(heard("driver/driver-alice/request", Array(#"{"request":"r-1","cp":"CP-001","duration_s":10}"#.utf8)))
        let expected = "02:00:00.123        driver/driver-alice/request    wants to charge at CP-001, at most 10 s (request r-1)\n"
        #expect(line.text(colors: false) == expected)
    }

    @Test("Readings are not shown unless asked for, or wrong")
    func readings() {
        let fine =
            #"{"epoch":5,"seq":1,"cp":"MY-1","session":"s","driver":"d","power_kw":1,"energy_kwh":0,"meter_wh":1,"cost_eur":0,"elapsed_s":1,"#
            + #""ts":"2026-11-28T06:00:00.000Z"}"#
        var tail = Tail(wire: Wire(site: nil), filter: TailFilter())
        #expect(tail.hear(topic: "cp/MY-1/telemetry", payload: Array(fine.utf8), .live(retain: false), qos: .atMostOnce, at: now) == nil)
        #expect(tail.hear(topic: "cp/MY-1/telemetry", payload: Array(fine.utf8), .live(retain: true), qos: .atMostOnce, at: now) != nil)
        #expect(tail.heard == 2 && tail.shown == 1 && tail.breaches[.topics] == 1)
        #expect(tail.summary.hasPrefix("2 messages heard; the contract was broken: TOPICS"))
    }

    @Test("Filters by point and driver leave out others, what is wrong with them included")
    func filters() {
        let mine = TailFilter(points: [ChargePointID(known: "MY-1")])
        #expect(heard("cp/MY-1/state", Array("x".utf8), filter: mine) != nil)
        #expect(heard("cp/MY-2/state", Array("x".utf8), filter: mine) == nil)
        #expect(heard("cp/MY 1/state", Array("x".utf8), filter: mine) == nil)
        #expect(heard("driver/me/request", Array(#"{"cp":"MY-1"}"#.utf8), filter: mine) != nil)
        #expect(heard("madrid/cp/MY-1/state", Array("x".utf8), filter: mine, site: "madrid") != nil)
        #expect(heard("madrid/cp/MY-2/state", Array("x".utf8), filter: mine, site: "madrid") == nil)
    }

    @Test("JSON: the payload as it came, the problems beside it, on one line")
    func json() throws {
        let fine = try #require(heard("driver/me/request", Array("{\n \"cp\" :\"\u{9B}31m\"\n}".utf8)))
        let object = try JSONObject(Array(fine.json.dropLast().utf8))
        #expect(!fine.json.dropLast().unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) })
        #expect(object["payload"]?.object?["cp"]?.string == "\u{9B}31m")
        #expect(object["problems"]?.elements?.first?.object?["rule"]?.string == "P4")
        let broken = try #require(heard("cp/MY-1/state", [0xFF, 0x1B, 0x5B]))
        #expect(try JSONObject(Array(broken.json.dropLast().utf8))["payload"]?.kind == .null)
    }

    @Test("Random bytes on any topic neither crash it nor reach the terminal raw")
    func fuzz() {
        var random = SplitMix64(seed: 17)
        var tail = Tail(wire: Wire(site: nil), filter: TailFilter(kinds: Set(TailKind.allCases)))
        let topics = ["cp/MY-1/", "driver/me/", "central/", "central/cp/", "cp/\u{1B}[2J/", ""]
        let leaves = ["info", "state", "telemetry", "event", "health", "command", "status", "fence", "request", "ticket", "MY-1", "\u{9B}H"]
        var samples = Samples.all
        var written: [Unicode.Scalar] = []
        for round in 0..<5000 {
            var payload: [UInt8]
            if round % 2 == 0 {
                payload = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            } else {
                samples.shuffle(using: &random)
                payload = samples[0].bytes
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    payload[Int.random(in: 0..<payload.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
            }
            let topic =
                round % 2 == 0
                ? topics[Int.random(in: 0..<topics.count, using: &random)] + leaves[Int.random(in: 0..<leaves.count, using: &random)]
                : samples[0].topic
            let delivery: Delivery = round % 5 == 0 ? .stored : .live(retain: Bool.random(using: &random))
            let now = Now(monotonic: Instant(nanoseconds: Int64(round) * 10_000_000), wall: now.wall)
            guard let line = tail.hear(topic: topic, payload: payload, delivery, qos: .atLeastOnce, at: now) else { continue }
            written += line.text(colors: false).unicodeScalars
            written += line.json.unicodeScalars
        }
        let feared = written.filter { ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) }
        #expect(feared.isEmpty)
        #expect(tail.heard == 5000)
    }
}

/// Real messages, to be spoilt.
private struct Samples {
    var topic: String
    var bytes: [UInt8]

    static var all: [Samples] {
        let bus = Bus()
        let messages: [BusMessage] = [
            Bus.info(epoch: 9_007_199_254_740_990), .state(.will(epoch: 2, cp: Bus.cp)), .health(.will(epoch: 3, cp: Bus.cp)),
            .state(
                StateReport(
                    epoch: 2, seq: UInt64(Int64.max), cp: Bus.cp, state: .supplying, session: Bus.session, driver: Bus.driver, meter: Bus.meter,
                    register: .limit, reason: "x")),
            .telemetry(
                Telemetry(
                    epoch: 2, seq: UInt64(Int64.max), cp: Bus.cp, session: Bus.session, driver: Bus.driver, power: .limit, energy: .limit,
                    register: .limit, cost: Money(microEuro: .max), elapsedSeconds: .max)),
            .event(ChargePointEvent(epoch: 2, cp: Bus.cp, kind: bus.started())), .event(ChargePointEvent(epoch: 2, cp: Bus.cp, kind: bus.record())),
            .command(Command(epoch: 5, cp: Bus.cp, id: CommandID(known: "c"), kind: .start(bus.order))),
            .command(Command(epoch: 5, cp: Bus.cp, id: CommandID(known: "c"), kind: .stop(Bus.session))),
            .centralStatus(CentralStatus(epoch: 5, online: true, software: "w", protocolVersion: 1)),
            .status(
                DriverStatus(
                    epoch: 5, driver: Bus.driver, request: RequestID(known: "r"), cp: Bus.cp,
                    kind: .accepted(session: Bus.session, power: .limit, price: .limit))),
        ]
        return messages.map { message in
            let publication = Bus.wire.publication(message, at: WallTime(milliseconds: 1_795_485_600_123))
            return Samples(topic: publication.topic, bytes: publication.payload)
        }
    }
}
