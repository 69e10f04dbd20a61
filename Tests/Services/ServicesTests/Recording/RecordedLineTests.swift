import ChargingModel
import ChargingProtocol
import Encodings
import MQTT
import Runtime
import Testing

@testable import Services

@Suite("The lines of a recording") struct RecordedLineTests {
    private let now = Now(monotonic: Instant(nanoseconds: 17_461_037_496_430), wall: WallTime(milliseconds: 1_795_903_072_054))

    /// That what was read says all that was written, and is written as the same line again.
    private func roundTrip<Input: Recorded>(_ input: Input) throws {
        let line = RecordedLine.input(input, of: "central", at: now)
        #expect(line.last == UInt8(ascii: "\n") && line.dropLast().allSatisfy { $0 >= 0x20 }, "one line: \(String(decoding: line, as: UTF8.self))")
        let fields = try RecordedFields(line: Array(line.dropLast()))
        #expect(try fields.now() == now)
        let read = try #require(try Input.read(fields))
        #expect(ExactText.text(of: read) == ExactText.text(of: input))
        #expect(RecordedLine.input(read, of: "central", at: now) == line)
    }

    @Test("every input of every party is read as it was written", arguments: 0..<200) func inputs(_ seed: UInt64) throws {
        var inputs = RandomInputs(seed: seed)
        for _ in 0..<20 {
            try roundTrip(inputs.common())
            try roundTrip(inputs.engine())
            try roundTrip(inputs.monitor())
            try roundTrip(inputs.driver())
            try roundTrip(inputs.central())
            try roundTrip(inputs.gateway())
        }
    }

    @Test("a transport's error keeps its words, and whether it may be a takeover") func errors() throws {
        for error in [MQTTError(.closedByBroker), MQTTError(.disconnected(reason: 0x8E, why: "taken over")), MQTTError(.closed(why: "reset"))] {
            let line = RecordedLine.input(PartyInput.bus(.ended(ConnectionID(number: 1), error)), of: "central", at: now)
            guard case .bus(.ended(_, let read))? = try PartyInput.read(RecordedFields(line: Array(line.dropLast()))) else {
                Issue.record("\(String(decoding: line, as: UTF8.self))")
                continue
            }
            #expect("\(read)" == "\(error)" && read.mayBeTakeover == error.mayBeTakeover)
        }
    }

    @Test("a party is made again of the same") func parties() throws {
        let cp = ChargePointID(known: "CP-001")
        var memory = EngineMemory()
        for entry in entries(of: "s-1") + [.acknowledged("s-1")] + entries(of: "s-2") { memory.apply(entry) }
        memory.apply(.started(active("s-3")))
        let roles: [RecordedParty.Role] = [
            .engine(specification(cp), EngineMemory()), .engine(specification(cp), memory),
            .monitor(cp, Monitor.Settings(interval: .milliseconds(1), intervalWhileFailing: .seconds(9), failuresToFault: 7)),
            .driver(Driver.Settings(driver: "driver-y", interval: nil, points: [])), .gateway("local", "w"),
            .driver(
                Driver.Settings(
                    driver: "driver-x", interval: .seconds(5), vehicles: 3, points: [cp, "CP-002"], firstPoint: 1, retryDelay: .milliseconds(7),
                    energyTarget: Energy(wattHours: 5), duration: .seconds(4))),
            .central(CentralCore.Settings(software: "w", vehicles: ["driver-b": 2, "driver-a": 3]), discovery: nil, hasLedger: true),
            .central(
                CentralCore.Settings(software: "w", access: AccessList(drivers: .known(["driver-b", "driver-a"]), points: .any)), discovery: nil,
                hasLedger: true),
            .central(CentralCore.Settings(software: "w"), discovery: .init(prefix: "homeassistant", version: "1"), hasLedger: false),
        ]
        for (index, role) in roles.enumerated() {
            var settings = MQTTSettings(address: MQTTAddress(host: "broker", port: 1884), clientID: "madrid:x")
            settings.backoff.floor = .milliseconds(3)
            let context = PartyContext(
                settings: settings, wire: Wire(site: index.isMultiple(of: 2) ? "madrid" : nil), lastEpoch: 12, journalRecords: 34, seed: .max - 7,
                isWatched: index > 3)
            let party = RecordedParty(role, context, at: now)
            #expect(try RecordedParty(RecordedFields(line: Array(RecordedLine.header(party).dropLast()))) == party)
        }
    }

    private func specification(_ cp: ChargePointID) -> EngineCore.Specification {
        EngineCore.Specification(
            cp: cp, power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: 300_001), kind: "AC \"é\"", software: "w",
            sessionDuration: .milliseconds(1500), telemetryInterval: .milliseconds(100))
    }

    private func active(_ session: SessionID) -> ActiveSession {
        ActiveSession(
            session: session, driver: "driver-a", price: Price(microEuroPerKilowattHour: 123_457), energyTarget: Energy(wattHours: 77),
            duration: .milliseconds(12_345), startRegister: Energy(wattHours: 10), started: now.wall)
    }

    private func entries(of session: SessionID) -> [EngineEntry] {
        [
            .minted("m-1"), .started(active(session)), .register(Energy(wattHours: 20)),
            .ended(
                SessionRecord(
                    session: session, driver: "driver-a", meter: "m-1", startRegister: Energy(wattHours: 10), endRegister: Energy(wattHours: 30),
                    cost: Money(microEuro: 2_469_141), started: now.wall, ended: now.wall, endReason: .completed)),
        ]
    }

    @Test("a value's text is exact and the same whatever the order of its sets and dictionaries") func exactText() {
        struct Thing {
            var set: Set<String>
            var map: [ChargePointID: Int]
            var choice: PartyNotice
            var none: Int?
        }
        let names = (0..<50).map { "n\($0)" }
        let thing = Thing(
            set: Set(names), map: ["CP-2": 1, "CP-1": 2], choice: .disconnected(why: "a \"b\""), none: nil)
        let again = Thing(set: Set(names.reversed()), map: ["CP-1": 2, "CP-2": 1], choice: thing.choice, none: nil)
        #expect(ExactText.text(of: thing) == ExactText.text(of: again))
        #expect(ExactText.text(of: thing.map) == "[(key: CP-1, value: 2), (key: CP-2, value: 1)]")
        #expect(ExactText.text(of: thing.choice) == "disconnected(why: \"a \\\"b\\\"\")")
        #expect(ExactText.text(of: Money(microEuro: 1_234_567)) == "Money(microEuro: 1234567)")
        #expect(ExactText.text(of: PartyNotice.unsendable(MQTTError(.notOnline))) == "unsendable(\"\(MQTTError(.notOnline))\")")
    }

    @Test("bytes that are no text, and those that are") func bytes() {
        for bytes in [[], [0], [0xFF], [0xFF, 0xFE], [1, 2, 3], Array("é".utf8), Array(0...255)] as [[UInt8]] {
            #expect(Base64.bytes(of: Base64.text(of: bytes)) == bytes)
        }
        #expect(Base64.text(of: Array("Ma".utf8)) == "TWE=" && Base64.text(of: Array("M".utf8)) == "TQ==")
        for text in ["TWE", "TW=E", "T===", "TWé="] { #expect(Base64.bytes(of: text) == nil, "\(text)") }
    }
}
