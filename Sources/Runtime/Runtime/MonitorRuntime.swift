public import ChargingModel
public import ChargingProtocol
internal import Journal
public import MQTT

/// A monitor: its core, its connection and its epoch's journal, in one.
public final class MonitorRuntime: PartyRuntime {
    public enum Event: Sendable {
        /// The answer to `check`.
        case checked(Monitor.CheckResult)
    }

    public enum Action: Sendable {
        /// Ask the engine for its health.
        case check
        case notice(Monitor.Notice)
    }

    @exclusivity(unchecked) private var core: Monitor
    @exclusivity(unchecked) private var bus: PartyBus
    @exclusivity(unchecked) private var journal: PartyJournal
    private var isOver = false
    @exclusivity(unchecked) private var outputs: [PartyOutput<Action>] = []

    /// - Throws: when a setting is unusable.
    public init(cp: ChargePointID, settings: Monitor.Settings = Monitor.Settings(), _ context: PartyContext, at now: Now) throws(MQTTError) {
        var random = SplitMix64(seed: context.seed)
        core = Monitor(cp: cp, settings: settings, seed: random.next(), now: now)
        bus = try PartyBus(.monitor(cp), context, seed: random.next())
        journal = PartyJournal(context, hasEntries: false, firstTicket: random.next())
    }

    public var isOnline: Bool { bus.isOnline }

    /// When `tick` is due; `nil` when nothing is waited for.
    public var deadline: Instant? { isOver ? nil : earliest(core.deadline, bus.deadline) }

    public func handle(_ input: PartyInput, _ decoder: MessageDecoder, at now: Now, into sink: inout [PartyOutput<Action>]) {
        guard !isOver else { return }
        swap(&outputs, &sink)
        switch input {
        case .start:
            bus.start(at: now, &outputs)
            tell(.tick, at: now)
        case .bus(.received(let connection, let message)):
            if let heard = bus.receive(message, on: connection, decoder, at: now, &outputs) {
                drain(at: now)
                hear(heard, retained: message.retained, at: now)
            }
        case .bus(let event): bus.handle(event, at: now, &outputs)
        case .journal(let result): finish(result, at: now)
        case .tick:
            bus.tick(at: now, &outputs)
            if let deadline = core.deadline, deadline <= now.monotonic { tell(.tick, at: now) }
        case .stop: tell(.stop, at: now)
        }
        drain(at: now)
        swap(&outputs, &sink)
    }

    public func handle(_ event: Event, at now: Now, into sink: inout [PartyOutput<Action>]) {
        guard !isOver else { return }
        swap(&outputs, &sink)
        switch event {
        case .checked(let result): tell(.checked(result), at: now)
        }
        drain(at: now)
        swap(&outputs, &sink)
    }

    /// Hears what happened to the connection, and what came of that.
    private func drain(at now: Now) {
        while !isOver, let event = bus.nextEvent() { hear(event, at: now) }
    }

    private func hear(_ event: PartyBus.Event, at now: Now) {
        switch event {
        case .persist(let epoch): outputs.append(.journal(journal.persist(epoch)))
        case .online(let epoch): tell(.online(epoch), at: now)
        case .offline: tell(.offline, at: now)
        case .delivered, .refused, .outside: break
        case .overwritten: tell(.overwritten, at: now)
        case .stopped: end()
        case .failed(let reason): end(reason)
        }
    }

    private func hear(_ message: BusMessage, retained: Bool, at now: Now) {
        guard !isOver else { return }
        switch message {
        case .command(let command): if !retained { tell(.command(command), at: now) }
        case .centralStatus(let status): tell(.centralStatus(status), at: now)
        case .verdict(let verdict): tell(.verdict(verdict), at: now)
        default: break
        }
    }

    private func tell(_ event: Monitor.Event, at now: Now) {
        for action in core.handle(event, at: now) {
            switch action {
            case .check: outputs.append(.own(.check))
            case .publish(let message): bus.publish(message, at: now, &outputs)
            case .farewell(let message): bus.stop(farewell: message, at: now, &outputs)
            case .notice(let notice): outputs.append(.own(.notice(notice)))
            }
        }
    }

    private func finish(_ result: JournalResult, at now: Now) {
        guard let (event, order) = journal.finish(result) else { return }
        if let order { outputs.append(.journal(order)) }
        switch event {
        case .epochPersisted(let epoch): bus.persisted(epoch, at: now, &outputs)
        case .failed(let why):
            bus.abort(at: now, &outputs)
            end(why)
        case .written, .notCompacted, nil: break
        }
    }

    private func end(_ failure: String? = nil) {
        guard !isOver else { return }
        isOver = true
        outputs.append(.end(failure: failure))
    }
}
