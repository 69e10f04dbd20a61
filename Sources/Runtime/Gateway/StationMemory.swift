internal import ChargingModel

/// One line of a station's journal.
public enum StationEntry: Hashable, Sendable {
    /// Numbers up to this one were given to transactions.
    case numbered(Int64)
    /// A transaction began, or more of it is known.
    case began(StationTransaction)
    /// Its session is in its engine's journal, whole: nothing of it is left to do.
    case ended(String)
    /// The meters are those of these serial numbers.
    case metered(MeterSerials)
    /// A meter signed something: kept in a file of its own, and nothing that a station's memory adds up.
    case signed(SignedReading)
}

/// The serial numbers by which a station's meters are known: that of its meter (1.6), and the station's own, whose meters go with it.
public struct MeterSerials: Hashable, Sendable {
    public var meter: String?
    public var station: String?

    public init(meter: String?, station: String?) {
        self.meter = meter
        self.station = station
    }

    /// True when these are other meters; a number that one of both does not say tells nothing.
    func areOthers(than known: MeterSerials) -> Bool {
        if let meter, let before = known.meter { return meter != before }
        return station != nil && known.station != nil && station != known.station
    }

    /// With what was known before, where these say nothing.
    func completed(by known: MeterSerials) -> MeterSerials { MeterSerials(meter: meter ?? known.meter, station: station ?? known.station) }
}

/// The state that a station's journal adds up to.
public struct StationMemory: Hashable, Sendable {
    /// The most ended transactions that are kept, by which what a station says again is known.
    public static let keptEnded = 64
    /// The most open ones: a station that begins without end forgets the oldest, those first that nobody agreed to.
    public static let mostOpen = 256

    /// The last number that was given to a transaction of 1.6; 0 for none.
    public private(set) var lastNumber: Int64 = 0
    /// Those of which something is left to do, in the order in which they were heard of.
    public private(set) var open: [StationTransaction] = []
    public private(set) var ended: [StationTransaction] = []
    /// `nil` as long as the station has told none.
    public private(set) var serials: MeterSerials?

    public init() {}

    public init(replaying entries: some Sequence<StationEntry>) { for entry in entries { apply(entry) } }

    public mutating func apply(_ entry: StationEntry) {
        switch entry {
        case .numbered(let number): lastNumber = max(lastNumber, number)
        case .began(let transaction):
            if let index = open.firstIndex(where: { $0.id == transaction.id }) {
                open[index] = transaction
            } else if !ended.contains(where: { $0.id == transaction.id }) {
                open.append(transaction)
                forgetSurplus()
            }
        case .ended(let id):
            guard let index = open.firstIndex(where: { $0.id == id }) else { break }
            ended.append(open.remove(at: index))
            if ended.count > StationMemory.keptEnded { ended.removeFirst() }
        case .metered(let serials): self.serials = serials
        case .signed: break
        }
    }

    /// What has an end is never forgotten before its record is there.
    private mutating func forgetSurplus() {
        guard open.count > StationMemory.mostOpen else { return }
        let others = open.dropLast()
        let index = others.firstIndex { !$0.isAgreed && $0.end == nil } ?? others.firstIndex { $0.end == nil } ?? open.startIndex
        open.remove(at: index)
    }

    public func transaction(_ id: String) -> StationTransaction? { openTransaction(id) ?? ended.last { $0.id == id } }
    public func openTransaction(_ id: String) -> StationTransaction? { open.first { $0.id == id } }
    public func isOpen(_ id: String) -> Bool { open.contains { $0.id == id } }

    /// The open transaction of a session.
    func openTransaction(of session: SessionID) -> StationTransaction? { open.last { $0.session == session } }

    /// The fewest entries that fold into this memory.
    public var entries: [StationEntry] {
        var entries: [StationEntry] = lastNumber > 0 ? [.numbered(lastNumber)] : []
        if let serials { entries.append(.metered(serials)) }
        for transaction in ended { entries += [.began(transaction), .ended(transaction.id)] }
        return entries + open.map { .began($0) }
    }
}
