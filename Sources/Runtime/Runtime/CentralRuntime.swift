public import ChargingModel
public import ChargingProtocol
public import HomeAssistant
internal import Journal
public import MQTT

/// Central: its core, its connection, its epoch's journal and its door to the ledger, in one.
public final class CentralRuntime: JournalledParty {
    public enum Event: Sendable {
        /// The result of `commit`; `nil` when nothing of it, or nobody knows what of it, is in the ledger.
        case committed(UInt64, [LedgerResult]?)
        /// The result of `read`; `nil` when the ledger could not be read.
        case snapshot(UInt64, LedgerSnapshot?)
        /// The operator asks for something; answered once, with this number.
        case ask(OperatorRequest, UInt64)
        /// The result of `readAccess`; `nil` when it is as it was.
        case access(AccessList?)
        /// The operator asks something of a station; answered once, with this number.
        case askStation(ChargePointID, StationWish.Written, UInt64)
        /// Somebody reads a station's frames along from now on, or nobody does any more.
        case watch(ChargePointID, Bool)
        /// The answer to `takeTurn` and `prolongTurn`.
        case turn(UInt64, CentralLease.Answer)
        /// Somebody else writes the ledger in this one's place: it ends without another word.
        case superseded(String)
    }

    public enum Action: Sendable {
        /// Write a group of operations, all or nothing; answered by `committed` with the ticket.
        case commit(UInt64, [LedgerOperation])
        /// Read everything needed to go on, as of this time; answered by `snapshot` with the ticket.
        case read(UInt64, at: WallTime)
        case answer(UInt64, OperatorAnswer)
        /// The answer to `askStation`.
        case answerOfStation(UInt64, StationResult)
        case news(StationNews)
        /// Look who is known now (P15); answered by `access`.
        case readAccess
        /// The broker is told to keep nothing of this point any more.
        case forgot(ChargePointID)
        /// The broker dropped so many messages since the last time.
        case brokerDropped(UInt64)
        case notice(CentralCore.Notice)
        /// Ask for the turn at the ledger, when nobody else has it; answered by `turn` with the ticket.
        case takeTurn(UInt64)
        /// Say that it is here, and under which epoch it is about to be on the bus; answered by `turn` with the ticket.
        case prolongTurn(UInt64, Epoch?)
        /// Give it back: it ends.
        case releaseTurn
        /// It waits, or it is its turn.
        case stands(CentralLease.Standing)
    }

    /// The topic on which mosquitto counts the messages that a slow subscriber lost (QoS 0).
    private static let droppedTopic = "$SYS/broker/publish/messages/dropped"

    @exclusivity(unchecked) public private(set) var core: CentralCore
    @exclusivity(unchecked) public internal(set) var desk: StationDesk
    @exclusivity(unchecked) var bus: PartyBus
    @exclusivity(unchecked) var journal: PartyJournal
    /// Its turn at a ledger that others may write, too; `nil` for one that is its own.
    var lease: CentralLease?
    private var discovery: DiscoveryBook?
    /// The orders to the ledger that are under way, with the core's numbers of commits. No earlier life had these tickets.
    @exclusivity(unchecked) private var asked: [UInt64: Asked] = [:]
    private var lastTicket: UInt64
    /// The present connection's, and whether the desk knows that Central is there in it.
    private var epoch: Epoch = 0
    var isDeskOpen = false
    private var brokerDropped: UInt64?
    private var stopTime = StopTime()
    private(set) var isStopping = false
    var isOver = false
    @exclusivity(unchecked) var outputs: [PartyOutput<Action>] = []

    private enum Asked {
        case commit(UInt64)
        case read
    }

