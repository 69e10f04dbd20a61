/// The charge point's engine as a value: events and the time go in, actions come out.
///
/// Actions are to be carried out in order, and what follows a `journal` waits until that is on disk (S3, S4).
public struct EngineCore: Sendable {
    /// The fixed properties of a charge point.
    public struct Specification: Hashable, Sendable {
        public var cp: ChargePointID
        public var power: Power
        public var price: Price
        public var kind: String
        public var software: String
        /// The duration of a session whose START names none (S4).
        public var sessionDuration: Duration
        /// The time between two readings while supplying.
        public var telemetryInterval: Duration
        /// The longest time that a vehicle is waited for.
        public var plugInTime: Duration
        public var hardware: Hardware

        public init(
            cp: ChargePointID, power: Power, price: Price, kind: String, software: String, sessionDuration: Duration = .seconds(10),
            telemetryInterval: Duration = .seconds(1), plugInTime: Duration = .seconds(60), hardware: Hardware = .contactor
        ) {
            self.cp = cp
            self.power = power
            self.price = price
            self.kind = kind
            self.software = software
            self.sessionDuration = sessionDuration
            self.telemetryInterval = telemetryInterval
            self.plugInTime = plugInTime
            self.hardware = hardware
        }
    }

    /// The means by which an engine supplies and meters.
    public enum Hardware: String, Hashable, Sendable, CaseIterable {
        /// A contactor that obeys, and a load that is known: the engine itself knows what flows.
        case contactor
        /// A station with a meter and a will of its own, which may be out of reach, and charges on then.
        case station
    }

    public enum Event: Hashable, Sendable {
        /// The handshake of a connection is done: it may be published (P8).
        case online(Epoch)
        case offline
        case command(Command)
        case centralStatus(CentralStatus, retained: Bool = false)
        /// The own retained topic was overwritten or emptied (P9).
        /// - number: the highest on it in this connection, perhaps of somebody else.
        case overwritten(number: UInt64)
        /// The journal has the beginning of this session: the answer to `ready`.
        case ready(SessionID)
        /// The hardware has done what `closeContactor` asked for: from now on energy flows, as much as point and vehicle can.
        case contactorClosed(SessionID, Load)
        /// The hardware can't do it yet, since no vehicle is plugged in; it will when one is, unless the session has ended.
        case vehicleAwaited(SessionID)
        /// Somebody begins a charge at the station. Nothing comes of it while the point does anything else.
        case cardShown(OfflineStart)
        /// The hardware reports a fault, or that it is gone.
        case fault(String?)
        /// A station says something of itself.
        case station(StationEvent)
        /// The time `deadline` has come, or may have.
        case tick
        /// Stop cleanly (P10).
        case stop
    }

    public enum Action: Hashable, Sendable {
        case journal(EngineEntry)
        /// Answer with `ready` when this is carried out: what came before it is in the journal then.
        case ready(SessionID)
        /// Let energy flow for this session, whose beginning is in the journal; answered by `contactorClosed` (S3), or first by `vehicleAwaited`.
        case closeContactor(SessionID)
        /// An order to a station.
        case station(StationOrder)
        /// Begin a new connection under a new epoch: what is said once in one is not true any more.
        case connectAnew
        case publish(BusMessage)
        /// The last message; the connection ends when it is acknowledged (P10).
        case farewell(BusMessage)
        case notice(Notice)
    }

    /// A message for people.
    public indirect enum Notice: Hashable, Sendable {
        case transition(from: LifecycleState, to: LifecycleState, reason: String)
        case reading(Telemetry)
        case refused(CommandRefusal)
        /// A session in the journal that its engine did not live to end.
        case interrupted(SessionRecord)
    }

    /// The present activity of the engine. Each case holds exactly its data.
    enum Mode: Hashable, Sendable {
        case activated
        /// A session's beginning is on its way to the journal, since START was heard; no energy flows yet.
        case starting(ActiveSession, since: Instant)
        /// A session has begun, and its vehicle is waited for.
        case waiting(ActiveSession, until: Instant)
        case supplying(Supply)
        case stopped
        case faulty(String)
    }

    /// A charge under way, on the monotonic clock.
    struct Supply: Hashable, Sendable {
        var session: ActiveSession
        /// The power that the vehicle takes, by energy.
        var load: Load
        var began: Instant
        var ends: Instant
        var endsByTarget: Bool
        var nextReading: Instant
        /// `charging`, or `suspendedVehicle` while the vehicle takes nothing.
        var phase = Phase.charging
        /// The reason for which a station was asked to end it; `nil` while it was not.
        var ending: EndReason?
    }

    /// A connection whose handshake is done, and its two counters (P7).
    struct Link: Hashable, Sendable {
        var epoch: Epoch
        var stateSeq: UInt64 = 0
        var telemetrySeq: UInt64 = 0
        /// The meter that its `info` named.
        var meter: MeterID?
    }

    /// A record whose turn to be said comes later.
    struct Unsaid: Hashable, Sendable {
        var record: SessionRecord
        /// The time that it has for its ACK then.
        var backoff = Duration.seconds(1)
    }

    struct Resend: Hashable, Sendable {
        var record: SessionRecord
        var at: Instant
        var backoff: Duration
    }

