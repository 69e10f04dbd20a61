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

    private func perSecond(_ count: UInt64) -> Int64 {
        Int64(clamping: count).multiplied(clamped: 1000) / max(1, (steady ?? elapsed).milliseconds)
    }

    /// The line that shows it while it runs.
    /// - Parameters:
    ///   - messages: a second, just now.
    ///   - readings: a second, just now.
    func live(messages: UInt64, readings: UInt64) -> String {
        let time = "\(elapsed.milliseconds / 60_000):\(zeroPadded(elapsed.milliseconds / 1000 % 60, to: 2))"
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

    /// The figures that are counts, by the names that scripts know; those of a second have a unit.
    private var figures: [(name: String, value: String, unit: String)] {
        [
            ("connected", "\(counts.connected)", ""), ("supplying", "\(counts.supplying)", ""), ("requests", "\(counts.requests)", ""),
            ("accepted", "\(counts.accepted)", ""), ("denied", "\(counts.denied)", ""), ("sessions_completed", "\(counts.sessionsCompleted)", ""),
            ("sessions_failed", "\(counts.sessionsFailed)", ""), ("readings_sent", "\(counts.readingsSent)", ""),
            ("readings_per_s", "\(perSecond(readings))", "/s"), ("messages_per_s", "\(perSecond(messages))", "/s"),
            ("reconnects", "\(counts.reconnects)", ""),
        ]
    }

    private static let percentiles: [(name: String, title: String, percent: Double)] = [("p50", "request, median", 50), ("p99", "request, 99 %", 99)]

    /// The table with which it ends.
    var text: String {
        var table = Table([Table.Column("figure"), Table.Column("value", right: true), Table.Column("unit")])
        table.add(["points", "\(plan.points)"])
        for (name, value, unit) in figures {
            table.add([name.replacing("_per_s", with: "").replacing("_", with: " "), value, unit])
        }
        for (_, title, percent) in FleetReport.percentiles {
            table.add([title, counts.requestTimes.percentile(percent).map(FleetReport.milliseconds) ?? "–", "ms"])
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
            for (name, value, _) in figures { json.decimal(name, value) }
            json.object("request_ms") { json in
                for (name, _, percent) in FleetReport.percentiles {
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
