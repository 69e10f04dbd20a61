import ChargingModel
import ChargingProtocol
import ContractLint
import Testing

/// The rules of the bus, each broken once; and a charge as it should be, which breaks none.
@Suite("Rules of the bus") struct BusRuleTests {
    static let state = #""meter":"m-1","meter_wh":1,"reason":"x","ts":"2026-11-28T06:00:00.000Z"}"#

    @Test("A birth, a charge, its end and a clean stop break nothing")
    func asItShouldBe() {
        var bus = Bus()
        var found = bus.central() + bus.birth() + bus.verdict(.activated) + bus.ask() + bus.charge()
        for second in 2...9 {
            bus.pass(1)
            found += bus.reading(Int64(second) * 6, elapsed: Int64(second), cost: Int64(second) * 1800)
        }
        found += bus.event(bus.record(Bus.session, 54)) + bus.command(.ack(Bus.session, of: Bus.meter), id: "c-2")
        found += bus.state(.activated, register: 1054)
        found += bus.status(.completed(session: Bus.session, energy: Energy(wattHours: 54), cost: Money(microEuro: 20_000), complete: true))
        found += bus.state(.disconnected, register: 1054, reason: "stopped")
        bus.pass(10)
        found += bus.late()
        #expect(found.isEmpty, "\(found)")
    }

    @Test("TOPICS: topics that the protocol does not have")
    func unknownTopic() {
        var bus = Bus()
        #expect(bus.say("cp/MY-1/status", "{}").breaches == [.topics])
        #expect(bus.say("cp/MY-1", "{}").says("one of info, state, telemetry"))
        #expect(bus.say("central/foo", "{}").says("central/status"))
        #expect(bus.say("home/lamp", "on").breaches == [.topics])
    }

    @Test("TOPICS: RETAIN and QoS as in the table; a request by hand may have QoS 0")
    func flags() {
        var bus = Bus()
        #expect(bus.hear(Bus.info(epoch: 2), retain: false).says("must be retained"))
        #expect(bus.hear(.command(Command(epoch: 5, cp: Bus.cp, id: CommandID(known: "x"), kind: .resume)), retain: true).breaches == [.topics])
        #expect(bus.hear(.command(Command(epoch: 5, cp: Bus.cp, id: CommandID(known: "x"), kind: .resume)), stored: true).says("mosquitto_pub -r -n"))
        #expect(bus.hear(Bus.info(epoch: 2), qos: .atMostOnce).says("QoS 0: info has QoS 1"))
        #expect(bus.hear(.request(Bus.driver, .charge(ChargeRequest(id: nil, cp: nil))), qos: .atMostOnce).hints == [.topics])
    }

    @Test("PAYLOADS: available only where ACTIVATED; one version of the protocol; no more power than the rating")
    func payloads() {
        var bus = Bus()
        #expect(bus.verdict(.supplying, available: true).breaches == [.payloads])
        bus.birth()
        bus.charge()
        let boast = Telemetry(
            epoch: 2, seq: 2, cp: Bus.cp, session: Bus.session, driver: Bus.driver, power: Power(watts: 50_000), energy: Energy(wattHours: 12),
            register: Energy(wattHours: 1012), cost: Money(microEuro: 3600), elapsedSeconds: 2)
        #expect(bus.hear(.telemetry(boast)).hints == [.payloads])
    }

    @Test("P1: ids in topics and payloads")
    func ids() {
        var bus = Bus()
        #expect(bus.say("cp/MY 1/state", "{}").breaches == [.p1])
        #expect(bus.say("central/cp/-x", "{}").breaches == [.p1])
        #expect(bus.say("driver/a.b/request", "{}").says("the id \"a.b\""))
        let supplying = #"{"epoch":2,"seq":1,"cp":"MY-1","state":"SUPPLYING","session":"a b","driver":"d","#
        #expect(bus.say("cp/MY-1/state", supplying + Self.state).breaches == [.p1])
    }

    @Test("P4: what receivers reject, and what was expected instead")
    func rejected() {
        var bus = Bus()
        #expect(bus.say("cp/MY-1/state", "hello").breaches == [.p4])
        #expect(bus.say("cp/MY-1/state", "[1]").says("a JSON object"))
        #expect(bus.say("cp/MY-1/state", #"{"epoch":2,"seq":1,"cp":"MY-2","state":"ACTIVATED","# + Self.state).says("as in the topic"))
        #expect(bus.say("cp/MY-1/info", "{\"kind\":\"" + String(repeating: "x", count: 17_000) + "\"}").says("16384 bytes"))
        #expect(bus.say("driver/me/request", #"{"cp":5}"#).breaches == [.p4])
    }

