internal import ChargingModel
internal import JSON
internal import Services
internal import Terminal

/// The figures of a fleet for people and for scripts.
struct FleetReport {
    let plan: FleetPlan
    var counts = FleetCounts()
    /// Since the fleet began.
    var elapsed = Duration.zero
    /// Since all points were connected for the first time; `nil` before.
    var steady: Duration?
    /// The messages and readings of that time, or of all of it before.
    var messages: UInt64 = 0
    var readings: UInt64 = 0

    private var measured: Duration { steady ?? elapsed }
    private func perSecond(_ count: UInt64) -> Int64 {
        Int64(clamping: count) * 1000 / max(1, measured.milliseconds)
    }
    var messagesPerSecond: Int64 { perSecond(messages) }
    var readingsPerSecond: Int64 { perSecond(readings) }

    /// The line that shows it while it runs, in at most 120 columns for fleets of up to a hundred thousand.
    /// - Parameters:
    ///   - messages: a second, just now.
    ///   - readings: a second, just now.
    func live(messages: Int64, readings: Int64) -> String {
        let time = "\(elapsed.milliseconds / 60_000):\(String(elapsed.milliseconds / 1000 % 60 + 100).dropFirst())"
        var parts = [
            "\(time)  \(counts.connected)/\(plan.points) connected", "\(counts.supplying) supplying", "\(counts.sessionsCompleted) sessions",
            "\(readings) readings/s", "\(messages) messages/s",
        ]
        if let median = counts.requestTimes.percentile(50), let late = counts.requestTimes.percentile(99) {
            parts.append("request \(FleetReport.tenths(median)) ms (p99 \(FleetReport.tenths(late)))")
        }
        if counts.errors > 0 { parts.append("\(counts.errors) errors") }
        return parts.joined(separator: " · ")
    }

    /// What is said at the end.
    var text: String {
        var table = Table([Table.Column("figure"), Table.Column("value", right: true), Table.Column("unit")])
        table.add(["points", "\(plan.points)"])
        table.add(["connected", "\(counts.connected)"])
        table.add(["supplying", "\(counts.supplying)"])
        table.add(["requests", "\(counts.requests)"])
        table.add(["accepted", "\(counts.accepted)"])
        table.add(["denied", "\(counts.denied)"])
        table.add(["sessions completed", "\(counts.sessionsCompleted)"])
        table.add(["sessions failed", "\(counts.sessionsFailed)"])
        table.add(["readings sent", "\(counts.readingsSent)"])
        table.add(["readings", "\(readingsPerSecond)", "/s"])
        table.add(["messages", "\(messagesPerSecond)", "/s"])
        table.add(["reconnects", "\(counts.reconnects)"])
        for (name, percent) in [("request, median", 50.0), ("request, 99 %", 99)] {
            table.add([name, counts.requestTimes.percentile(percent).map(FleetReport.milliseconds) ?? "–", "ms"])
        }
        table.add(["errors", "\(counts.errors)"])
        return table.text()
    }

    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.integer("points", plan.points)
            json.integer("drivers", plan.drivers)
            json.integer("processes", plan.processes)
            json.decimal("seconds", decimalText(elapsed.milliseconds, decimals: 3))
            json.integer("connected", counts.connected)
            json.integer("supplying", counts.supplying)
            json.integer("requests", counts.requests)
            json.integer("accepted", counts.accepted)
            json.integer("denied", counts.denied)
            json.integer("sessions_completed", counts.sessionsCompleted)
            json.integer("sessions_failed", counts.sessionsFailed)
            json.integer("readings_sent", counts.readingsSent)
            json.integer("readings_per_s", readingsPerSecond)
            json.integer("messages_per_s", messagesPerSecond)
            json.integer("reconnects", counts.reconnects)
            json.object("request_ms") { json in
                for (name, percent) in [("p50", 50.0), ("p99", 99)] {
                    if let time = counts.requestTimes.percentile(percent) {
                        json.decimal(name, FleetReport.milliseconds(time))
                    } else {
                        json.null(name)
                    }
                }
            }
            json.integer("errors", counts.errors)
        }
        return json.text
    }

    private static func tenths(_ microseconds: UInt64) -> String { decimalText((Int64(clamping: microseconds) + 50) / 100, decimals: 1) }
    private static func milliseconds(_ microseconds: UInt64) -> String { decimalText(Int64(clamping: microseconds), decimals: 3) }
}
