public import ChargingModel
public import ChargingProtocol
internal import Journal
public import MQTT

/// An engine: its core, its connection, its journal and the gate between them, in one. Inputs go in with the time, outputs come out; whoever runs it
/// carries them out in their sequence. The program and the simulator run this very one.
public final class EngineRuntime: PartyRuntime {
    public enum Event: Sendable {
        /// The hardware: energy flows, as much as the vehicle takes.
        case contactorClosed(SessionID, Load)
        /// The hardware's fault; `nil` when it is over.
        case fault(String?)
    }

    public enum Action: Sendable {
        /// An order to the hardware; answered by `contactorClosed`.
        case closeContactor(SessionID)
        /// These entries are on the disk now.
        case journalled([EngineEntry])
        case notice(EngineCore.Notice)
    }

    /// How long a write to the journal may take.
    private static let stallTime = Duration.seconds(2)
    public static let diskDoesNotAnswer = "the journal can't be written: its disk does not answer"

    @exclusivity(unchecked) public private(set) var core: EngineCore
    @exclusivity(unchecked) private var bus: PartyBus
    @exclusivity(unchecked) private var journal: PartyJournal
    @exclusivity(unchecked) private var gate = JournalGate()
    /// Counts connections, so that what was meant for an earlier one is not said on a later one (P9).
    private var connection: UInt64 = 0
    /// The sessions that the core is ready for, one event after the other.
    @exclusivity(unchecked) private var ready: [SessionID] = []
    /// When the write that is under way began.
    private var writingSince: Instant?
    /// After the order to stop, the disk has until then.
    private var stopUntil: Instant?
    /// The session's end is in the journal, and the last word may be said.
    private var saidFarewell = false
    /// Why it can't go on.
    private var failure: String?
    private var isOver = false
    @exclusivity(unchecked) private var outputs: [PartyOutput<Action>] = []

    /// - Throws: when a setting is unusable.
    public init(_ specification: EngineCore.Specification, memory: EngineMemory, _ context: PartyContext) throws(MQTTError) {
        var random = SplitMix64(seed: context.seed)
        core = EngineCore(specification, memory: memory, seed: random.next())
        bus = try PartyBus(.engine(specification.cp), context, seed: random.next())
        journal = PartyJournal(context, hasEntries: true, firstTicket: random.next())
    }

    public var cp: ChargePointID { core.specification.cp }
    public var isOnline: Bool { bus.isOnline }

    /// When `tick` is due; `nil` when nothing is waited for.
    public var deadline: Instant? { isOver ? nil : earliest(core.deadline, bus.deadline, stopUntil) }

    /// Whether the disk keeps it waiting: then it can begin and end nothing, and its health says so.
    public func isJournalStalled(at now: Instant) -> Bool { writingSince.map { now - $0 > EngineRuntime.stallTime } ?? false }

    public func handle(_ input: PartyInput, _ decoder: MessageDecoder, at now: Now, into sink: inout [PartyOutput<Action>]) {
        guard !isOver else { return }
        swap(&outputs, &sink)
        switch input {
        case .start:
            perform(core.begin(at: now), at: now)
            bus.start(at: now, &outputs)
        case .bus(.received(let connection, let message)):
            if let heard = bus.receive(message, on: connection, decoder, at: now, &outputs) {
                drain(at: now)
                hear(heard, retained: message.retained, at: now)
            }
        case .bus(let event): bus.handle(event, at: now, &outputs)
        case .journal(let result): finish(result, at: now)
        case .tick: tick(at: now)
        case .stop: stop(at: now)
        }
        drain(at: now)
        swap(&outputs, &sink)
    }

    public func handle(_ event: Event, at now: Now, into sink: inout [PartyOutput<Action>]) {
        guard !isOver else { return }
        swap(&outputs, &sink)
        switch event {
        case .contactorClosed(let session, let load): tell(.contactorClosed(session, load), at: now)
        case .fault(let fault): tell(.fault(fault), at: now)
        }
        drain(at: now)
        swap(&outputs, &sink)
    }

