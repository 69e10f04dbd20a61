/// The repetition of a party's part for a Central that it did not know, or that asks for it (P8): spread over 500 ms, since all parties hear of it at once,
/// and three in ten seconds, since whoever may publish could ask without end.
struct Greeting: Hashable, Sendable {
    static let spread = Duration.milliseconds(500)
    static let most = 3
    static let time = Duration.seconds(10)

    /// The time of the next one; `nil` when none is planned.
    private(set) var dueAt: Instant?
    /// The times of the last ones, the oldest first.
    private var last: [Instant] = []

    /// Plans one, unless it is planned.
    mutating func plan(at now: Instant, using random: inout SplitMix64) {
        guard dueAt == nil else { return }
        let earliest = now + random.duration(below: Greeting.spread)
        dueAt = isAllowed(at: earliest) ? earliest : max(earliest, last[0] + Greeting.time)
    }

    /// Asks for one now.
    /// - Returns: true when it may be said at once; otherwise it is planned.
    mutating func ask(at now: Instant, using random: inout SplitMix64) -> Bool {
        guard isAllowed(at: now) else {
            plan(at: now, using: &random)
            return false
        }
        note(now)
        return true
    }

    /// True when the planned one is due; then it counts as said.
    mutating func take(at now: Instant) -> Bool {
        guard let due = dueAt, due <= now else { return false }
        note(now)
        return true
    }

    /// Forgets the planned one: all was said meanwhile, or there is nobody to hear it.
    mutating func cancel() { dueAt = nil }

    private func isAllowed(at now: Instant) -> Bool { last.count < Greeting.most || now - last[0] >= Greeting.time }

    private mutating func note(_ now: Instant) {
        dueAt = nil
        last.append(now)
        if last.count > Greeting.most { last.removeFirst() }
    }
}
