public import ChargingModel
public import OCPP

/// A charging station as it is in the field, as a value: people, frames and the time go in, frames come out. Its meters count, its transactions are told
/// until they are confirmed, and it obeys its backend.
///
/// It does as OCPP wants of a station, unless it is told to have a quirk.
public struct ChargingStation: Sendable {
    public struct Specification: Hashable, Sendable {
        public var id: String
        public var version: OCPPVersion
        /// They are numbered from 1 on; each is an EVSE of 2.0.1.
        public var connectors: Int32
        public var power: Power
        /// The registers at the beginning.
        public var register: Energy
        public var quirks: Set<StationQuirk>
        /// From one meter value to the next, while it charges.
        public var sampling: Duration

        public init(
            id: String, version: OCPPVersion, connectors: Int32 = 1, power: Power = Power(watts: 22_000), register: Energy = .zero,
            quirks: Set<StationQuirk> = [], sampling: Duration = .seconds(1)
        ) {
            self.id = id
            self.version = version
            self.connectors = connectors
            self.power = power
            self.register = register
            self.quirks = quirks
            self.sampling = sampling
        }
    }

    public enum Event: Sendable {
        /// The backend let in the connection of this number.
        case opened(UInt64)
        /// It has ended, or never was.
        case closed(UInt64)
        case text(UInt64, [UInt8])
        /// Somebody shows a card at a connector.
        case card(Int32, String)
        /// A vehicle is plugged in that takes this load.
        case plugged(Int32, Load)
        case unplugged(Int32)
        case fault(Int32, String?)
        /// The network is gone, or there again.
        case reach(Bool)
        /// It loses its power, and is back at once.
        case restart
        case tick
    }

    public enum Action: Sendable, Equatable {
        /// Dial, as the connection of this number; `opened` or `closed` comes of it.
        case dial(UInt64)
        /// A frame, in fragments of so many bytes if not as a whole.
        case send(UInt64, [UInt8], piece: Int?)
        case hangUp(UInt64)
        /// Let the connection stand, and do nothing with it any more.
        case freeze(UInt64)
        case notice(Notice)
    }

    public enum Notice: Sendable, Hashable {
        case accepted
        /// Somebody may charge at a connector, and no vehicle is there.
        case vehicleAwaited(Int32)
        case began(Int32, token: String)
        case ended(Int32, Energy, StopReason)
        /// A card that may not charge.
        case turnedAway(Int32, TokenStatus)
        /// All that was metered is confirmed.
        case allTold
        /// A call was answered, so long after it was sent.
        case answered(StationAction, Duration)
        /// A call was not done, with the reason in words.
        case failed(String, String)
        case operative(Int32, Bool)
        case restarts
    }

    /// A connection that the backend let in.
    struct Link: Sendable {
        var id: UInt64
        var isAccepted = false
        /// The time of the next BootNotification, while it is not accepted; `nil` while one is on its way.
        var bootsAt: Instant?
        var heartbeatAt: Instant
        /// The time at which it is left standing half-open.
        var freezesAt: Instant?
        /// The status that was last told, by connector.
        var told: [Int32: ConnectorStatus] = [:]
    }

    public let specification: Specification
    public internal(set) var settings: StationSettings
    public internal(set) var outlets: [Int32: Outlet]
    /// The charges that go on, and those of which something is still to be told.
    public internal(set) var charges: [String: Charge] = [:]
    /// Words about transactions, which are told until they are confirmed.
    var tellings: [Telling] = []
    /// Calls that mean nothing in the next connection.
    var errands: [Errand] = []
    var outstanding: Outstanding?
    var link: Link?
    var dialing: UInt64?
    var dialsAt: Instant?
    var failures = 0
    var isReachable = true
    var lastLink: UInt64 = 0
    /// The meters that it has had, where each boot brings another.
    var meters = 1
    var lastCall: UInt64 = 0
    /// By which the station's clock is ahead of the computer's.
    var clockAhead: Int64
    var restartsAt: Instant?
    /// Answers that take their time.
    var slowAnswers: [(at: Instant, link: UInt64, bytes: [UInt8])] = []
    /// Old connections that are to be ended.
    var oldLinks: [(at: Instant, link: UInt64)] = []
    var list = LocalTokens()
    var now = Now(monotonic: Instant(nanoseconds: 0), wall: WallTime(milliseconds: 0))
    var random: SplitMix64
    var actions: [Action] = []
    /// The energy of all charges that are over.
    public internal(set) var metered = Energy.zero
    public internal(set) var chargesEnded = 0

