import ChargingModel
import ChargingProtocol
import MQTT
import Testing

@testable import Runtime

/// A Central without a world: what it orders is looked at, and answered by hand.
private struct CentralBench {
    let runtime: CentralRuntime
    let decoder = MessageDecoder(Wire(site: nil))
    var now = Now(monotonic: Instant(nanoseconds: 1_000_000_000), wall: WallTime(milliseconds: 1_795_392_000_000))

    init() throws {
        let settings = MQTTSettings(address: MQTTAddress(), clientID: "central")
        runtime = try CentralRuntime(
            CentralCore.Settings(software: "test"), PartyContext(settings: settings, wire: Wire(site: nil), seed: 1), at: now)
    }

    func feed(_ input: PartyInput) -> [PartyOutput<CentralRuntime.Action>] { runtime.handle(input, decoder, at: now) }
    func tell(_ event: CentralRuntime.Event) -> [PartyOutput<CentralRuntime.Action>] { runtime.handle(event, at: now) }

    mutating func wait(_ duration: Duration) { now.monotonic = now.monotonic + duration }
}

@Suite("Stopping a Central") struct StoppingTests {
    /// Something that is written whatever the ledger has.
    private let verdict = OperatorRequest.judge(
        RecordVerdict(session: SessionID(known: "S-1"), meter: MeterID(known: "m-1"), .refuse, by: "test"))

    private func ending(_ outputs: [PartyOutput<CentralRuntime.Action>]) -> String?? {
        for case .end(let failure) in outputs { return .some(failure) }
        return nil
    }

    private func tickets(_ outputs: [PartyOutput<CentralRuntime.Action>]) -> [UInt64] {
        outputs.compactMap {
            switch $0 {
            case .own(.read(let ticket, _)), .own(.commit(let ticket, _)): ticket
            default: nil
            }
        }
    }

    @Test("P10: a ledger whose disk does not answer keeps a Central that is told to stop for 2 s, not for ever") func stuckLedger() throws {
        var bench = try CentralBench()
        let read = try #require(tickets(bench.feed(.start)).first)
        _ = bench.tell(.snapshot(read, LedgerSnapshot()))
        // Something is on its way to the ledger.
        let asked = bench.tell(.ask(verdict, 1))
        #expect(tickets(asked).count == 1)
        #expect(ending(bench.feed(.stop)) == nil)
        let due = try #require(bench.runtime.deadline)
        #expect(due - bench.now.monotonic <= .seconds(2))
        bench.wait(.seconds(3))
        #expect(ending(bench.feed(.tick)) == .some("the ledger's disk does not answer"))
        #expect(bench.runtime.deadline == nil)
    }

    @Test("P10: a Central whose ledger answers ends well, and at once when it is not on the bus") func answered() throws {
        let bench = try CentralBench()
        let read = try #require(tickets(bench.feed(.start)).first)
        _ = bench.tell(.snapshot(read, LedgerSnapshot()))
        let asked = bench.tell(.ask(verdict, 1))
        let commit = try #require(tickets(asked).first)
        #expect(ending(bench.feed(.stop)) == nil)
        #expect(ending(bench.tell(.committed(commit, [.judged(.unknown)]))) == .some(nil))
    }

    @Test("a result that an earlier life asked for is nobody's") func strangeTicket() throws {
        let bench = try CentralBench()
        let read = try #require(tickets(bench.feed(.start)).first)
        #expect(bench.tell(.snapshot(read &+ 1, LedgerSnapshot())).isEmpty)
        #expect(bench.tell(.committed(read, [])).isEmpty)
        #expect(!bench.tell(.snapshot(read, LedgerSnapshot())).isEmpty)
    }
}
