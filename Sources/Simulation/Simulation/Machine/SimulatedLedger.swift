internal import ChargingModel
internal import Ledger

/// The ledger of a simulated network: on its Central's own disk, or on a server where one of several Centrals may write at a time.
///
/// On a disk commits are synced, so a power cut is a crash like others. The server never loses what it has; what is sent to it may come late, or not.
final class SimulatedLedger {
    /// The time for which nobody else gets the right to write after its holder was last heard.
    static let lease = Duration.seconds(3)

    @exclusivity(unchecked) var book = LedgerBook()
    /// The number of the last right to write: commits hold it.
    private var token: UInt64 = 0
    private var holder: (place: Int, life: UInt32)?
    private var until = Instant(nanoseconds: 0)
    /// The highest epoch under which a Central has said that it will be on the bus.
    private(set) var highestEpoch: Epoch = 0

    /// - Returns: the number of the right to write; `nil` while somebody else has it.
    func take(_ process: SimulatedProcess, at now: Instant) -> UInt64? {
        guard holder.map({ $0.place == process.index }) ?? true || until <= now else { return nil }
        return give(process, at: now)
    }

    /// The same for a process that had it before, over a new connection; `nil` when somebody else had it since.
    func takeAgain(_ process: SimulatedProcess, at now: Instant) -> UInt64? { isHeld(by: process) ? give(process, at: now) : nil }

    private func give(_ process: SimulatedProcess, at now: Instant) -> UInt64 {
        token += 1
        holder = (process.index, process.life)
        until = now + SimulatedLedger.lease
        return token
    }

    /// - Returns: false when somebody else has the right.
    func prolong(_ token: UInt64, under epoch: Epoch?, at now: Instant) -> Bool {
        guard mayWrite(token) else { return false }
        until = now + SimulatedLedger.lease
        highestEpoch = max(highestEpoch, epoch ?? 0)
        return true
    }

    func release(_ token: UInt64, at now: Instant) { if mayWrite(token) { until = now } }

    func mayWrite(_ token: UInt64) -> Bool { token == self.token }

    func isHeld(by process: SimulatedProcess) -> Bool { holder.map { $0.place == process.index && $0.life == process.life } ?? false }
}
