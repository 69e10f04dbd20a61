internal import Synchronization

/// The bytes that all connections together hold for messages of which the rest has not come. Any thread.
final class Budget: Sendable {
    /// So many bytes of each connection are not asked about: what comes in a read or two.
    static let free = 64 * 1024

    private let limit: Int
    private let used = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// Notes what a connection holds now instead of before.
    /// - Returns: false when it is too much, of all together.
    @discardableResult
    func settle(_ held: inout Int, at now: Int) -> Bool {
        let counted = max(0, now - Budget.free)
        guard counted != held else { return true }
        let total = used.add(counted - held, ordering: .relaxed).newValue
        let isMore = counted > held
        held = counted
        return !isMore || total <= limit
    }
}
