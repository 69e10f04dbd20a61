internal import Gateway
internal import Metrics
internal import OCPP
internal import Prometheus

/// The gateway's own counters, for `/metrics` of its health port. Bound to its loop.
final class GatewayMetrics {
    /// The kinds of frames, by the number with which each begins.
    private enum Kind: UInt8, CaseIterable {
        case call = 0x32
        case result = 0x33
        case error = 0x34
        case other = 0

        var name: String {
            switch self {
            case .call: "call"
            case .result: "result"
            case .error: "error"
            case .other: "other"
            }
        }

        init(of bytes: [UInt8]) {
            let first = bytes.lazy.filter { $0 > 0x20 }.dropFirst().first
            self = first.flatMap(Kind.init(rawValue:)) ?? .other
        }
    }

    private let registry = PrometheusRegistry(GatewayMetrics.descriptions)
    private let received: [Kind: Counter]
    private let sent: [Kind: Counter]
    private let failed: Counter
    private let connected: Gauge
    private let known: Gauge

    init() {
        let registry = registry
        func frames(_ direction: String) -> [Kind: Counter] {
            Dictionary(
                uniqueKeysWithValues: Kind.allCases.map { kind in
                    let dimensions = [("direction", direction), ("kind", kind.name)]
                    return (kind, Counter(label: "wattline_gateway_frames_total", dimensions: dimensions, factory: registry))
                })
        }
        received = frames("in")
        sent = frames("out")
        failed = Counter(label: "wattline_gateway_calls_failed_total", factory: registry)
        connected = Gauge(label: "wattline_gateway_stations_connected", factory: registry)
        known = Gauge(label: "wattline_gateway_stations_known", factory: registry)
    }

    func hears(_ bytes: [UInt8]) { received[Kind(of: bytes)]?.increment() }

    func sends(_ bytes: [UInt8]) {
        let kind = Kind(of: bytes)
        sent[kind]?.increment()
        guard kind == .error, case .error(_, let code, _, _)? = try? OCPPFrame.read(bytes).value else { return }
        refusals("wattline_gateway_calls_refused_total", "code", code).increment()
    }

    func notes(_ notice: StationCore.Notice) { if case .callFailed = notice { failed.increment() } }

    /// Somebody was not let in, with this HTTP status; `nil` for what was no handshake, or came in a crowd.
    func refuses(status: Int?) { refusals("wattline_gateway_connections_refused_total", "status", status.map(String.init) ?? "").increment() }

    /// One counter for each code that the gateway itself gives: a small set.
    private func refusals(_ label: String, _ name: String, _ value: String) -> Counter {
        Counter(label: label, dimensions: [(name, value)], factory: registry)
    }

    /// The text for Prometheus.
    func text(connected stations: Int, known all: Int) -> String {
        connected.record(stations)
        known.record(all)
        return registry.text()
    }

    private static let descriptions = [
        MetricDescription("wattline_gateway_stations_connected", "Stations whose WebSocket is open."),
        MetricDescription("wattline_gateway_stations_known", "Stations that have been here."),
        MetricDescription("wattline_gateway_frames_total", "Frames by direction and kind: call, result (a call is answered), error (it is refused)."),
        MetricDescription("wattline_gateway_calls_failed_total", "Calls to stations that were not done: refused, or not answered in time."),
        MetricDescription("wattline_gateway_calls_refused_total", "Calls of stations that were refused, by the code of the CALLERROR."),
        MetricDescription(
            "wattline_gateway_connections_refused_total", "Connections that were refused, by HTTP status; none for what was no handshake."),
    ]
}
