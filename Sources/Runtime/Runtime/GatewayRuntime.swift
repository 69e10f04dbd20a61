public import ChargingModel
public import ChargingProtocol
internal import Journal
public import MQTT

/// A gateway's own client: its core, its connection and its epoch's journal, in one.
public final class GatewayRuntime: JournalledParty {
    public enum Event: Sendable {
        case news(GatewayCore.News)
    }

    public enum Action: Sendable {
        /// Central asks for something of a station.
        case carryOut(StationCommand)
        /// Frames of these stations alone are wanted from now on.
        case listen(Set<ChargePointID>)
    }

    @exclusivity(unchecked) public private(set) var core: GatewayCore
    @exclusivity(unchecked) var bus: PartyBus
    @exclusivity(unchecked) var journal: PartyJournal
    var isOver = false
    @exclusivity(unchecked) var outputs: [PartyOutput<Action>] = []

    /// - Throws: when a setting is unusable.
    public init(_ gateway: GatewayID, software: String, _ context: PartyContext) throws(MQTTError) {
        var random = SplitMix64(seed: context.seed)
        core = GatewayCore(gateway: gateway, software: software)
        bus = try PartyBus(.gateway(gateway), context, seed: random.next())
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

    func begin(at now: Now) { bus.start(at: now, &outputs) }

    func take(_ event: Event, at now: Now) {
        switch event {
        case .news(let news): tell(.news(news), at: now)
        }
    }

    func tickCore(at now: Now) { tell(.tick, at: now) }
    func stop(at now: Now) { tell(.stop, at: now) }

    func hear(_ event: PartyBus.Event, at now: Now) {
        switch event {
        case .persist(let epoch): outputs.append(.journal(journal.persist(epoch)))
        case .online(let epoch): tell(.online(epoch), at: now)
        case .offline: tell(.offline, at: now)
        case .delivered, .refused: tell(.concluded, at: now)
        case .overwritten: tell(.overwritten, at: now)
        case .outside, .foreign: break
        case .stopped: end(at: now)
        case .failed(let reason): end(reason, at: now)
        }
    }

    func hear(_ message: BusMessage, retained: Bool, at now: Now) {
        switch message {
        case .station(.command(let command)): tell(.command(command, retained: retained), at: now)
        case .centralStatus(let status): tell(.centralStatus(status, retained: retained), at: now)
        default: break
        }
    }

    private func tell(_ event: GatewayCore.Event, at now: Now) {
        for action in core.handle(event, at: now) {
            switch action {
            case .publish(let message, let receipt): bus.publish(message, delivery: receipt, at: now, &outputs)
            case .farewell(let message): bus.stop(farewell: message, at: now, &outputs)
            case .carryOut(let command): outputs.append(.own(.carryOut(command)))
            case .listen(let stations): outputs.append(.own(.listen(stations)))
            }
        }
    }
}
