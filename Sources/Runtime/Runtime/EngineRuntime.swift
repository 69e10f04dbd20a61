public import ChargingModel
public import ChargingProtocol
internal import Journal
public import MQTT

/// An engine: its core, its connection, its journal and the gate between them, in one. Inputs go in with the time, outputs come out; whoever runs it
/// carries them out in their sequence. The program and the simulator run this very one.
public final class EngineRuntime: JournalledParty {
    public enum Event: Sendable {
        /// The hardware: energy flows, as much as the vehicle takes.
        case contactorClosed(SessionID, Load)
        /// The hardware: no vehicle is plugged in yet.
        case vehicleAwaited(SessionID)
        /// Somebody begins a charge at the station, without Central.
        case cardShown(OfflineStart)
        /// The hardware's fault; `nil` when it is over.
        case fault(String?)
        /// The hardware, where it is a station.
        case station(StationEvent)
    }

    public enum Action: Sendable {
        /// An order to the hardware; answered by `contactorClosed`, or first by `vehicleAwaited`.
        case closeContactor(SessionID)
        case station(StationOrder)
        /// These entries are on the disk now.
        case journalled([EngineEntry])
        case notice(EngineCore.Notice)
    }

    /// The longest that a write to the journal may take.
    private static let stallTime = Duration.seconds(2)
    public static let diskDoesNotAnswer = "the journal can't be written: its disk does not answer"

    @exclusivity(unchecked) public private(set) var core: EngineCore
    @exclusivity(unchecked) var bus: PartyBus
    @exclusivity(unchecked) var journal: PartyJournal
    @exclusivity(unchecked) private var gate = JournalGate()
    /// Counts connections, so that what was meant for an earlier one is not said on a later one (P9).
    private var connection: UInt64 = 0
    /// The sessions that the core is ready for, one event after the other.
    @exclusivity(unchecked) private var ready: [SessionID] = []
    /// The start of the write that is under way.
    private var writingSince: Instant?
    private var stopTime = StopTime()
    /// The session's end is in the journal, and the last word may be said.
    private var saidFarewell = false
    /// Why it can't go on.
    private var failure: String?
    var isOver = false
    @exclusivity(unchecked) var outputs: [PartyOutput<Action>] = []

    /// - Throws: when a setting is unusable.
    public init(_ specification: EngineCore.Specification, memory: EngineMemory, _ context: PartyContext) throws(MQTTError) {
        var random = SplitMix64(seed: context.seed)
        core = EngineCore(specification, memory: memory, seed: random.next())
        bus = try PartyBus(.engine(specification.cp), context, seed: random.next())
        journal = PartyJournal(context, hasEntries: true, firstTicket: random.next())
    }

    public var isOnline: Bool { bus.isOnline }

    /// The time at which `tick` is due; `nil` when nothing is waited for.
    public var deadline: Instant? { isOver ? nil : earliest(core.deadline, bus.deadline, stopTime.until) }

    /// True while the disk keeps it waiting: then it can begin and end nothing, and its health says so.
    public func isJournalStalled(at now: Instant) -> Bool { writingSince.map { now - $0 > EngineRuntime.stallTime } ?? false }

    /// True when all that it decided is on the disk.
    public var isJournalIdle: Bool { gate.isIdle }

    /// True while its answer to a health check is that it is well (P13).
    public func isWell(at now: Instant) -> Bool { core.state != .faulty && !isJournalStalled(at: now) }

    public func handle(_ input: PartyInput, _ decoder: MessageDecoder, at now: Now, into sink: inout [PartyOutput<Action>]) {
        run(input, decoder, at: now, into: &sink)
    }

    public func handle(_ event: Event, at now: Now, into sink: inout [PartyOutput<Action>]) { run(event, at: now, into: &sink) }

    // MARK: The frame

    var coreDeadline: Instant? { core.deadline }

    func begin(at now: Now) {
        perform(core.begin(at: now), at: now)
        bus.start(at: now, &outputs)
    }