    @Test("P5: times are UTC with milliseconds, registers never go down, tickets are in cents")
    func units() {
        var bus = Bus()
        let early = #"{"epoch":2,"seq":1,"cp":"MY-1","state":"ACTIVATED","meter":"m-1","meter_wh":1,"reason":"x","ts":"2026-11-28T07:00:00+01:00"}"#
        #expect(bus.say("cp/MY-1/state", early).says("2026-11-28T06:00:00.000Z"))
        #expect(bus.state(.activated, seq: 2, register: 900).isEmpty)
        #expect(bus.state(.activated, seq: 3, register: 899).breaches == [.p5])
        let status = DriverStatus.Kind.completed(session: Bus.session, energy: Energy(wattHours: 1), cost: Money(microEuro: 300), complete: true)
        #expect(bus.status(status).says("whole cents"))
    }

    @Test("P5: another meter begins where it likes")
    func otherMeter() {
        var bus = Bus(isKnown: false)
        #expect(bus.state(.activated, register: 900).isEmpty)
        #expect(bus.event(bus.started(meter: MeterID(known: "m-2"), register: 5)).breaches.isEmpty)
    }

    @Test("P6: epochs never go back, but a late will may be old; a will has nothing in it that ages")
    func epochs() {
        var bus = Bus()
        bus.birth(epoch: 9)
        #expect(bus.state(.activated, epoch: 8).breaches == [.p6])
        #expect(bus.hear(.state(.will(epoch: 8, cp: Bus.cp))).isEmpty)
        let will = #"{"epoch":9,"cp":"MY-1","state":"DISCONNECTED","reason":"connection lost","ts":"2026-11-28T06:00:00.000Z"}"#
        #expect(bus.say("cp/MY-1/state", will).breaches == [.p6])
        _ = bus.central(epoch: 5)
        #expect(bus.verdict(.activated, epoch: 4).breaches == [.p6])
        #expect(bus.say("cp/MY-1/info", #"{"cp":"MY-1"}"#).breaches == [.p6])
    }

    @Test("P6: a claim that nobody lives up to is forgotten: then the honest one breaks no rule") func forgottenClaims() {
        var bus = Bus()
        func health(_ epoch: Epoch) -> BusMessage { .health(HealthReport(epoch: epoch, cp: Bus.cp, health: .ok, failures: 0, reason: "ok")) }
        #expect(bus.hear(health(3)).isEmpty && bus.hear(health(1 << 52)).isEmpty && bus.hear(health(3)).isEmpty)
        #expect(bus.hear(health(1 << 52)).isEmpty)
        bus.pass(11)
        #expect(bus.hear(health(2)).isEmpty && bus.hear(health(1)).breaches == [.p6])
    }

    @Test("P6: monitors have epochs of their own")
    func monitorEpochs() {
        var bus = Bus()
        func health(_ epoch: Epoch) -> BusMessage { .health(HealthReport(epoch: epoch, cp: Bus.cp, health: .ok, failures: 0, reason: "ok")) }
        #expect(bus.hear(health(3)).isEmpty)
        #expect(bus.hear(health(2)).breaches == [.p6])
        #expect(bus.hear(.health(.will(epoch: 2, cp: Bus.cp))).isEmpty)
    }

    @Test("P7: seq begins at 1, never repeats or goes back; a gap is a hint; a new epoch begins anew")
    func sequence() {
        var bus = Bus()
        bus.birth()
        #expect(bus.state(.activated, seq: 1).breaches == [.p7])
        #expect(bus.state(.activated, seq: 3).hints == [.p7])
        #expect(bus.state(.activated, seq: 2).says("expected more than 3"))
        #expect(bus.birth(epoch: 3).isEmpty)
        _ = bus.hear(Bus.info(epoch: 4))
        #expect(bus.state(.activated, epoch: 4, seq: 7).says("expected 1"))
        #expect(bus.say("cp/MY-1/state", #"{"epoch":4,"cp":"MY-1","state":"ACTIVATED","# + Self.state).breaches == [.p7])
    }

    @Test("P7: what the broker kept does not count")
    func stored() {
        var bus = Bus()
        bus.birth()
        let kept = StateReport(
            epoch: 2, seq: 1, cp: Bus.cp, state: .activated, meter: Bus.meter, register: Energy(wattHours: 1000), reason: "so")
        #expect(bus.hear(.state(kept), stored: true).isEmpty)
    }

    @Test("P8: info comes before state, central/status before verdicts, REBIRTH is answered")
    func handshake() {
        var bus = Bus()
        #expect(bus.state(.activated, epoch: 7).breaches == [.p8])
        _ = bus.central(epoch: 5)
        #expect(bus.verdict(.activated, epoch: 6).breaches == [.p8])
        bus.birth(epoch: 8)
        _ = bus.command(.rebirth, epoch: 6)
        bus.pass(4)
        #expect(bus.late().breaches == [.p8])
    }

