/// A listener's knowledge of what an engine says it is (`info`), by connection: an engine says it once in each, before it claims the connection by its
/// state (P8). So it counts under the epoch that is believed, and not when two different ones were said under that: one of them is somebody else's (P6).
public struct KnownInfo: Hashable, Sendable {
    private struct Said: Hashable, Sendable {
        var info: ChargePointInfo
        var isDisputed = false
        /// It may be somebody else's, since nobody was believed under its epoch when it was said: it is to be said again.
        var isDoubtful = false
        /// It was heard before the listener was away: what is heard next under its epoch takes its place, since another copy of the engine may have
        /// come to the same epoch meanwhile.
        var isFromBefore = false
        /// It was said, or counted, while its epoch was believed.
        var hasCounted = false
        /// The time from which the engine has contested it, if it is not its own (P9).
        var settledAt = Instant(nanoseconds: 0)
    }

    /// The most connections of which something is remembered.
    private static let most = 3

    /// The last one that counted, perhaps of an earlier connection.
    public private(set) var info: ChargePointInfo?
    /// The words of each connection, believed or not; the last to be heard of is the last.
    private var said: [Said] = []

    public init() {}

    /// Takes one.
    /// - Parameter believed: the epoch of the engine's that is believed now.
    /// - Returns: true when another one counts now.
    public mutating func hear(_ info: ChargePointInfo, believed: Epoch, at now: Instant) -> Bool {
        if let index = said.firstIndex(where: { $0.info.epoch == info.epoch }) {
            let (before, isSame) = (said[index], said[index].info == info)
            if info.epoch == believed, before.isDoubtful || before.isFromBefore && (before.isDisputed || !isSame) {
                said[index] = Said(info: info, settledAt: now + Freshness.settlingTime)
            } else if isSame {
                said[index].isFromBefore = false
            } else if info.epoch == believed {
                said[index].isDisputed = true
            } else {
                // Either may be the engine's, who is asked when it is believed.
                said[index] = Said(info: info, isDoubtful: true)
            }
        } else {
            if said.count >= KnownInfo.most, let oldest = said.firstIndex(where: { $0.info.epoch != believed }) { said.remove(at: oldest) }
            said.append(Said(info: info, settledAt: info.epoch == believed ? now + Freshness.settlingTime : Instant(nanoseconds: 0)))
        }
        return info.epoch == believed && claim(believed)
    }

    /// The engine's connection of this epoch is believed from now on.
    /// - Parameter isBack: it is not the newest that was claimed: what was said under it while others were believed may be anybody's.
    /// - Returns: true when another one counts now.
    public mutating func claim(_ epoch: Epoch, isBack: Bool = false) -> Bool {
        guard let index = said.firstIndex(where: { $0.info.epoch == epoch }) else { return false }
        if isBack, !said[index].hasCounted { said[index].isDoubtful = true }
        said[index].hasCounted = true
        guard let new = undisputed(under: epoch), new != info else { return false }
        info = new
        return true
    }

    /// The listener was away: what others said meanwhile it does not know.
    public mutating func wasAway() { for index in said.indices { said[index].isFromBefore = true } }

    /// True when it was said in the connection of this epoch, and nothing else was.
    public func isKnown(under epoch: Epoch) -> Bool { undisputed(under: epoch) != nil }

    /// The time from which nobody else may have said it, when it was first heard under an epoch that was believed already.
    public func settledAt(under epoch: Epoch) -> Instant { said.first { $0.info.epoch == epoch }?.settledAt ?? Instant(nanoseconds: 0) }

    private func undisputed(under epoch: Epoch) -> ChargePointInfo? {
        said.first { $0.info.epoch == epoch && !$0.isDisputed && !$0.isDoubtful }?.info
    }
}
