public import ChargingModel
public import ChargingProtocol
public import MQTT

/// A driver: its core and its connection, in one. It remembers nothing: Central does (S2).
public final class DriverRuntime: PartyRuntime {
    public enum Event: Sendable {
        /// A person's wish: to charge, to stop, to rest.
        case wish(Driver.Event)
    }

    public enum Action: Sendable {
        case notice(Driver.Notice)
    }

    @exclusivity(unchecked) public private(set) var core: Driver
    @exclusivity(unchecked) private var bus: PartyBus
    private var isOver = false
    @exclusivity(unchecked) private var outputs: [PartyOutput<Action>] = []

    /// - Throws: when a setting is unusable.
    public init(_ settings: Driver.Settings, _ context: PartyContext) throws(MQTTError) {
        var random = SplitMix64(seed: context.seed)
        core = Driver(settings, seed: random.next())
        bus = try PartyBus(.driver(settings.driver), context, points: settings.points, seed: random.next())
    }

    public var isOnline: Bool { bus.isOnline }

    /// When `tick` is due; `nil` when nothing is waited for.
    public var deadline: Instant? { isOver ? nil : earliest(core.deadline, bus.deadline) }

    public func handle(_ input: PartyInput, _ decoder: MessageDecoder, at now: Now, into sink: inout [PartyOutput<Action>]) {
        guard !isOver else { return }
        swap(&outputs, &sink)
        switch input {
        case .start: bus.start(at: now, &outputs)
        case .bus(.received(let connection, let message)):
            if let heard = bus.receive(message, on: connection, decoder, at: now, &outputs) {
                drain(at: now)
                hear(heard, retained: message.retained, at: now)
            }
        case .bus(let event): bus.handle(event, at: now, &outputs)
        case .journal: break
        case .tick:
            bus.tick(at: now, &outputs)
            if let deadline = core.deadline, deadline <= now.monotonic { tell(.tick, at: now) }
        // What is open stays open: Central carries it on, and answers to the same name later.
        case .stop: bus.stop(at: now, &outputs)
        }
        drain(at: now)
        swap(&outputs, &sink)
    }

    public func handle(_ event: Event, at now: Now, into sink: inout [PartyOutput<Action>]) {
        guard !isOver else { return }
        swap(&outputs, &sink)
        switch event {
        case .wish(let event): tell(event, at: now)
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
        case .online: tell(.online, at: now)
        case .offline: tell(.offline, at: now)
        case .delivered, .refused, .outside, .overwritten, .persist: break
        case .stopped: end()
        case .failed(let reason): end(reason)
        }
    }

    private func hear(_ message: BusMessage, retained: Bool, at now: Now) {
        guard !isOver else { return }
        switch message {
        case .status(let status): if !retained { tell(.status(status), at: now) }
        case .tickets(let tickets): tell(.tickets(tickets), at: now)
        case .centralStatus(let status): tell(.centralStatus(status), at: now)
        case .verdict(let verdict): tell(.verdict(verdict), at: now)
        default: break
        }
    }

    private func tell(_ event: Driver.Event, at now: Now) {
        for action in core.handle(event, at: now) {
            switch action {
            case .publish(let message): bus.publish(message, at: now, &outputs)
            case .notice(let notice):
                outputs.append(.own(.notice(notice)))
            }
        }
    }

    private func end(_ failure: String? = nil) {
        guard !isOver else { return }
        isOver = true
        outputs.append(.end(failure: failure))
    }
}
