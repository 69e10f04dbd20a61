internal import ChargingModel
internal import EventLoop
internal import Metrics
internal import NetworkView

/// What is measured only when somebody asks for it.
struct Gauges: Sendable {
    private let points = Dictionary(
        uniqueKeysWithValues: Verdict.allCases.map { ($0, Gauge(label: "wattline_points", dimensions: [("state", $0.rawValue)])) })
    private let available = Gauge(label: "wattline_points_available")
    private let breakers = Gauge(label: "wattline_breakers_open")
    private let power = Gauge(label: "wattline_power_watts")
    private let rated = Gauge(label: "wattline_rated_power_watts")
    private let sessions = Gauge(label: "wattline_sessions_open")
    private let readers = Gauge(label: "wattline_event_readers")
    private let ledger = Gauge(label: "wattline_ledger_bytes")

    private let energy = FloatingPointCounter(label: "wattline_session_energy_watthours_total")
    private let income = FloatingPointCounter(label: "wattline_session_income_euros_total")
    private let started = Gauge(label: "process_start_time_seconds")
    private let memory = Gauge(label: "process_resident_memory_bytes")
    private let processor = FloatingPointCounter(label: "process_cpu_seconds_total")

    /// What the counters say already: watt-hours, micro-euros and microseconds of CPU time.
    private let told = Told()

    init() { started.record(Double(WallTime.present().milliseconds) / 1000) }

    func take(_ board: Board, readers count: Int, ledgerBytes: Int64?) async {
        let totals = await board.totals
        for verdict in Verdict.allCases { points[verdict]?.record(totals[verdict]) }
        available.record(totals.available)
        breakers.record(totals.openBreakers)
        power.record(totals.power.watts)
        rated.record(totals.rated.watts)
        sessions.record(totals.openSessions)
        readers.record(count)
        if let ledgerBytes { ledger.record(ledgerBytes) }
        let counts = await board.counts
        let steps = told.raise([counts.energy.wattHours, counts.income.microEuro, Int64(ProcessStatistics.cpuSeconds * 1_000_000)])
        energy.increment(by: Double(steps[0]))
        income.increment(by: Double(steps[1]) / 1_000_000)
        processor.increment(by: Double(steps[2]) / 1_000_000)
        if let bytes = ProcessStatistics.residentMemory { memory.record(bytes) }
    }
}

/// How far counters have followed what others count.
private final class Told: Sendable {
    private let values = Guarded([Int64](repeating: 0, count: 3))

    /// By how much each is more than it was at the last call; a counter never goes back.
    func raise(_ counts: [Int64]) -> [Int64] {
        values.withLock { values in
            let steps = zip(counts, values).map { max(0, $0 - $1) }
            values = zip(counts, values).map { max($0, $1) }
            return steps
        }
    }
}