    /// - Parameters:
    ///   - lease: the times of its turn at a ledger that others may write, too; `nil` for one that is its own.
    ///   - discovery: how Home Assistant is told of the points, if it is.
    /// - Throws: when a setting is unusable.
    public init(
        _ settings: CentralCore.Settings, _ context: PartyContext, lease: CentralLease.Settings? = nil, discovery: DeviceDiscovery? = nil, at now: Now
    ) throws(MQTTError) {
        var random = SplitMix64(seed: context.seed)
        core = CentralCore(settings, seed: random.next(), now: now)
        self.discovery = discovery.map { DiscoveryBook($0) }
        let outside =
            [Subscription(CentralRuntime.droppedTopic, .atMostOnce, isOptional: true)]
            + (discovery.map { [Subscription($0.birthTopic, isOptional: true)] } ?? [])
        bus = try PartyBus(.central, context, outside: outside, seed: random.next())
        journal = PartyJournal(context, hasEntries: false, firstTicket: random.next())
        lastTicket = random.next()
        desk = StationDesk(seed: random.next())
        self.lease = lease.map { CentralLease($0, firstTicket: random.next()) }
    }

    public var isOnline: Bool { bus.isOnline }
    public var counters: BusCounters { bus.counters }
    /// The number of messages that were not accepted, by reason (P4).
    public var rejected: [String: UInt64] { bus.rejected }

    /// The time at which `tick` is due; `nil` when nothing is waited for.
    public var deadline: Instant? {
        isOver ? nil : earliest(earliest(coreDeadline, stopTime.until, lease?.deadline), bus.deadline, discovery?.deadline)
    }

    public func handle(_ input: PartyInput, _ decoder: MessageDecoder, at now: Now, into sink: inout [PartyOutput<Action>]) {
        run(input, decoder, at: now, into: &sink)
    }

    public func handle(_ event: Event, at now: Now, into sink: inout [PartyOutput<Action>]) { run(event, at: now, into: &sink) }

    // MARK: The frame

    var coreDeadline: Instant? { earliest(core.deadline, desk.deadline) }

    func begin(at now: Now) {
        if lease == nil { beginCore(at: now) } else { lease?.begin(at: now) }
    }

    func beginCore(at now: Now) { perform(core.begin(at: now), at: now) }

    func take(_ event: Event, at now: Now) {
        switch event {
        case .committed(let ticket, let results): committed(ticket, results, at: now)
        case .snapshot(let ticket, let snapshot):
            guard case .read? = asked[ticket] else { break }
            asked[ticket] = nil
            tell(.snapshot(snapshot), at: now)
        case .ask(let request, let number): tell(.ask(request, number), at: now)
        case .access(let list): tell(.access(list), at: now)
        case .askStation(let station, let written, let question): ask(written, of: station, question, at: now)
        case .watch(let station, let isOn): tellDesk(.watch(station, isOn), at: now)
        case .turn(let ticket, let answer): hears(answer, to: ticket, at: now)
        case .superseded(let why):
            lease = nil
            end(why, at: now)
        }
    }

    func tickCore(at now: Now) {
        if let deadline = desk.deadline, deadline <= now.monotonic { tellDesk(.tick, at: now) }
        if let deadline = core.deadline, deadline <= now.monotonic { tell(.tick, at: now) }
    }

    func stop(at now: Now) {
        isStopping = true
        stopTime.begin(at: now)
        tellDesk(.stop, at: now)
        tell(.stop, at: now)
    }

    /// All that is on its way to the ledger must be there before the last word.
    func outOfTime(at now: Now) -> String? { stopTime.isOver(at: now) && !core.isDone ? "the ledger's disk does not answer" : nil }

    func drain(at now: Now) {
        while !isOver, let event = bus.nextEvent() { hear(event, at: now) }
        announce(at: now)
        askForTurn(at: now)
    }

    func hear(_ event: PartyBus.Event, at now: Now) {
        switch event {
        case .persist(let epoch): outputs.append(.journal(journal.persist(epoch)))
        case .online(let opened):
            epoch = opened
            tell(.online(opened), at: now)
        case .offline: tell(.offline, at: now)
        case .outside(CentralRuntime.droppedTopic, let payload, _): if let count = UInt64(String(decoding: payload, as: UTF8.self)) { dropped(count) }
        case .outside(let topic, let payload, let retained): discovery?.hears(topic: topic, payload: payload, retained: retained)
        case .delivered(let number): tell(.delivered(number), at: now)
        case .refused(let number): tell(.refused(number), at: now)
        case .overwritten(let isNews, _): tell(.overwritten(isNews: isNews), at: now)
        case .foreign(.verdict(let cp)): tell(.foreign(.verdict(cp)), at: now)
        case .foreign(.tickets(let driver)): tell(.foreign(.tickets(driver)), at: now)
        case .foreign: break
        case .stopped: end(at: now)
        case .failed(let reason): end(reason, at: now)
        }
    }

