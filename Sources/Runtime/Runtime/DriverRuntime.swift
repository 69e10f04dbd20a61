public import ChargingModel
public import ChargingProtocol
public import MQTT

/// A driver: its core and its connection, in one. It remembers nothing: Central does (S2).
public final class DriverRuntime: PartyFrame {
    public enum Event: Sendable {
        /// A person's wish: to charge, to stop, to rest.
        case wish(Driver.Event)
    }

    public enum Action: Sendable {
        case notice(Driver.Notice)
    }

    @exclusivity(unchecked) public private(set) var core: Driver
    @exclusivity(unchecked) var bus: PartyBus
    var isOver = false
    @exclusivity(unchecked) var outputs: [PartyOutput<Action>] = []

    /// - Throws: when a setting is unusable.
    public init(_ settings: Driver.Settings, _ context: PartyContext) throws(MQTTError) {
        var random = SplitMix64(seed: context.seed)
        core = Driver(settings, seed: random.next())
        bus = try PartyBus(.driver(settings.driver), context, points: settings.points, seed: random.next())
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
        case .wish(let event): tell(event, at: now)
        }
    }

    func tickCore(at now: Now) { tell(.tick, at: now) }

    /// An open request stays open: Central carries it on, and answers to the same name later.
    func stop(at now: Now) { bus.stop(at: now, &outputs) }

    func hear(_ event: PartyBus.Event, at now: Now) {
        switch event {
        case .online: tell(.online, at: now)
        case .offline: tell(.offline, at: now)
        case .delivered, .refused, .outside, .foreign, .overwritten, .persist: break
        case .stopped: end(at: now)
        case .failed(let reason): end(reason, at: now)
        }
    }

    func hear(_ message: BusMessage, retained: Bool, at now: Now) {
        switch message {
        case .status(let status): if !retained { tell(.status(status), at: now) }
        case .tickets(let tickets): tell(.tickets(tickets), at: now)
        case .centralStatus(let status): tell(.centralStatus(status, retained: retained), at: now)
        case .verdict(let verdict): tell(.verdict(verdict), at: now)
        default: break
        }
    }

    private func tell(_ event: Driver.Event, at now: Now) {
        for action in core.handle(event, at: now) {
            switch action {
            case .publish(let message): bus.publish(message, at: now, &outputs)
            case .notice(let notice): outputs.append(.own(.notice(notice)))
            }
        }
    }
}
