import ChargingModel
import ChargingProtocol
import Journal
import MQTT
import Runtime

@testable import Services

/// A party that lives in a test: its transport, journal and ledger answer at once, and all of it is recorded.
final class RecordedLife<Runtime: RecordableRuntime> {
    private let runtime: Runtime
    private let recorder: PartyRecorder
    private let name: String
    private let decoder: MessageDecoder
    private let ledger: RerunLedger?
    private var nanoseconds: Int64 = 1_000_000_000
    private var random: SplitMix64
    private(set) var inputs = 0
    private(set) var actions = 0
    private(set) var commits = 0

    init(_ runtime: Runtime, _ party: RecordedParty, _ recorder: PartyRecorder, ledger: RerunLedger? = nil) {
        self.runtime = runtime
        self.recorder = recorder
        self.ledger = ledger
        name = party.party.recordedName
        decoder = MessageDecoder(party.context.wire)
        random = SplitMix64(seed: party.seed)
        recorder.begin(party)
    }

    func hears(_ topic: String, _ payload: String) {
        hears(.bus(.received(ConnectionID(number: 1), IncomingMessage(topic: topic, payload: Array(payload.utf8)))))
    }

    func hears(_ input: PartyInput) {
        let now = later()
        recorder.hears(input, name, at: now)
        take(runtime.handle(input, decoder, at: now))
    }

    func hears(_ event: Runtime.Event) {
        let now = later()
        recorder.hears(event, name, at: now)
        take(runtime.handle(event, at: now))
    }

    /// Lets the time come that it waits for.
    func wait() {
        guard let deadline = runtime.deadline else { return }
        nanoseconds = max(nanoseconds, deadline.nanoseconds)
        hears(.tick)
    }

    private func later() -> Now {
        nanoseconds += Int64(random.next() % 10_000_000)
        return Now(monotonic: Instant(nanoseconds: nanoseconds), wall: WallTime(milliseconds: 1_795_903_072_054 + nanoseconds / 1_000_000))
    }

    private func take(_ outputs: [PartyOutput<Runtime.Action>]) {
        inputs += 1
        actions += outputs.count
        recorder.says(outputs, name)
        for output in outputs { answer(output) }
    }

    private func answer(_ output: PartyOutput<Runtime.Action>) {
        switch output {
        case .order(.connect(let connection, _)):
            for event in [TransportEvent.attempting(connection), .opened(connection), .accepted(connection)] { hears(.bus(event)) }
        case .order(.subscribe(let connection, let token, _)): hears(.bus(.subscribed(connection, token, refusal: nil)))
        case .order(.publish(let connection, let token, let message)), .publish(_, let connection, let token, let message):
            // What it says of itself comes back to it: the handshake waits for that (P9).
            hears(.bus(.received(connection, IncomingMessage(topic: message.topic, payload: message.payload, qos: message.qos))))
            if message.qos == .atLeastOnce { hears(.bus(.acknowledged(connection, token))) }
        case .order(.disconnect(let connection)): hears(.bus(.disconnected(connection)))
        case .journal(.append(let ticket, let records)), .journal(.compact(let ticket, let records)):
            hears(.journal(JournalResult(ticket: ticket, .done(records: records.count))))
        case .own(let action): if let action = action as? CentralRuntime.Action { answer(action) }
        case .order(.close), .heard, .notice, .end: break
        }
    }

    private func answer(_ action: CentralRuntime.Action) {
        guard let ledger else { return }
        ledger.take(action)
        let event: CentralRuntime.Event
        switch action {
        case .commit(let ticket, _):
            // One in five fails.
            let isWritten = random.next() % 5 > 0
            if isWritten { commits += 1 }
            event = .committed(ticket, isWritten ? [] : nil)
        case .read(let ticket, _): event = .snapshot(ticket, random.next() % 5 > 0 ? LedgerSnapshot() : nil)
        case .readAccess:
            let news: [AccessList?] = [nil, AccessList(drivers: .known(["driver-a"]), points: .any), AccessList(drivers: .any, points: .known([]))]
            event = .access(news[Int(random.next() % 3)])
        case .answer, .forgot, .brokerDropped, .answerOfStation, .news, .notice, .takeTurn, .prolongTurn, .releaseTurn, .stands: return
        }
        if let event = try? ledger.complete(event) as? Runtime.Event { hears(event) }
    }
}
