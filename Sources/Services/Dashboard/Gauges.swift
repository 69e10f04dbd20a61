internal import ChargingModel
internal import EventLoop
internal import Glibc
internal import Metrics
internal import NetworkView
internal import Platform
internal import Settings

/// The metrics that are measured only when somebody asks for them.
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

    private let energy = Follower("wattline_session_energy_watthours_total")
    private let income = Follower("wattline_session_income_euros_total")
    private let started = Gauge(label: "process_start_time_seconds")
    private let memory = Gauge(label: "process_resident_memory_bytes")
    private let processor = Follower("process_cpu_seconds_total")

    init() { started.record(Double(WallTime.present().milliseconds) / 1000) }

    func take(_ feed: NetworkFeed, readers count: Int, ledgerBytes: Int64?) async {
        let totals = await feed.totals
        for verdict in Verdict.allCases { points[verdict]?.record(totals[verdict]) }
        available.record(totals.available)
        breakers.record(totals.openBreakers)
        power.record(totals.power.watts)
        rated.record(totals.rated.watts)
        sessions.record(totals.openSessions)
        readers.record(count)
        if let ledgerBytes { ledger.record(ledgerBytes) }
        let counts = await feed.counts
        energy.follow(Double(counts.energy.wattHours))
        income.follow(Double(counts.income.microEuro) / 1_000_000)
        guard let usage = ProcFS.usage(of: getpid()) else { return }
        processor.follow(usage.processorSeconds)
        memory.record(usage.residentBytes)
    }
}

/// A counter that follows a count kept elsewhere; it never goes back.
private final class Follower: Sendable {
    private let counter: FloatingPointCounter
    private let told = Guarded(0.0)

    init(_ label: String) { counter = FloatingPointCounter(label: label) }

    func follow(_ count: Double) {
        told.withLock { told in
            guard count > told else { return }
            counter.increment(by: count - told)
            told = count
        }
    }
}
