internal import ChargingModel
internal import ChargingProtocol
internal import Journal
internal import MQTT

/// The frame of a party's runtime around its core: the order in which inputs reach connection, journal and core, and the end. Each kind of party adds its
/// core, and what only it has.
protocol PartyFrame: PartyRuntime {
    var bus: PartyBus { get set }
    var outputs: [PartyOutput<Action>] { get set }
    /// True after the end: nothing is heard or wanted any more.
    var isOver: Bool { get set }
    /// The time at which the core wants its tick; `nil` when it waits for nothing.
    var coreDeadline: Instant? { get }

    func begin(at now: Now)
    func take(_ event: Event, at now: Now)
    func tickCore(at now: Now)
    func stop(at now: Now)
    func finish(_ result: JournalResult, at now: Now)
    /// Gives back what another one waits for: it ends.
    func giveBackTurn()
    /// The reason to end at once, when the time that it had to stop is over; `nil` otherwise.
    func outOfTime(at now: Now) -> String?
    func hear(_ event: PartyBus.Event, at now: Now)
    func hear(_ message: BusMessage, retained: Bool, at now: Now)
    /// Hears all that happened to the connection, and what came of that.
    func drain(at now: Now)
}

extension PartyFrame {
    public var hasGivenWay: Bool { bus.hasGivenWay }
    var isOnline: Bool { bus.isOnline }

    func run(_ input: PartyInput, _ decoder: MessageDecoder, at now: Now, into sink: inout [PartyOutput<Action>]) {
        run(at: now, into: &sink) {
            switch input {
            case .start: begin(at: now)
            case .bus(.received(let connection, let message)):
                guard let heard = bus.receive(message, on: connection, decoder, at: now, &outputs) else { break }
                drain(at: now)
                if !isOver { hear(heard, retained: message.retained, at: now) }
            case .bus(let event): bus.handle(event, at: now, &outputs)
            case .journal(let result): finish(result, at: now)
            case .tick: tick(at: now)
            case .stop: stop(at: now)
            }
        }
    }

    func run(_ event: Event, at now: Now, into sink: inout [PartyOutput<Action>]) { run(at: now, into: &sink) { take(event, at: now) } }

    private func run(at now: Now, into sink: inout [PartyOutput<Action>], _ body: () -> Void) {
        guard !isOver else { return }
        swap(&outputs, &sink)
        body()
        drain(at: now)
        swap(&outputs, &sink)
    }

    private func tick(at now: Now) {
        if let why = outOfTime(at: now) { return end(why, at: now) }
        bus.tick(at: now, &outputs)
        if let deadline = coreDeadline, deadline <= now.monotonic { tickCore(at: now) }
    }

    func outOfTime(at now: Now) -> String? { nil }

    func giveBackTurn() {}

    /// Without a journal there is no result of one.
    func finish(_ result: JournalResult, at now: Now) {}

    func drain(at now: Now) { while !isOver, let event = bus.nextEvent() { hear(event, at: now) } }

    /// - Parameter failure: why it can't go on: then the will speaks.
    func end(_ failure: String? = nil, at now: Now) {
        guard !isOver else { return }
        giveBackTurn()
        // Before the other parties of this process have ended: nothing may be promised to this one any more.
        if failure != nil { bus.abort(at: now, &outputs) }
        isOver = true
        outputs.append(.end(failure: failure))
    }
}

/// A party that keeps its epochs in a journal.
protocol JournalledParty: PartyFrame {
    var journal: PartyJournal { get set }
    /// These entries are on the disk.
    func written(_ entries: [EngineEntry], at now: Now)
    /// An epoch is on the disk: the connection may go on, now or when nothing else stands against it.
    func admit(_ epoch: Epoch, at now: Now)
    /// An epoch is on the disk, and the connection knows.
    func persisted(at now: Now)
}

extension JournalledParty {
    func finish(_ result: JournalResult, at now: Now) {
        guard let (event, order) = journal.finish(result) else { return }
        if let order { outputs.append(.journal(order)) }
        switch event {
        case .epochPersisted(let epoch): admit(epoch, at: now)
        case .written(let entries): written(entries, at: now)
        // Without its journal no party may go on: it ends, and its will says so.
        case .failed(let why): end(why, at: now)
        case .notCompacted(let why): outputs.append(.notice(.notCompacted(why)))
        case nil: break
        }
    }

    func admit(_ epoch: Epoch, at now: Now) {
        bus.persisted(epoch, at: now, &outputs)
        persisted(at: now)
    }

    func written(_ entries: [EngineEntry], at now: Now) {}
    func persisted(at now: Now) {}
}

/// The time that a party has to write what must be written before its last word (P10): a disk that does not answer must not keep a process.
struct StopTime: Sendable {
    static let length = Duration.seconds(2)

    /// The end of it, once the order to stop has come.
    private(set) var until: Instant?

    mutating func begin(at now: Now) { until = until ?? now.monotonic + StopTime.length }

    /// True once, when it is over.
    mutating func isOver(at now: Now) -> Bool {
        guard let end = until, end <= now.monotonic else { return false }
        until = nil
        return true
    }
}
