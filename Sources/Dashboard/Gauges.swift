internal import ChargingModel
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
    }
}