    /// Hears what happened to the connection, and what came of that.
    private func drain(at now: Now) {
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

    private func tick(at now: Now) {
        if let stopUntil, stopUntil <= now.monotonic {
            self.stopUntil = nil
            if !saidFarewell { return fail(EngineRuntime.diskDoesNotAnswer, at: now) }
        }
        bus.tick(at: now, &outputs)
        if let deadline = core.deadline, deadline <= now.monotonic { tell(.tick, at: now) }
    }

    private func stop(at now: Now) {
        guard failure == nil else { return }
        // The session's end must be in the journal before it is said; a disk that does not answer must not keep the process (P10).
        giveTimeToStop(from: now)
        tell(.stop, at: now)
    }

    private func giveTimeToStop(from now: Now) { stopUntil = stopUntil ?? now.monotonic + EngineRuntime.stallTime }

    private func hear(_ event: PartyBus.Event, at now: Now) {
        switch event {
        case .persist(let epoch): order(journal.persist(epoch))
        case .online(let epoch):
            connection += 1
            tell(.online(epoch), at: now)
        case .offline:
            connection += 1
            tell(.offline, at: now)
        case .delivered, .refused, .outside: break
        case .overwritten: tell(.overwritten, at: now)
        case .stopped: end(at: now)
        case .failed(let reason):
            // The session is journalled and nothing is published (P9): the connection is over already.
            failure = failure ?? reason
            giveTimeToStop(from: now)
            tell(.stop, at: now)
        }
    }

    private func hear(_ message: BusMessage, retained: Bool, at now: Now) {
        guard !isOver else { return }
        switch message {
        case .command(let command): if !retained { tell(.command(command), at: now) }
        case .centralStatus(let status): tell(.centralStatus(status), at: now)
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
                order(journal.write(entries))
            case .perform(.ready(let session)): ready.append(session)
            case .perform(.closeContactor(let session)): outputs.append(.own(.closeContactor(session)))
            case .perform(.publish(let message)): bus.publish(message, at: now, &outputs)
            case .perform(.farewell(let message)):
                saidFarewell = true
                if failure == nil { bus.stop(farewell: message, at: now, &outputs) } else { end(at: now) }
            case .perform(.notice(let notice)): outputs.append(.own(.notice(notice)))
            case .perform(.journal): preconditionFailure("the gate hands entries out to be written")
            }
        }
    }

    // MARK: The journal

    private func order(_ order: JournalOrder) { outputs.append(.journal(order)) }

    private func finish(_ result: JournalResult, at now: Now) {
        guard let (event, order) = journal.finish(result) else { return }
        if let order { self.order(order) }
        switch event {
        case .epochPersisted(let epoch):
            bus.persisted(epoch, at: now, &outputs)
            // An engine without a broker writes an epoch at each attempt.
            compact()
        case .written(let entries):
            writingSince = nil
            outputs.append(.own(.journalled(entries)))
            carryOut(gate.written(connection: connection), at: now)
            compact()
        // Without its journal an engine must not supply: it dies, and its will says so.
        case .failed(let why): fail(why, at: now)
        case .notCompacted(let why): outputs.append(.notice(.notCompacted(why)))
        case nil: break
        }
    }

    /// While the gate is idle the core's memory is what the journal holds.
    private func compact() {
        if !isOver, gate.isIdle, let order = journal.compactIfLong(core.memory) { self.order(order) }
    }

    // MARK: The end

    private func fail(_ reason: String, at now: Now) {
        failure = failure ?? reason
        end(at: now)
    }

    private func end(at now: Now) {
        guard !isOver else { return }
        // Before the other points of this process have ended: nothing may be promised to this one any more.
        if failure != nil { bus.abort(at: now, &outputs) }
        isOver = true
        outputs.append(.end(failure: failure))
    }
}
