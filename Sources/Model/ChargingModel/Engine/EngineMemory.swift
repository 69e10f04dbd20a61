/// A session that an engine has begun: all that it must know to end it, whatever happens in between.
public struct ActiveSession: Hashable, Sendable {
    public var session: SessionID
    public var driver: DriverID
    /// Fixed at ACCEPTED (S1).
    public var price: Price
    public var energyTarget: Energy?
    /// The longest time that the session may take.
    public var duration: Duration
    public var startRegister: Energy
    public var started: WallTime
    public var provenance: Provenance
    /// True once a station has said at which register it began; nothing else is known of its beginning before.
    public var isMetered: Bool

    public init(
        session: SessionID, driver: DriverID, price: Price, energyTarget: Energy?, duration: Duration, startRegister: Energy, started: WallTime,
        provenance: Provenance = .central, isMetered: Bool = false
    ) {
        self.session = session
        self.driver = driver
        self.price = price
        self.energyTarget = energyTarget
        self.duration = duration
        self.startRegister = startRegister
        self.started = started
        self.provenance = provenance
        self.isMetered = isMetered
    }
}

/// A charge that somebody begins at the station with a card, while nobody asks Central (S11).
public struct OfflineStart: Hashable, Sendable {
    /// An id that was never used before.
    public var session: SessionID
    /// The account of the card, as far as the station knows.
    public var driver: DriverID
    public var token: TokenID
    /// The longest time that it may take; as long as any other where it is `nil`.
    public var duration: Duration?

    public init(session: SessionID, driver: DriverID, token: TokenID, duration: Duration? = nil) {
        self.session = session
        self.driver = driver
        self.token = token
        self.duration = duration
    }
}

/// One line of an engine's journal (S3, S4).
public indirect enum EngineEntry: Hashable, Sendable {
    /// The journal begins: a meter of its own, its register at zero.
    case minted(MeterID)
    case started(ActiveSession)
    case register(Energy)
    case ended(SessionRecord)
    case acknowledged(SessionID)
    /// Records of sessions up to this one are not kept any more.
    case forgotten(SessionID)
    /// The session under way is over, and what it metered may be told later: only stations leave one.
    case left(SessionID)
    /// The register of a station stands here, though no session that is known moved it.
    case jumped(Energy)
}

/// The state that an engine's journal adds up to: the fold of its entries. The same fold serves the running engine and the one that reads it back.
public struct EngineMemory: Hashable, Sendable {
    /// The number of acknowledged records that are kept (P12), of those that metered something and of the others, beside all that are not acknowledged.
    public static let keptRecords = 64

    public private(set) var meter: MeterID?
    public private(set) var register: Energy = .zero
    /// The energy by which the register moved, as far as is known, in no session.
    public private(set) var outside: Energy = .zero
    /// A meter that it had before, and the energy that moved it in no session.
    public struct FormerMeter: Hashable, Sendable {
        public var meter: MeterID
        public var outside: Energy
    }
    /// Those that something moved in no session, oldest first, at most `mostFormer`: what is on no bill is to be told from what is missing.
    public private(set) var former: [FormerMeter] = []
    public static let mostFormer = 32
    public private(set) var active: ActiveSession?
    /// The records, oldest first.
    public private(set) var records: [SessionRecord] = []
    public private(set) var unacknowledged: Set<SessionID> = []
    /// The greatest id of Central's sessions in which something was metered and whose records it keeps no more; `nil` while it has them all.
    public private(set) var forgotten: SessionID?
    /// The sessions whose end their station has not told, by their ids: at most `mostLeft`.
    public private(set) var left: [SessionID: ActiveSession] = [:]
    public static let mostLeft = 64

    public init() {}

    /// Makes the memory that the entries of a journal add up to.
    public init(replaying entries: some Sequence<EngineEntry>) {
        for entry in entries { apply(entry) }
    }

    public mutating func apply(_ entry: EngineEntry) {
        switch entry {
        case .minted(let meter):
            if let before = self.meter {
                if outside > .zero { former.append(FormerMeter(meter: before, outside: outside)) }
                if former.count > EngineMemory.mostFormer { former.removeFirst() }
                (register, outside) = (.zero, .zero)
            }
            self.meter = meter
        case .started(let session):
            active = session
        case .register(let register):
            self.register = max(self.register, register)
        case .ended(let record):
            if active?.session == record.session { active = nil }
            left[record.session] = nil
            if record.meter == meter { register = max(register, record.endRegister) }
            records.append(record)
            unacknowledged.insert(record.session)
            trim()
        case .acknowledged(let session):
            unacknowledged.remove(session)
            trim()
        case .forgotten(let session):
            forgotten = max(forgotten ?? session, session)
        case .jumped(let register):
            guard register > self.register else { break }
            outside = outside + (register - self.register)
            self.register = register
        case .left(let session):
            guard let active, active.session == session else { break }
            left[session] = active
            self.active = nil
            if left.count > EngineMemory.mostLeft, let oldest = left.keys.min() { left[oldest] = nil }
        }
    }

    /// True when it may have known a session of which it knows nothing: ids rise with Central's time.
    public func mayHaveForgotten(_ session: SessionID) -> Bool {
        guard session.isULID, let mark = forgotten ?? leastKept else { return false }
        return session <= mark && record(of: session) == nil && active?.session != session && left[session] == nil
    }

    /// The least id that is kept, where a journal of before does not say what it keeps no more, and may keep less than there was.
    private var leastKept: SessionID? {
        let metered = records.filter { $0.countsAsKept && !unacknowledged.contains($0.session) }
        return metered.count < EngineMemory.keptRecords ? nil : metered.map(\.session).min()
    }

    public func record(of session: SessionID) -> SessionRecord? { records.last { $0.session == session } }

    /// The fewest entries that fold into this memory: what a compacted journal holds.
    public var entries: [EngineEntry] {
        var entries: [EngineEntry] = []
        for one in former { entries += [.minted(one.meter), .jumped(one.outside)] }
        if let meter { entries.append(.minted(meter)) }
        if outside > .zero { entries.append(.jumped(outside)) }
        if let forgotten { entries.append(.forgotten(forgotten)) }
        for record in records {
            entries.append(.ended(record))
            if !unacknowledged.contains(record.session) { entries.append(.acknowledged(record.session)) }
        }
        for session in left.values.sorted(by: { $0.session < $1.session }) { entries += [.started(session), .left(session.session)] }
        entries.append(.register(register))
        if let active { entries.append(.started(active)) }
        return entries
    }

    /// Forgets the oldest acknowledged records beyond those that are kept: of those that metered something, and of the others, which whoever invents
    /// sessions can have made.
    private mutating func trim() {
        trim { $0.energy > .zero }
        trim { $0.energy == .zero }
    }

    private mutating func trim(_ isOfKind: (SessionRecord) -> Bool) {
        var surplus = records.count { isOfKind($0) && !unacknowledged.contains($0.session) } - EngineMemory.keptRecords
        guard surplus > 0 else { return }
        records.removeAll { record in
            guard surplus > 0, isOfKind(record), !unacknowledged.contains(record.session) else { return false }
            surplus -= 1
            if record.countsAsKept { forgotten = max(forgotten ?? record.session, record.session) }
            return true
        }
    }
}

extension SessionRecord {
    /// True for one that nobody may take for a session that never began: Central made it, and something was metered.
    fileprivate var countsAsKept: Bool { energy > .zero && provenance.origin == .central && session.isULID }
}