    @Test("P10: a clean stop says so, after the end of its session")
    func cleanStop() {
        var bus = Bus()
        bus.birth()
        #expect(bus.state(.disconnected, reason: "bye").hints == [.p10])
        bus.birth(epoch: 3)
        _ = bus.state(.supplying, session: Bus.session, epoch: 3)
        #expect(bus.state(.disconnected, epoch: 3, reason: "stopped").breaches == [.p10])
        #expect(bus.say("cp/MY-1/state", #"{"epoch":3,"cp":"MY-1","state":"DISCONNECTED","reason":"oops"}"#).breaches == [.p10])
    }

    @Test("S5: a station that is away keeps its session: it goes on, or its record comes, and another one may not begin")
    func away() {
        var bus = Bus()
        bus.birth()
        bus.charge()
        #expect(bus.state(.disconnected, session: Bus.session, register: 1006, reason: "the station is away").isEmpty)
        bus.pass(20)
        #expect(bus.state(.supplying, session: Bus.session, register: 1006).isEmpty)
        #expect(bus.state(.disconnected, session: Bus.session, register: 1006, reason: "the station is away").isEmpty)
        #expect(bus.event(bus.record()).isEmpty && bus.state(.activated, register: 1030).isEmpty)
        bus.charge()
        let other = bus.state(.disconnected, session: SessionID(known: "another"), register: 1036, reason: "the station is away")
        #expect(other.breaches.contains(.i1))
    }

    @Test("S12: a station asks under its own epoch; START for that may come again, and no other")
    func stationRequests() {
        var bus = Bus()
        bus.birth()
        func request(_ epoch: Epoch) -> BusMessage {
            .stationRequest(StationRequest(epoch: epoch, id: RequestID(known: "q-1"), cp: Bus.cp, token: TokenID(known: "card-7")))
        }
        #expect(bus.hear(request(2)).isEmpty)
        #expect(bus.hear(request(0)).breaches == [.p6])
        #expect(bus.hear(request(2), retain: true).breaches == [.topics])
        bus.accept()
        var order = bus.order
        order.request = RequestID(known: "q-1")
        #expect(bus.command(.start(order)).isEmpty && bus.command(.start(order), id: "c-2").isEmpty)
        let denial = StationDenial(request: RequestID(known: "q-2"), code: .busy, reason: "MY-1 is charging driver-alice")
        #expect(bus.command(.deny(denial), id: "c-3").isEmpty)
    }

    @Test("S13: a gateway speaks of itself and its stations under its own epoch; commands to stations are Central's, and never kept")
    func gateways() {
        var bus = Bus()
        _ = bus.central()
        let gateway = GatewayID(known: "local")
        let station = ChargePointID(known: "ST-1")
        func about(_ epoch: Epoch) -> BusMessage {
            .station(.report(StationAbout(epoch: epoch, gateway: gateway, station: station, name: "ST-1", isConnected: true)))
        }
        func command(_ epoch: Epoch) -> BusMessage {
            .station(.command(StationCommand(epoch: epoch, gateway: gateway, station: station, id: CommandID(known: "c-1"), wish: .clearCache)))
        }
        #expect(bus.hear(.gateway(GatewayReport(epoch: 7, gateway: gateway, online: true)), retain: true).isEmpty)
        #expect(bus.hear(about(7), retain: true).isEmpty)
        #expect(bus.hear(about(6), retain: true).breaches == [.p6])
        #expect(bus.hear(about(7), retain: false).breaches == [.topics])
        #expect(bus.hear(command(5), retain: false).isEmpty)
        #expect(bus.hear(command(1), retain: false).breaches == [.p6])
        #expect(bus.hear(command(5), retain: true).breaches == [.topics])
        #expect(bus.say("station/ST-1/status", "{}").says("one of request, about, command, answer, frame"))
        #expect(bus.say("gateway/local/state", "{}").says("gateway/{gateway}/about"))
        #expect(bus.hear(.gateway(.will(epoch: 7, gateway: gateway)), retain: true).isEmpty)
    }

    @Test("P12: an id is one command's; a session is never supplied twice")
    func commands() {
        var bus = Bus()
        bus.birth()
        _ = bus.command(.resume, id: "c-1")
        #expect(bus.command(.resume, id: "c-1").isEmpty)
        #expect(bus.command(.outOfOrder, id: "c-1").breaches == [.p12])
        bus.charge()
        bus.finish()
        #expect(bus.state(.supplying, session: Bus.session, register: 1030).breaches == [.p12])
    }

    @Test("P13: FAULTY takes three failures, OK none")
    func health() {
        var bus = Bus()
        #expect(bus.hear(.health(HealthReport(epoch: 3, cp: Bus.cp, health: .faulty, failures: 1, reason: "x"))).breaches == [.p13])
        #expect(bus.hear(.health(HealthReport(epoch: 3, cp: Bus.cp, health: .faulty, failures: 3, reason: "x"))).isEmpty)
        #expect(bus.hear(.health(HealthReport(epoch: 3, cp: Bus.cp, health: .ok, failures: 3, reason: "x"))).breaches == [.p13])
    }
}
