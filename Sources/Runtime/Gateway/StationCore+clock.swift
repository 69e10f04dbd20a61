internal import ChargingModel
internal import OCPP

/// The station's clock, which may be wrong: it decides nothing but whether somebody still stands there.
extension StationCore {
    /// Learns by how much the station's clock is ahead from a time that is news: the least delay says most.
    mutating func learnClock(_ time: OCPPTime?) {
        guard let time else { return }
        let ahead = time.wall.milliseconds.subtracting(clamped: now.wall.milliseconds)
        guard ahead < StationCore.mostAhead else { return }
        clockAhead = max(clockAhead ?? ahead, ahead)
    }

    /// What is further ahead is no clock's time.
    private static let mostAhead = Duration.seconds(366 * 86_400).milliseconds

    /// The age of what happened at a time of the station's; negative where its clock is ahead.
    private func age(of time: OCPPTime) -> Int64 {
        now.wall.milliseconds.subtracting(clamped: time.wall.milliseconds).adding(clamped: clockAhead ?? 0)
    }

    /// The most by which a time without zone may be off.
    private static let zones = Duration.seconds(14 * 3600).milliseconds

    /// True when whoever began a transaction is still standing there.
    func isFresh(_ time: OCPPTime?) -> Bool {
        guard let time else { return true }
        let patience = settings.freshness.milliseconds
        if !time.hasZone, clockAhead == nil { return age(of: time) < StationCore.zones + patience }
        return age(of: time) < patience
    }

    /// True for what is told as it happens, as far as anybody can know: nothing of before is still to be told.
    func isLive(_ time: OCPPTime?) -> Bool {
        guard let time, time.hasZone || clockAhead != nil else { return true }
        return age(of: time) < StationCore.live
    }

    private static let live = Duration.seconds(10).milliseconds

    /// The time by the gateway's clock, as far as the station's is known to be wrong; never in the future.
    func corrected(_ time: OCPPTime) -> WallTime {
        guard let ahead = clockAhead, abs(ahead) >= settings.freshness.milliseconds else { return min(time.wall, now.wall) }
        return min(time.wall.advanced(byMilliseconds: -ahead), now.wall)
    }

    /// The first time that a clock which was set can show: 2015-01-01.
    private static let earliest = WallTime(milliseconds: 1_420_070_400_000)

    /// The station's time, unless its clock was never set.
    static func plausible(_ time: WallTime?) -> WallTime? { time.flatMap { $0 < earliest ? nil : $0 } }
}