    func hear(_ message: BusMessage, retained: Bool, at now: Now) {
        switch message {
        case .gateway(let report): return tellDesk(.gateway(report, retained: retained), at: now)
        case .station(let message): return tellDesk(.station(message, retained: retained), at: now)
        default: break
        }
        tell(.received(message, retained: retained), at: now)
        switch message {
        // What a point is counts from when its engine is believed, which may be either.
        case .info, .state: if discovery != nil, let cp = message.point, let info = core.info(of: cp) { discovery?.hears(info) }
        default: break
        }
    }

    private func tell(_ event: CentralCore.Event, at now: Now) { perform(core.handle(event, at: now), at: now) }

    /// Drivers wait for the ledger and for what is said: both go first, what people read comes after.
    private func perform(_ actions: [CentralCore.Action], at now: Now) {
        for action in actions {
            switch action {
            case .commit(let number, let operations): outputs.append(.own(.commit(ticket(.commit(number)), operations)))
            case .read: outputs.append(.own(.read(ticket(.read), at: now.wall)))
            case .readAccess: outputs.append(.own(.readAccess))
            case .connect, .publish, .farewell, .answer, .erase, .notice: break
            }
        }
        for action in actions {
            switch action {
            case .publish(let message, let delivery): bus.publish(message, delivery: delivery, at: now, &outputs)
            case .erase(let cp): for topic in CentralRuntime.topics(of: cp) { bus.erase(topic, at: now, &outputs) }
            case .connect: bus.start(at: now, &outputs)
            case .farewell(let message): bus.stop(farewell: message, at: now, &outputs)
            case .commit, .read, .readAccess, .answer, .notice: break
            }
        }
        for action in actions {
            switch action {
            case .answer(let number, let answer): outputs.append(.own(.answer(number, answer)))
            case .erase(let cp):
                outputs.append(.own(.forgot(cp)))
                if let message = discovery?.forget(cp) { say(message, at: now) }
            case .notice(let notice): outputs.append(.own(.notice(notice)))
            case .commit, .read, .readAccess, .connect, .publish, .farewell: break
            }
        }
    }

    /// The topics on which the broker keeps something of a point.
    public static func topics(of cp: ChargePointID) -> [Topic] { [.info(cp), .state(cp), .health(cp), .verdict(cp)] }

    // MARK: Home Assistant

    /// Tells of points when Central has said that it is there, and what the broker kept is read.
    private func announce(at now: Now) {
        openDesk(under: epoch, at: now)
        discovery?.follow(core.isThere)
        guard let deadline = discovery?.deadline, deadline <= now.monotonic, let due = discovery?.due(at: now.monotonic) else { return }
        for message in due { say(message, at: now) }
    }

    private func say(_ message: DiscoveryMessage, at now: Now) {
        bus.publishOutsideContract(topic: message.topic, retained: message.payload, at: now, &outputs)
    }

    // MARK: The ledger and the journal

    private func ticket(_ what: Asked) -> UInt64 {
        lastTicket &+= 1
        asked[lastTicket] = what
        return lastTicket
    }

    private func committed(_ ticket: UInt64, _ results: [LedgerResult]?, at now: Now) {
        guard case .commit(let number)? = asked[ticket] else { return }
        asked[ticket] = nil
        tell(results.map { .committed(number, $0) } ?? .commitFailed(number), at: now)
    }

    /// The broker counts since its own start; what it lost before Central looked is not news.
    private func dropped(_ count: UInt64) {
        if let before = brokerDropped, count > before { outputs.append(.own(.brokerDropped(count - before))) }
        brokerDropped = count
    }
}
