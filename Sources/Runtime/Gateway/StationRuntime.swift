public import ChargingModel

/// A station in the gateway without disk, socket and thread: its core, the order of its actions around its journal, and what the engines of its
/// connectors must have before the station may forget it.
///
/// One input at a time: what comes of carrying out the outputs of one is the next.
public struct StationRuntime: Sendable {
    public enum Input: Sendable {
        /// The first.
        case begin
        case event(StationCore.Event)
        /// The entries that were handed out last are on the disk.
        case written
        /// A connector's engine lets energy flow for a session.
        case supplies(Int32, SessionID)
        case order(Int32, StationOrder)
        /// All that a connector's engine was told is in its journal.
        case settled(Int32)
    }

    public enum Output: Sendable {
        /// Write these in one commit, then say `written`.
        case write([StationEntry])
        case send(UInt64, [UInt8])
        case close(UInt64, String)
        /// Make a charge point of a connector that nobody knew.
        case find(Int32)
        /// Tell it to the connector's engine, and say `told` at once.
        case tell(Int32, StationEvent)
        case vehicleAwaited(Int32, SessionID)
        case fault(Int32, String?)
        case answered(UInt64, StationCore.CallOutcome)
        case notice(StationCore.Notice)
    }

    public private(set) var core: StationCore
    private var gate = StationGate()
    /// The sessions of which the engine's journal must have the record before the station may forget them, by the connector.
    private var awaited: [Int32: [SessionID]] = [:]
    /// The requests with which sessions were asked for here.
    private var admitted: [SessionID: RequestID] = [:]

    /// - Parameter engines: what the journals of its connectors' engines add up to.
    public init(
        id: String, settings: StationCore.Settings = StationCore.Settings(), memory: StationMemory, engines: [Int32: EngineMemory], seed: UInt64
    ) {
        let connectors = engines.mapValues { memory in
            StationCore.Connector(
                register: memory.register,
                wanted: memory.active.flatMap { active in
                    active.isMetered
                        ? nil : StationCore.Connector.Wanted(active.session, token: active.provenance.token?.text, since: active.started)
                },
                charging: memory.active.flatMap { $0.isMetered ? $0.session : nil })
        }
        core = StationCore(id: id, settings: settings, memory: memory, connectors: connectors, seed: seed)
    }

    /// The time at which `.event(.tick)` is due.
    public var deadline: Instant? { core.deadline }

    /// True while nothing waits for its journal.
    public var isIdle: Bool { gate.isIdle }

    public mutating func handle(_ input: Input, at now: Now) -> [Output] {
        switch input {
        case .begin: return outputs(of: gate.admit(core.begin(at: now)))
        case .event(let event): return hear(event, now)
        case .written: return outputs(of: gate.written())
        case .supplies(let evse, let session): return hear(.start(evse, session, answering: admitted.removeValue(forKey: session)), now)
        case .order(_, .admitted(let request, let session)):
            admitted[session] = request
            return []
        case .order(let evse, let order): return hear(.order(evse, order), now)
        case .settled(let evse): return (awaited.removeValue(forKey: evse) ?? []).flatMap { hear(.recorded($0), now) }
        }
    }

    private mutating func hear(_ event: StationCore.Event, _ now: Now) -> [Output] { outputs(of: gate.admit(core.handle(event, at: now))) }

    private mutating func outputs(of steps: [StationGate.Step]) -> [Output] {
        steps.compactMap { step in
            switch step {
            case .write(let entries): .write(entries)
            case .perform(let action): output(of: action)
            }
        }
    }

    private mutating func output(of action: StationCore.Action) -> Output? {
        switch action {
        case .journal: return nil
        case .send(let link, let bytes): return .send(link, bytes)
        case .close(let link, let why): return .close(link, why)
        case .found(let evse): return .find(evse)
        case .engine(let evse, let event): return .tell(evse, event)
        case .vehicleAwaited(let evse, let session): return .vehicleAwaited(evse, session)
        case .fault(let evse, let why): return .fault(evse, why)
        case .ask(let evse, let request, let token): return .tell(evse, .asks(request, token))
        case .answered(let question, let outcome): return .answered(question, outcome)
        case .notice(let notice): return .notice(notice)
        }
    }

    /// An engine was told: what it must have in its journal is awaited from now on.
    public mutating func told(_ evse: Int32, _ event: StationEvent) {
        switch event {
        case .ended(let session, _): awaited[evse, default: []].append(session)
        case .found(let record): awaited[evse, default: []].append(record.session)
        case .reachable, .unavailable, .occupied, .refused, .began, .metered, .phase, .lost, .newMeter, .asks: break
        }
    }

    /// True when a connector's engine must have something in its journal before the station may forget it.
    public func awaits(_ evse: Int32) -> Bool { awaited[evse] != nil }
}
