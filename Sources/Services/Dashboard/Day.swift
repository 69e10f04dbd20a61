internal import ChargingModel
internal import Glibc
internal import JSON
internal import LedgerStore
internal import NetworkView

/// The sessions that closed today, in the time zone of the machine.
struct Day: Hashable, Sendable {
    /// The day's first moment.
    var since: WallTime
    var totals: ClosedTotals

    /// The last midnight of this machine's time zone.
    static func midnight(before now: WallTime) -> WallTime {
        var seconds = time_t(now.milliseconds / 1000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return WallTime(milliseconds: now.milliseconds - now.milliseconds % 86_400_000) }
        parts.tm_hour = 0
        parts.tm_min = 0
        parts.tm_sec = 0
        parts.tm_isdst = -1
        return WallTime(milliseconds: Int64(mktime(&parts)) * 1000)
    }

    func write(_ json: inout JSONWriter) {
        json.time("since", since)
        json.integer("sessions", totals.sessions)
        json.integer("failed", totals.failed)
        json.energy("energy_kwh", totals.energy)
        json.money("income_eur", totals.income)
    }
}
