internal import ChargingModel
internal import JSON
internal import Terminal

/// The figures of a crowd of stations for people and for scripts.
struct PlayedStationsReport {
    let stations: Int
    let counts: StationCounts
    let elapsed: Duration

    private func perSecond(_ count: UInt64) -> Int64 { Int64(clamping: count).multiplied(clamped: 1000) / max(1, elapsed.milliseconds) }

    private func milliseconds(_ percent: Double) -> String? {
        counts.times.percentile(percent).map { decimalText(Int64(clamping: $0), decimals: 3) }
    }

    /// The line that shows it while it runs.
    var live: String {
        let time = "\(elapsed.milliseconds / 60_000):\(zeroPadded(elapsed.milliseconds / 1000 % 60, to: 2))"
        var parts = [
            "\(time)  \(counts.accepted)/\(stations) accepted", "\(counts.charging) charging", "\(counts.charges) charges",
            "\(perSecond(counts.answered)) calls/s", "\(counts.untold) untold",
        ]
        if let late = milliseconds(99) { parts.append("p99 \(late) ms") }
        if counts.failed > 0 { parts.append("\(counts.failed) failed") }
        return parts.joined(separator: " · ")
    }

    private var figures: [(name: String, value: String, unit: String)] {
        [
            ("accepted", "\(counts.accepted)", ""), ("charging", "\(counts.charging)", ""), ("charges", "\(counts.charges)", ""),
            ("metered_wh", "\(counts.metered.wattHours)", "Wh"), ("unconfirmed_wh", "\(counts.unconfirmed.wattHours)", "Wh"),
            ("calls_answered", "\(counts.answered)", ""),
            ("calls_per_s", "\(perSecond(counts.answered))", "/s"), ("calls_failed", "\(counts.failed)", ""), ("told", "\(counts.told)", ""),
            ("untold", "\(counts.untold)", ""), ("connections", "\(counts.connections)", ""), ("turned_away", "\(counts.turnedAway)", ""),
        ]
    }

    /// The table with which it ends.
    var text: String {
        var table = Table([Table.Column("figure"), Table.Column("value", right: true), Table.Column("unit")])
        table.add(["stations", "\(stations)"])
        for (name, value, unit) in figures {
            table.add([name.replacing("_per_s", with: "").replacing("_wh", with: "").replacing("_", with: " "), value, unit])
        }
        table.add(["call to answer, median", milliseconds(50) ?? "–", "ms"])
        table.add(["call to answer, 99 %", milliseconds(99) ?? "–", "ms"])
        return table.text()
    }

    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.integer("stations", stations)
            json.decimal("seconds", decimalText(elapsed.milliseconds, decimals: 3))
            for (name, value, _) in figures { json.decimal(name, value) }
            json.object("call_ms") { json in
                for (name, percent) in [("p50", 50.0), ("p99", 99.0)] {
                    if let time = milliseconds(percent) { json.decimal(name, time) } else { json.null(name) }
                }
            }
        }
        return json.text
    }
}
