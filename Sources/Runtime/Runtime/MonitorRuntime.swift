public import ChargingModel
public import ChargingProtocol
internal import Journal
public import MQTT

/// A monitor: its core, its connection and its epoch's journal, in one.
public final class MonitorRuntime: JournalledParty {
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
    @exclusivity(unchecked) var bus: PartyBus
    @exclusivity(unchecked) var journal: PartyJournal
    var isOver = false
    @exclusivity(unchecked) var outputs: [PartyOutput<Action>] = []

    /// - Throws: when a setting is unusable.
    public init(cp: ChargePointID, settings: Monitor.Settings = Monitor.Settings(), _ context: PartyContext, at now: Now) throws(MQTTError) {
        var random = SplitMix64(seed: context.seed)
        core = Monitor(cp: cp, settings: settings, seed: random.next(), now: now)
        bus = try PartyBus(.monitor(cp), context, seed: random.next())
        journal = PartyJournal(context, hasEntries: false, firstTicket: random.next())
    }

    public var isOnline: Bool { bus.isOnline }

    /// The time at which `tick` is due; `nil` when nothing is waited for.
    public var deadline: Instant? { isOver ? nil : earliest(core.deadline, bus.deadline) }

    public func handle(_ input: PartyInput, _ decoder: MessageDecoder, at now: Now, into sink: inout [PartyOutput<Action>]) {
        run(input, decoder, at: now, into: &sink)
    }

    public func handle(_ event: Event, at now: Now, into sink: inout [PartyOutput<Action>]) { run(event, at: now, into: &sink) }

    // MARK: The frame

    var coreDeadline: Instant? { core.deadline }

    func begin(at now: Now) {
        bus.start(at: now, &outputs)
        tell(.tick, at: now)
    }

    func take(_ event: Event, at now: Now) {
        switch event {
        case .checked(let result): tell(.checked(result), at: now)
        }
    }

    func tickCore(at now: Now) { tell(.tick, at: now) }
    func stop(at now: Now) { tell(.stop, at: now) }

    func hear(_ event: PartyBus.Event, at now: Now) {
        switch event {
        case .persist(let epoch): outputs.append(.journal(journal.persist(epoch)))
        case .online(let epoch): tell(.online(epoch), at: now)
        case .offline: tell(.offline, at: now)
        case .delivered, .refused, .outside, .foreign: break
        case .overwritten: tell(.overwritten, at: now)
        case .stopped: end(at: now)
        case .failed(let reason): end(reason, at: now)
        }
    }

    func hear(_ message: BusMessage, retained: Bool, at now: Now) {
        switch message {
        case .command(let command): if !retained { tell(.command(command), at: now) }
        case .centralStatus(let status): tell(.centralStatus(status, retained: retained), at: now)
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
}
