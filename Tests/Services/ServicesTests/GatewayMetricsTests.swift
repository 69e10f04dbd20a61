import Gateway
import Testing

@testable import Services

@Suite("What the gateway says of itself") struct GatewayMetricsTests {
    @Test("frames by direction and kind, calls that failed or were refused, connections that were refused, stations") func counts() {
        let metrics = GatewayMetrics()
        metrics.hears(Array("[2,\"1\",\"Heartbeat\",{}]".utf8))
        metrics.hears(Array(" [ 3,\"2\",{}]".utf8))
        metrics.hears([])
        metrics.sends(Array("[3,\"1\",{}]".utf8))
        metrics.sends(Array("[4,\"1\",\"NotImplemented\",\"\",{}]".utf8))
        metrics.notes(.callFailed("Reset", "no answer"))
        metrics.notes(.broken("nonsense"))
        metrics.refuses(status: 401)
        metrics.refuses(status: nil)
        let lines = metrics.text(connected: 3, known: 5).split(separator: "\n")
        for line in [
            "wattline_gateway_frames_total{direction=\"in\",kind=\"call\"} 1", "wattline_gateway_frames_total{direction=\"in\",kind=\"result\"} 1",
            "wattline_gateway_frames_total{direction=\"in\",kind=\"other\"} 1", "wattline_gateway_frames_total{direction=\"out\",kind=\"result\"} 1",
            "wattline_gateway_frames_total{direction=\"out\",kind=\"error\"} 1", "wattline_gateway_calls_failed_total 1",
            "wattline_gateway_calls_refused_total{code=\"NotImplemented\"} 1",
            "wattline_gateway_connections_refused_total{status=\"401\"} 1", "wattline_gateway_connections_refused_total{status=\"\"} 1",
            "wattline_gateway_stations_connected 3", "wattline_gateway_stations_known 5",
        ] {
            #expect(lines.contains(Substring(line)), "\(line) is not in \(lines)")
        }
    }
}
