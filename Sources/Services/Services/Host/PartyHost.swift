internal import ChargingModel
internal import ChargingProtocol
internal import EventLoop
internal import Journal
internal import MQTT
internal import Mosquitto
internal import Runtime

/// Runs a party's runtime in a program: over libmosquitto, a journal on disk, and the loop's clock and timer. Bound to its loop.
final class PartyHost<Runtime: RecordableRuntime> {
    private enum Input {
        case common(PartyInput)
        case own(Runtime.Event)
    }

    private struct Recording {
        let recorder: PartyRecorder
        /// The party's name in it.
        let name: String
    }

    let runtime: Runtime
    private let loop: EventLoop
    private let party: Party
    private let context: NetworkContext
    private let decoder: MessageDecoder
    private let journal: (file: Journal, writer: JournalWriter)?
    private let recording: Recording?
    private var transport: MosquittoTransport?
    private var timer: CoreTimer?
    private(set) var isOver = false
    /// In the middle of an input: what comes of carrying it out is the next one.
    private var isFeeding = false
    private var waiting: [Input] = []
    /// Messages that were published and are to be shown when they are written.
    private var unseen: [BusMessage] = []
    private var spare = SpareArray<PartyOutput<Runtime.Action>>()

    /// Carries out what only this kind of party wants.
    var onAction: (Runtime.Action) -> Void = { _ in }
    /// Sees what is said on the bus, by others and by the party itself.
    var onMessage: ((BusMessage, _ retained: Bool, _ isOwn: Bool) -> Void)?
    /// The connection came up, or was lost.
    var onConnection: ((Bool) -> Void)?
    /// All that an input brought is carried out.
    var onSettled: (() -> Void)?
    /// The party is over; with a reason when it could not go on.
    var onEnd: (String?) -> Void = { _ in }

    /// - Parameter settings: those that the runtime was made with.
    init(
        loop: EventLoop, _ runtime: Runtime, party: Party, context: NetworkContext, settings: MQTTSettings,
        journal: (file: Journal, writer: JournalWriter)?
    ) {
        self.loop = loop
        self.runtime = runtime
        self.party = party
        self.context = context
        self.journal = journal
        recording = context.recorder.map { Recording(recorder: $0, name: party.recordedName) }
        decoder = MessageDecoder(context.wire)
        timer = CoreTimer(loop) { [weak self] in self?.feed(.tick) }
        transport = MosquittoTransport(loop: loop, settings: settings) { [weak self] in self?.feed(.bus($0)) }
    }

    /// The counters of the transport.
    var counters: BusCounters { transport?.counters ?? BusCounters() }

    func feed(_ input: PartyInput) { feed(.common(input), isUrgent: false) }

    /// - Parameter isUrgent: what is said on the bus now leaves at once, and not at the end of the loop's round.
    func feed(_ event: Runtime.Event, isUrgent: Bool = false) { feed(.own(event), isUrgent: isUrgent) }

    private func feed(_ input: Input, isUrgent: Bool) {
        guard !isFeeding else { return waiting.append(input) }
        isFeeding = true
        take(input, isUrgent)
        while !waiting.isEmpty { take(waiting.removeFirst(), false) }
        isFeeding = false
        if !isOver { timer?.set(runtime.deadline) }
        onSettled?()
    }

    private func take(_ input: Input, _ isUrgent: Bool) {
        let now = EventLoop.present()
        // Also what comes after the end: the ledger may have written what Central hears no more.
        if let recording { record(input, recording, at: now) }
        guard !isOver else { return }
        var outputs = spare.take()
        switch input {
        case .common(let input): runtime.handle(input, decoder, at: now, into: &outputs)
        case .own(let event): runtime.handle(event, at: now, into: &outputs)
        }
        if let recording { recording.recorder.says(outputs, recording.name) }
        for output in outputs {
            if isUrgent, output.isForPeople { write() }
            carryOut(output, isUrgent)
        }
        spare.give(&outputs)
        if isUrgent { write() }
    }

    /// Writes what was published, and only then shows it: who waits for an answer waits for no log.
    private func write() {
        guard !unseen.isEmpty else { return }
        transport?.flush()
        let said = unseen
        unseen = []
        for message in said { onMessage?(message, false, true) }
    }

    private func record(_ input: Input, _ recording: Recording, at now: Now) {
        switch input {
        case .common(let input): recording.recorder.hears(input, recording.name, at: now)
        case .own(let event): recording.recorder.hears(event, recording.name, at: now)
        }
    }

    private func carryOut(_ output: PartyOutput<Runtime.Action>, _ isUrgent: Bool) {
        switch output {
        case .order(let order): transport?.carryOut(order)
        case .publish(let message, let connection, let token, let outgoing):
            transport?.carryOut(.publish(connection, token, outgoing))
            if isUrgent { unseen.append(message) } else { onMessage?(message, false, true) }
        case .heard(let message, let retained): onMessage?(message, retained, false)
        case .journal(let order):
            guard let journal else { preconditionFailure("\(party) has no journal") }
            journal.writer.carryOut(order, on: journal.file) { [weak self] in self?.feed(.journal($0)) }
        case .notice(let notice):
            context.say(notice, of: party)
            see(notice)
        case .own(let action): onAction(action)
        case .end(let failure): end(failure)
        }
    }

    private func see(_ notice: PartyNotice) {
        switch notice {
        case .connected: onConnection?(true)
        case .disconnected: onConnection?(false)
        case .rejected, .rejectedMore, .unsendable, .overflow, .notCompacted: break
        }
    }

    private func end(_ failure: String?) {
        guard !isOver else { return }
        isOver = true
        timer?.set(nil)
        onEnd(failure)
    }
}