    public init(_ specification: Specification, seed: UInt64, at now: Now) {
        self.specification = specification
        settings = StationSettings(sampling: specification.sampling)
        random = SplitMix64(seed: seed)
        outlets = [:]
        for evse in 1...max(1, specification.connectors) { outlets[evse] = Outlet(register: specification.register) }
        clockAhead = 0
        dialsAt = now.monotonic
        self.now = now
        clockAhead = startingClock
    }

    public mutating func handle(_ event: Event, at now: Now) -> [Action] {
        self.now = now
        switch event {
        case .opened(let id): opened(id)
        case .closed(let id): closed(id)
        case .text(let id, let bytes): if link?.id == id { hear(bytes) }
        case .card(let evse, let token): show(token, at: evse)
        case .plugged(let evse, let load): plug(load, at: evse)
        case .unplugged(let evse): unplug(at: evse)
        case .fault(let evse, let why): setFault(why, at: evse)
        case .reach(let isReachable): setReachable(isReachable)
        case .restart: restart(.powerLoss)
        case .tick: break
        }
        advance()
        defer { actions = [] }
        return actions
    }

    /// The time at which `tick` is due.
    public var deadline: Instant? {
        var next: Instant?
        func consider(_ instant: Instant?) {
            guard let instant else { return }
            next = next.map { min($0, instant) } ?? instant
        }
        consider(dialsAt)
        consider(restartsAt)
        if let outstanding { consider(outstanding.at + ChargingStation.callPatience) }
        if let link {
            consider(link.freezesAt)
            // One call is on its way at a time: the next one waits for its end.
            if outstanding == nil { consider(link.bootsAt) }
            if outstanding == nil, link.isAccepted {
                consider(link.heartbeatAt)
                consider(tellings.first?.notBefore)
            }
        }
        for outlet in outlets.values {
            if let key = outlet.charge, let charge = charges[key] { consider(charge.nextSample) }
            consider(outlet.promise?.until)
        }
        for answer in slowAnswers { consider(answer.at) }
        for old in oldLinks { consider(old.at) }
        return next
    }

    private mutating func advance() {
        if let at = restartsAt, at <= now.monotonic { restart(nil) }
        for old in oldLinks where old.at <= now.monotonic { actions.append(.hangUp(old.link)) }
        oldLinks.removeAll { $0.at <= now.monotonic }
        for evse in outlets.keys.sorted() {
            loseHope(at: evse)
            sample(at: evse)
        }
        if let at = link?.freezesAt, at <= now.monotonic { leaveHalfOpen() }
        if let at = dialsAt, at <= now.monotonic { dial() }
        timeOut()
        answerLate()
        sendNext()
    }

    /// The energy of charges that are over, and whose end nobody has confirmed.
    public var unconfirmed: Energy {
        tellings.reduce(.zero) { sum, telling in
            guard case .ended(let end, _, _) = telling.kind, let charge = charges[telling.charge] else { return sum }
            return sum + (end - charge.start)
        }
    }

    /// True when all that was metered is told and confirmed.
    public var isAllTold: Bool { tellings.isEmpty && outlets.values.allSatisfy { $0.charge == nil } }
    /// The words about transactions that are not confirmed.
    public var untold: Int { tellings.count }
    public var isAccepted: Bool { link?.isAccepted ?? false }

    func has(_ quirk: StationQuirk) -> Bool { specification.quirks.contains(quirk) }
    mutating func chance(_ of: UInt64) -> Bool { random.next() % of == 0 }
}
