/// A small seeded generator (SplitMix64), so that a run of a core can be repeated from its seed.
public struct SplitMix64: RandomNumberGenerator, Sendable, Hashable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A duration in `0..<limit`, evenly.
    public mutating func duration(below limit: Duration) -> Duration {
        let nanoseconds = limit.nanoseconds
        return nanoseconds <= 0 ? .zero : .nanoseconds(Int64.random(in: 0..<nanoseconds, using: &self))
    }
}
