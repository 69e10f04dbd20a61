internal import ChargingModel
internal import Ledger
internal import LedgerStore
internal import NIOPosix
internal import SQL

/// The ledger for those who look on: read on a thread of its own, while Central writes it on another.
struct LedgerQueries: Sendable {
    private let pool: NIOThreadPool
    private let reader: Reader

    init(_ place: LedgerPlace, site: String?) {
        pool = NIOThreadPool(numberOfThreads: 1)
        reader = Reader(place, site: site)
        pool.start()
    }

    func stop() async {
        try? await pool.shutdownGracefully()
    }

    func page(_ filter: SessionFilter, before id: SessionID?, most: Int) async throws(Problem) -> [LedgerSession] {
        try await read { reader throws(DatabaseError) in try reader.page(filter, before: id, most: most) }
    }

    /// A session, and the records that were put aside for it.
    func session(_ id: SessionID) async throws(Problem) -> (session: LedgerSession?, records: [StrayRecord]) {
        try await read { reader throws(DatabaseError) in (try reader.session(id), try reader.strays(of: id)) }
    }

    /// The past of a point, from the ledger.
    struct History: Sendable {
        var sessions: [LedgerSession]
        var faults: [Fault]
        var records: [(stray: StrayRecord, isAcceptable: Bool)]
    }

    /// The last sessions and faults of a point, and the records of it that were put aside.
    func history(of cp: ChargePointID) async throws(Problem) -> History {
        try await read { reader throws(DatabaseError) in
            var filter = SessionFilter()
            filter.cp = cp
            return History(
                sessions: try reader.page(filter, before: nil, most: 20), faults: try reader.faults(of: cp, most: 50),
                records: try reader.strays(of: cp, most: 20))
        }
    }

    /// The sum of the sessions that closed since then, going on from an earlier one where it can.
    func closed(since: WallTime, after earlier: ClosedSum?) async throws(Problem) -> ClosedSum {
        try await read { reader throws(DatabaseError) in
            guard var sum = earlier, sum.since == since else { return try ClosedSum(since: since, reader) }
            try sum.follow(reader)
            return sum
        }
    }

    func tokens() async throws(Problem) -> [AccountToken] {
        try await read { reader throws(DatabaseError) in try reader.tokens() }
    }

    func bytes() async throws(Problem) -> Int64 {
        try await read { reader throws(DatabaseError) in try reader.bytes() }
    }

    private func read<Answer: Sendable>(_ body: @escaping @Sendable (LedgerReader) throws(DatabaseError) -> Answer) async throws(Problem) -> Answer {
        let reader = reader
        let result: Result<Answer, DatabaseError>
        do {
            result = try await pool.runIfActive { () -> Result<Answer, DatabaseError> in reader.use(body) }
        } catch {
            throw .unavailable("Central is stopping.")
        }
        switch result {
        case .success(let answer): return answer
        case .failure(let error): throw .unavailable("The ledger can't be read: \(error).")
        }
    }
}

/// The open ledger. For the pool's one thread.
private final class Reader: @unchecked Sendable {
    private let place: LedgerPlace
    private let site: String?
    private var open: LedgerReader?

    init(_ place: LedgerPlace, site: String?) {
        self.place = place
        self.site = site
    }

    func use<Answer>(_ body: (LedgerReader) throws(DatabaseError) -> Answer) -> Result<Answer, DatabaseError> {
        do throws(DatabaseError) {
            let reader: LedgerReader
            if let open { reader = open } else { reader = try LedgerReader(at: place, site: site) }
            open = reader
            return .success(try body(reader))
        } catch {
            // Whatever state it is in: the next one finds out anew.
            open = nil
            return .failure(error)
        }
    }
}
