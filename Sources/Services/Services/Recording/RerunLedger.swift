internal import ChargingModel
internal import Glibc
internal import LedgerStore
internal import Platform
internal import Runtime
internal import SQL

/// Central's ledger while a recording is played: it begins as the recording's did, and what was committed then is committed again.
final class RerunLedger {
    private enum Order {
        case commit([LedgerOperation])
        case read(WallTime)
    }

    /// The number of commits that were carried out.
    private(set) var commits = 0
    private let store: StoredLedger
    private let path: String
    /// A directory that goes with it.
    private let scratch: String?
    private var orders: [UInt64: Order] = [:]

    /// The number of commits that had no result yet: whether they are in the ledger that was recorded, only that ledger knows.
    var unanswered: Int { orders.values.count { if case .commit = $0 { true } else { false } } }

    /// - Parameters:
    ///   - beginning: the copy of the ledger that was made when the recording began; `nil` when there was no ledger.
    ///   - site: the site whose rows Central writes; `nil` for none.
    ///   - path: where it is kept, when it is to be kept; nothing may be there.
    /// - Throws: when there is no such copy, or no place for it.
    init(_ beginning: String?, site: String?, keptAt path: String?) throws(RecordingError) {
        if let path {
            scratch = nil
            self.path = path
        } else {
            let directory = try RerunLedger.temporaryDirectory()
            scratch = directory
            self.path = directory + "/ledger.db"
        }
        do throws(DatabaseError) {
            if let beginning {
                guard access(beginning, F_OK) == 0 else {
                    let what = "the ledger as it was when the recording began"
                    throw DatabaseError(kind: .unavailable, "\(beginning), \(what), is not there: put it beside the recording")
                }
                try LedgerBackup.make(of: LedgerReader(path: beginning), at: self.path)
            } else if access(self.path, F_OK) == 0 {
                throw DatabaseError(kind: .unavailable, "\(self.path) is there already: choose another name")
            }
            store = try StoredLedger(path: self.path, site: site)
        } catch {
            if let scratch { rmdir(scratch) }
            throw RecordingError(error.description)
        }
    }

    deinit {
        guard let scratch else { return }
        for end in ["", "-wal", "-shm"] { unlink(path + end) }
        rmdir(scratch)
    }

    private static func temporaryDirectory() throws(RecordingError) -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((parent + "/wattline-rerun-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw RecordingError("no directory for the ledger can be made in \(parent): \(errorText(errno))")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func take(_ action: CentralRuntime.Action) {
        switch action {
        case .commit(let ticket, let operations): orders[ticket] = .commit(operations)
        case .read(let ticket, let now): orders[ticket] = .read(now)
        case .readAccess, .answer, .forgot, .brokerDropped, .answerOfStation, .news, .notice, .takeTurn, .prolongTurn, .releaseTurn, .stands: break
        }
    }

    /// The event with what the ledger answers now, where it answered then. What failed then is not tried again.
    /// - Throws: when it does not answer now.
    func complete(_ event: CentralRuntime.Event) throws(RecordingError) -> CentralRuntime.Event {
        do throws(DatabaseError) {
            switch event {
            case .committed(let ticket, let results):
                guard case .commit(let operations)? = orders.removeValue(forKey: ticket) else { return event }
                guard results != nil else { return event }
                commits += 1
                return .committed(ticket, try store.commit(operations))
            case .snapshot(let ticket, let snapshot):
                guard case .read(let now)? = orders.removeValue(forKey: ticket) else { return event }
                return snapshot == nil ? event : .snapshot(ticket, try store.snapshot(at: now))
            case .ask, .access, .askStation, .watch, .turn, .superseded: return event
            }
        } catch {
            throw RecordingError("the ledger answered then and does not now: \(error)")
        }
    }
}
