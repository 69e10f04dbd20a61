internal import EventLoop
public import Metrics

/// The description of a metric, for readers of `/metrics`.
public struct MetricDescription: Hashable, Sendable {
    /// The name in Prometheus, with its unit: `wattline_ledger_commit_seconds`.
    public var name: String
    public var help: String
    /// The upper bounds of a histogram's buckets, in the metric's unit, rising; of other kinds empty.
    public var buckets: [Double]

    public init(_ name: String, _ help: String, buckets: [Double] = []) {
        self.name = name
        self.help = help
        self.buckets = buckets
    }
}

/// A registry of swift-metrics' instruments, which writes their values in Prometheus' text format. Safe to use from every thread.
///
/// Labels must come from a small set: every combination is kept for ever.
public final class PrometheusRegistry: MetricsFactory, Sendable {
    private struct State {
        var families: [String: Family] = [:]
    }

    /// The buckets of metrics without a description: waits from half a millisecond to ten seconds.
    public static let usualBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private let state = Guarded(State())
    private let descriptions: [String: MetricDescription]

    public init(_ descriptions: [MetricDescription]) {
        self.descriptions = Dictionary(descriptions.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Everything measured so far: text format 0.0.4, families by name, their series by labels.
    public func text() -> String {
        let families = state.withLock { $0.families }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text += "# HELP \(name) \((descriptions[name]?.help ?? name).escapedHelp)\n# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) { series.write(name, labels, &text) }
        }
        return text
    }

    private func series<Wanted: Series>(_ label: String, _ dimensions: [(String, String)], _ kind: Family.Kind, _ make: () -> Wanted) -> Wanted {
        let key = Labels.text(dimensions)
        return state.withLock { state in
            var family = state.families[label] ?? Family(kind: kind)
            // One name, one kind: what comes second under it is measured and not shown.
            guard family.kind == kind else { return make() }
            if let known = family.series[key] as? Wanted { return known }
            let made = make()
            family.series[key] = made
            state.families[label] = family
            return made
        }
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter) { CounterSeries() }
    }

    public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter) { NumberSeries() }
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge) { NumberSeries() }
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate { histogram(label, dimensions) } else { series(label, dimensions, .gauge) { NumberSeries() } }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { histogram(label, dimensions) }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramSeries {
        let described = descriptions[label]?.buckets ?? []
        return series(label, dimensions, .histogram) { HistogramSeries(described.isEmpty ? PrometheusRegistry.usualBuckets : described) }
    }

    // What was measured stays: a series that vanishes looks like a restart.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}
}

/// All series of one name.
struct Family {
    enum Kind: String {
        case counter
        case gauge
        case histogram
    }

    var kind: Kind
    /// The series by their labels, as those are written.
    var series: [String: any Series] = [:]

    init(kind: Kind) { self.kind = kind }
}
