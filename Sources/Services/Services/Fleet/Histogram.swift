internal import ChargingModel

/// A count of times by their length: exact below 64 µs, to 3 % above, so that those of many processes can be added and kept for as long as one likes.
public struct Histogram: Sendable, Hashable {
    /// The counts, by bucket.
    private var counts: [Int: UInt64] = [:]
    public private(set) var count: UInt64 = 0

    public init() {}

    public mutating func add(_ time: Duration) { add(1, in: Histogram.bucket(of: UInt64(clamping: time.nanoseconds / 1000))) }

    public mutating func add(_ other: Histogram) { for (bucket, count) in other.counts { add(count, in: bucket) } }

    private mutating func add(_ number: UInt64, in bucket: Int) {
        counts[bucket, default: 0] += number
        count += number
    }

    /// The time that this share of all does not exceed, in µs; `nil` when there is none.
    /// - Parameter percent: above 0, 100 at most.
    public func percentile(_ percent: Double) -> UInt64? {
        guard count > 0 else { return nil }
        let rank = max(1, UInt64((Double(count) * percent / 100).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, number) in counts.sorted(by: { $0.key < $1.key }) {
            seen += number
            if seen >= rank { return Histogram.top(of: bucket) }
        }
        return nil
    }

    /// 32 buckets for each doubling.
    private static func bucket(of microseconds: UInt64) -> Int {
        guard microseconds >= 64 else { return Int(microseconds) }
        let doublings = 63 - microseconds.leadingZeroBitCount - 5
        return doublings * 32 + Int(microseconds >> UInt64(doublings))
    }

    /// The longest time in a bucket, in µs.
    private static func top(of bucket: Int) -> UInt64 {
        guard bucket >= 64 else { return UInt64(bucket) }
        let doublings = bucket / 32 - 1
        return (UInt64(bucket - doublings * 32 + 1) << UInt64(doublings)) - 1
    }

    /// Buckets and their counts, in turn.
    var numbers: [UInt64] { counts.sorted { $0.key < $1.key }.flatMap { [UInt64($0.key), $0.value] } }

    /// - Returns: `nil` when these are no `numbers`.
    init?(numbers: [UInt64]) {
        guard numbers.count % 2 == 0 else { return nil }
        for index in stride(from: 0, to: numbers.count, by: 2) {
            guard numbers[index] < 60 * 32, numbers[index + 1] < 1 << 48 else { return nil }
            add(numbers[index + 1], in: Int(numbers[index]))
        }
    }
}
