internal import ChargingModel
internal import ChargingProtocol
internal import Journal

/// A party's side of its journal: its epochs and an engine's entries, in order, and when it is written anew.
///
/// Each order has a ticket that no earlier life of the party had: a result that comes late, from before, is nobody's.
struct PartyJournal: Sendable {
    private enum Purpose {
        case epoch(Epoch)
        /// A journal of epochs alone is replaced by the last one; when that fails, the epoch goes to its end.
        case onlyEpoch(Epoch)
        case entries([EngineEntry])
        case compaction
    }

    /// The meaning of a result.
    enum Event {
        case epochPersisted(Epoch)
        case written([EngineEntry])
        case failed(String)
        case notCompacted(String)
    }

    /// The number of records at which an engine's journal is written anew with what still matters.
    private static let recordsToCompact = 500
    /// The same for a journal of epochs alone.
    private static let epochsToCompact = 100

    private let hasEntries: Bool
    private var waiting: [UInt64: Purpose] = [:]
    private var lastTicket: UInt64
    private var lastEpoch: Epoch
    private var records: Int
    private var isCompacting = false
    /// The number of records that the last compaction left: with so many that still matter, a few more are no reason for another one.
    private var compactedRecords = 0

    /// - Parameter hasEntries: an engine's; false for a party that remembers nothing but its last epoch.
    init(_ context: PartyContext, hasEntries: Bool, firstTicket: UInt64) {
        self.hasEntries = hasEntries
        lastTicket = firstTicket
        lastEpoch = context.lastEpoch
        records = context.journalRecords
    }

    private mutating func ticket(_ purpose: Purpose) -> UInt64 {
        lastTicket &+= 1
        waiting[lastTicket] = purpose
        return lastTicket
    }

    /// Puts the epoch where a crash can't take it (P9).
    mutating func persist(_ epoch: Epoch) -> JournalOrder {
        lastEpoch = epoch
        let record = [JournalLine.epoch(epoch).bytes]
        guard !hasEntries, records >= PartyJournal.epochsToCompact else { return .append(ticket(.epoch(epoch)), record) }
        return .compact(ticket(.onlyEpoch(epoch)), record)
    }

    /// Writes entries that belong together (S3).
    mutating func write(_ entries: [EngineEntry]) -> JournalOrder {
        .append(ticket(.entries(entries)), entries.map { JournalLine.entry($0).bytes })
    }

    /// Writes the journal anew when it is long.
    /// - Parameter memory: the core's, while the gate is idle: only then it is what the journal holds.
    mutating func compactIfLong(_ memory: EngineMemory) -> JournalOrder? {
        guard !isCompacting, records >= max(PartyJournal.recordsToCompact, 2 * compactedRecords) else { return nil }
        isCompacting = true
        let snapshot = [JournalLine.epoch(lastEpoch).bytes] + memory.entries.map { JournalLine.entry($0).bytes }
        compactedRecords = snapshot.count
        return .compact(ticket(.compaction), snapshot)
    }

    /// - Returns: what it means, and what is to be written now; `nil` for a result that nobody waits for.
    mutating func finish(_ result: JournalResult) -> (event: Event?, order: JournalOrder?)? {
        guard let purpose = waiting.removeValue(forKey: result.ticket) else { return nil }
        if case .done(let count) = result.outcome { records = count }
        switch (purpose, result.outcome) {
        case (.epoch(let epoch), .done), (.onlyEpoch(let epoch), .done): return (.epochPersisted(epoch), nil)
        case (.entries(let entries), .done): return (.written(entries), nil)
        case (.compaction, .done):
            isCompacting = false
            return (nil, nil)
        case (.onlyEpoch(let epoch), .failed(_, isFinal: false)):
            return (nil, .append(ticket(.epoch(epoch)), [JournalLine.epoch(epoch).bytes]))
        case (.compaction, .failed(let why, isFinal: false)):
            isCompacting = false
            // Tried again when it has doubled.
            compactedRecords = records
            return (.notCompacted(why), nil)
        case (_, .failed(let why, _)): return (.failed(why), nil)
        }
    }
}
