internal import EventLoop
internal import Metrics

/// The values measured under one name and one set of labels.
protocol Series: Sendable {
    func write(_ name: String, _ labels: String, _ text: inout String)
}

/// A count of whole things.
final class CounterSeries: CounterHandler, Series {
    private let count = Guarded<Int64>(0)

    func increment(by amount: Int64) { count.withLock { $0 &+= max(0, amount) } }
    func reset() { count.withLock { $0 = 0 } }

    func write(_ name: String, _ labels: String, _ text: inout String) {
        text += "\(name)\(Labels.braced(labels)) \(count.withLock { $0 })\n"
    }
}

/// A number that rises, or that rises and falls.
final class NumberSeries: FloatingPointCounterHandler, MeterHandler, RecorderHandler, Series {
    private let value = Guarded<Double>(0)

    // As a counter.
    func increment(by amount: Double) { if amount > 0 { value.withLock { $0 += amount } } }
    func reset() { value.withLock { $0 = 0 } }
    // As a gauge.
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Int64) { value.withLock { $0 += Double(amount) } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    func write(_ name: String, _ labels: String, _ text: inout String) {
        text += "\(name)\(Labels.braced(labels)) \(number(value.withLock { $0 }))\n"
    }
}

/// A histogram: the frequency of values, in buckets.
final class HistogramSeries: RecorderHandler, TimerHandler, Series {
    private struct Counts {
        /// The count of each bucket alone, and of what is above all.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Guarded<Counts>

    init(_ bounds: [Double]) {
        self.bounds = bounds
        state = Guarded(Counts(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[index] += 1
            $0.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func write(_ name: String, _ labels: String, _ text: inout String) {
        let counts = state.withLock { $0 }
        var total: UInt64 = 0
        for (bound, count) in zip(bounds.map { number($0) } + ["+Inf"], counts.counts) {
            total += count
            let le = "le=\"\(bound)\""
            text += "\(name)_bucket\(Labels.braced(labels.isEmpty ? le : labels + "," + le)) \(total)\n"
        }
        text += "\(name)_sum\(Labels.braced(labels)) \(number(counts.sum))\n\(name)_count\(Labels.braced(labels)) \(total)\n"
    }
}

/// The number as Prometheus reads it: `3`, `0.25`, `1e-05`.
private func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
}

enum Labels {
    /// The labels as they are written: `code="CP_BUSY",kind="a \"b\""`.
    static func text(_ dimensions: [(String, String)]) -> String {
        dimensions.sorted { $0.0 < $1.0 }.map { "\($0.0)=\"\($0.1.escapedLabel)\"" }.joined(separator: ",")
    }

    static func braced(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }
}

extension String {
    fileprivate var escapedLabel: String { replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") }
    var escapedHelp: String { replacing("\\", with: "\\\\").replacing("\n", with: "\\n") }
}