    public let specification: Specification
    public internal(set) var memory: EngineMemory
    /// The time at which `tick` is due; `nil` when nothing is waited for.
    public private(set) var deadline: Instant?
    var mode: Mode = .activated
    var reason = "Engine started"
    /// The last state that people were told.
    var told: LifecycleState = .disconnected
    var link: Link?
    var central = Freshness()
    /// Commands of a Central that was believed a moment ago, with the times at which they came: it may be believed again.
    var doubted: [(command: Command, at: Instant)] = []
    var greeting = Greeting()
    /// The records that are on their way and not acknowledged, and those whose turn comes then.
    var resends: [SessionID: Resend] = [:]
    var unsaid: ArraySlice<Unsaid> = []
    /// The operator's last wishes that were carried out: one that comes again, after a newer one, must not count again (P12).
    var availabilities: [CommandID] = []
    /// The hardware that is a station; `nil` for a contactor.
    var station: StationSide?
    /// The token that somebody shows at the station, while Central is asked.
    var asking: Asking?
    var stopping = false
    var random: SplitMix64
    var actions: [Action] = []

    /// Makes an engine that wakes up with what its journal says. `begin` must be the first call.
    public init(_ specification: Specification, memory: EngineMemory, seed: UInt64) {
        self.specification = specification
        self.memory = memory
        station = specification.hardware == .station ? StationSide() : nil
        random = SplitMix64(seed: seed)
    }

    /// Mints a meter where there is none, and ends the session that was under way when the engine died.
    public mutating func begin(at now: Now) -> [Action] {
        if memory.meter == nil { journal(.minted(mintedMeter(at: now))) }
        if let active = memory.active, station != nil {
            goOn(with: active, at: now)
        } else if let active = memory.active {
            let record = record(of: active, endRegister: memory.register, ended: now.wall, reason: .interrupted)
            journal(.ended(record))
            actions.append(.notice(.interrupted(record)))
        }
        return take()
    }

    mutating func mintedMeter(at now: Now) -> MeterID { MeterID(known: "m-" + ULID.make(at: now.wall, using: &random).suffix(12)) }

    public mutating func handle(_ event: Event, at now: Now) -> [Action] {
        advance(to: now)
        switch event {
        case .online(let epoch):
            link = Link(epoch: epoch)
            giveBirth(at: now)
        case .offline:
            link = nil
            greeting.cancel()
            // What the broker keeps tells the next connection who is Central.
            central = Freshness()
            doubted = []
        case .command(let command):
            handle(command, at: now)
        case .centralStatus(let status, let retained):
            let standing = central.claim(status.epoch, status.sign(retained: retained), at: now.monotonic)
            if standing.isNews, status.online { greetCentral(at: now) }
            if standing == .restored { hearDoubted(at: now) }
        case .overwritten(let number):
            if let seq = link?.stateSeq { link?.stateSeq = max(seq, number) }
            giveBirth(at: now)
        case .ready(let session):
            closeContactor(for: session, at: now)
        case .contactorClosed(let session, let load):
            supply(session, load, at: now)
        case .vehicleAwaited(let session):
            awaitVehicle(of: session, at: now)
        case .cardShown(let offline):
            start(offline, at: now)
        case .fault(let fault):
            handle(fault: fault, at: now)
        case .station(let event):
            if station != nil { handle(event, at: now) }
        case .tick:
            break
        case .stop:
            guard !stopping else { break }
            stopping = true
            // A station charges on, and whoever comes after this engine goes on with it.
            if station != nil {
                farewell()
                break
            }
            switch mode {
            case .supplying(let supply): end(supply, at: now.monotonic, now: now, reason: .shutdown, next: .activated, because: "Stopped")
            case .starting(let session, _), .waiting(let session, _):
                end(session, endRegister: memory.register, ended: now.wall, now: now, .shutdown, next: .activated, because: "Stopped")
            case .activated, .stopped, .faulty: break
            }
            farewell()
        }
        return take()
    }

    private var nextDeadline: Instant? {
        var next = greeting.dueAt
        func consider(_ instant: Instant) { next = next.map { min($0, instant) } ?? instant }
        switch mode {
        case .supplying(let supply) where station == nil: consider(min(supply.ends, supply.nextReading))
        case .supplying(let supply): if supply.ending == nil { consider(supply.ends) }
        case .activated, .starting, .waiting, .stopped, .faulty: break
        }
        if case .waiting(_, let until) = mode { consider(until) }
        if let asking { consider(min(asking.until, asking.next)) }
        if link != nil { for resend in resends.values { consider(resend.at) } }
        return next
    }

    /// The driver whom it serves, or is about to.
    public var driver: DriverID? {
        switch mode {
        case .starting(let session, _), .waiting(let session, _): session.driver
        case .supplying(let supply): supply.session.driver
        case .activated, .stopped, .faulty: nil
        }
    }

    /// The lifecycle state that is published and that the health answer names (P13).
    public var state: LifecycleState {
        if station?.isReachable == false { return .disconnected }
        return switch mode {
        case .activated, .starting: .activated
        case .waiting, .supplying: .supplying
        case .stopped: .stopped
        case .faulty: .faulty
        }
    }

    /// The step of a charge in which the point is, more exactly than its state; `nil` while there is none.
    public var phase: Phase? {
        switch mode {
        case .waiting: .plugIn
        case .supplying(let supply): supply.phase
        case .activated: station?.isOccupied == true ? .finishing : nil
        case .starting, .stopped, .faulty: nil
        }
    }

    private mutating func take() -> [Action] {
        assert(disagreement == nil, disagreement ?? "")
        deadline = nextDeadline
        defer { actions = [] }
        return actions
    }
}
