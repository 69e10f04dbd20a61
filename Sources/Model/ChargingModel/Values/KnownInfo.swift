/// A listener's knowledge of what an engine says it is (`info`), by connection: an engine says it once in each, before it claims the connection by its
/// state (P8). So it counts under the epoch that is believed, and not when two different ones were said under that: one of them is somebody else's (P6).
public struct KnownInfo: Hashable, Sendable {
    private struct Said: Hashable, Sendable {
        var info: ChargePointInfo
        var isDisputed = false
        /// Another one was said before it, while nobody was believed under its epoch: it is to be said again.
        var isReplaced = false
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
    public mutating func hear(_ info: ChargePointInfo, believed: Epoch) -> Bool {
        if let index = said.firstIndex(where: { $0.info.epoch == info.epoch }) {
            if info.epoch != believed {
                // Either may be the engine's, who is asked when it is believed.
                if said[index].info != info { said[index] = Said(info: info, isReplaced: true) }
            } else if said[index].isReplaced {
                said[index] = Said(info: info)
            } else if said[index].info != info {
                said[index].isDisputed = true
            }
        } else {
            if said.count >= KnownInfo.most, let oldest = said.firstIndex(where: { $0.info.epoch != believed }) { said.remove(at: oldest) }
            said.append(Said(info: info))
        }
        return info.epoch == believed && claim(believed)
    }

    /// The engine's connection of this epoch is believed from now on.
    /// - Returns: true when another one counts now.
    public mutating func claim(_ epoch: Epoch) -> Bool {
        guard let new = undisputed(under: epoch), new != info else { return false }
        info = new
        return true
    }

    /// True when it was said in the connection of this epoch, and nothing else was.
    public func isKnown(under epoch: Epoch) -> Bool { undisputed(under: epoch) != nil }

    private func undisputed(under epoch: Epoch) -> ChargePointInfo? {
        said.first { $0.info.epoch == epoch && !$0.isDisputed && !$0.isReplaced }?.info
    }
}