    func take(_ event: Event, at now: Now) {
        switch event {
        case .contactorClosed(let session, let load): tell(.contactorClosed(session, load), at: now)
        case .cardShown(let offline): tell(.cardShown(offline), at: now)
        case .vehicleAwaited(let session): tell(.vehicleAwaited(session), at: now)
        case .fault(let fault): tell(.fault(fault), at: now)
        case .station(let event): tell(.station(event), at: now)
        }
    }

    func tickCore(at now: Now) { tell(.tick, at: now) }

    func stop(at now: Now) {
        guard failure == nil else { return }
        stopTime.begin(at: now)
        tell(.stop, at: now)
    }

    /// The session's end must be in the journal before the last word.
    func outOfTime(at now: Now) -> String? { stopTime.isOver(at: now) && !saidFarewell ? failure ?? EngineRuntime.diskDoesNotAnswer : nil }

    func drain(at now: Now) {
        while !isOver {
            if let event = bus.nextEvent() {
                hear(event, at: now)
            } else if !ready.isEmpty {
                tell(.ready(ready.removeFirst()), at: now)
            } else {
                break
            }
        }
    }

    func hear(_ event: PartyBus.Event, at now: Now) {
        switch event {
        case .persist(let epoch): outputs.append(.journal(journal.persist(epoch)))
        case .online(let epoch):
            connection += 1
            tell(.online(epoch), at: now)
        case .offline:
            connection += 1
            tell(.offline, at: now)
        case .delivered, .refused, .outside, .foreign: break
        case .overwritten(_, let number): tell(.overwritten(number: number), at: now)
        case .stopped: end(at: now)
        case .failed(let reason):
            // The session is journalled and nothing is published (P9): the connection is over already.
            failure = failure ?? reason
            stopTime.begin(at: now)
            tell(.stop, at: now)
        }
    }

    func hear(_ message: BusMessage, retained: Bool, at now: Now) {
        switch message {
        case .command(let command): if !retained { tell(.command(command), at: now) }
        case .centralStatus(let status): tell(.centralStatus(status, retained: retained), at: now)
        default: break
        }
    }

    private func tell(_ event: EngineCore.Event, at now: Now) { perform(core.handle(event, at: now), at: now) }

    private func perform(_ actions: [EngineCore.Action], at now: Now) {
        carryOut(gate.admit(actions, connection: connection), at: now)
    }

    private func carryOut(_ steps: [JournalGate.Step], at now: Now) {
        for step in steps {
            switch step {
            case .write(let entries):
                writingSince = now.monotonic
                outputs.append(.journal(journal.write(entries)))
            case .perform(.ready(let session)): ready.append(session)
            case .perform(.closeContactor(let session)): outputs.append(.own(.closeContactor(session)))
            case .perform(.station(let order)): outputs.append(.own(.station(order)))
            case .perform(.connectAnew): bus.connectAnew(at: now, &outputs)
            case .perform(.publish(let message)): bus.publish(message, at: now, &outputs)
            case .perform(.farewell(let message)):
                saidFarewell = true
                if failure == nil { bus.stop(farewell: message, at: now, &outputs) } else { end(failure, at: now) }
            case .perform(.notice(let notice)): outputs.append(.own(.notice(notice)))
            case .perform(.journal): preconditionFailure("the gate hands entries out to be written")
            }
        }
    }

    // MARK: The journal

    func written(_ entries: [EngineEntry], at now: Now) {
        writingSince = nil
        outputs.append(.own(.journalled(entries)))
        carryOut(gate.written(connection: connection), at: now)
        compact()
    }

    /// An engine without a broker writes an epoch at each attempt.
    func persisted(at now: Now) { compact() }

    /// While the gate is idle the core's memory is what the journal holds.
    private func compact() {
        if !isOver, gate.isIdle, let order = journal.compactIfLong(core.memory) { outputs.append(.journal(order)) }
    }
}
