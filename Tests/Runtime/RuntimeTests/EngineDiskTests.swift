import ChargingModel
import ChargingProtocol
import Journal
import MQTT
import Testing

@testable import Runtime

/// An engine without a world: what it orders of its disk is answered by hand, or not.
private final class EngineBench {
    let runtime: EngineRuntime
    let decoder = MessageDecoder(Wire(site: nil))
    var now = Now(monotonic: Instant(nanoseconds: 1_000_000_000), wall: WallTime(milliseconds: 1_795_392_000_000))
    var orders: [JournalOrder] = []
    var transport: [TransportOrder] = []
    var ending: String??

    init(records: Int = 0) throws {
        let settings = MQTTSettings(address: MQTTAddress(), clientID: "engine:CP-001")
        let specification = EngineCore.Specification(
            cp: ChargePointID(known: "CP-001"), power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: 300_000), kind: "Standard AC",
            software: "test")
        runtime = try EngineRuntime(
            specification, memory: EngineMemory(),
            PartyContext(settings: settings, wire: Wire(site: nil), journalRecords: records, seed: 1))
    }

    func feed(_ input: PartyInput) {
        for output in runtime.handle(input, decoder, at: now) {
            switch output {
            case .journal(let order): orders.append(order)
            case .order(let order): transport.append(order)
            case .end(let failure): ending = .some(failure)
            default: break
            }
        }
    }

    /// The disk does what was ordered first.
    func write(records: Int = 1) {
        guard !orders.isEmpty else { return }
        switch orders.removeFirst() {
        case .append(let ticket, _), .compact(let ticket, _): feed(.journal(JournalResult(ticket: ticket, .done(records: records))))
        }
    }

    func wait(_ duration: Duration) {
        now.monotonic = now.monotonic + duration
        feed(.tick)
    }
}

@Suite("An engine and its disk") struct EngineDiskTests {
    @Test("P10: a disk that does not answer keeps a stopping engine for 2 s, not for ever") func stuck() throws {
        let bench = try EngineBench()
        bench.feed(.start)
        bench.feed(.stop)
        bench.wait(.milliseconds(1900))
        #expect(bench.ending == nil)
        bench.wait(.milliseconds(200))
        #expect(bench.ending == .some(EngineRuntime.diskDoesNotAnswer))
        #expect(bench.runtime.deadline == nil)
    }

    @Test("P10: an engine whose disk answers ends well") func answered() throws {
        let bench = try EngineBench()
        bench.feed(.start)
        bench.feed(.stop)
        while !bench.orders.isEmpty { bench.write() }
        #expect(bench.ending == .some(nil))
    }

    @Test("P9: without a broker each attempt writes an epoch, and the journal is written anew when it is long") func compacts() throws {
        let bench = try EngineBench(records: 498)
        bench.feed(.start)
        var records = 498
        var compactions = 0
        for _ in 0..<20 {
            while let order = bench.orders.first {
                if case .compact(_, let snapshot) = order {
                    compactions += 1
                    records = snapshot.count
                } else {
                    records += 1
                }
                bench.write(records: records)
            }
            guard case .connect(let id, _)? = bench.transport.last else { break }
            bench.feed(.bus(.ended(id, MQTTError(.closedByBroker))))
            bench.wait(.seconds(3))
        }
        #expect(compactions >= 1)
        #expect(records < 100)
    }
}
