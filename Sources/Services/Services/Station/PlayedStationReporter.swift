internal import ChargingModel
internal import OCPP
internal import Platform
internal import Station

/// The lines in which a station that is played here tells people what happens.
struct PlayedStationReporter {
    let log: Log
    let station: String

    func say(_ notice: ChargingStation.Notice) {
        switch notice {
        case .accepted: log.info("🔌 Station \(station) is accepted by its backend", event: "accepted")
        case .vehicleAwaited(let evse): log.info("🅿️  Station \(station), connector \(evse): a vehicle may be plugged in", event: "awaited")
        case .began(let evse, let token):
            log.info(
                "⚡ Station \(station), connector \(evse): charging, with \(token.bounded(to: 40))", event: "began",
                ["connector": .integer(Int(evse)), "token": .text(token)])
        case .ended(let evse, let energy, let reason):
            log.info(
                "🔋 Station \(station), connector \(evse): \(energy) (\(reason.rawValue))", event: "ended",
                ["connector": .integer(Int(evse)), "energy_kwh": .energy(energy), "reason": .text(reason.rawValue)])
        case .turnedAway(let evse, let status):
            log.info("❌ Station \(station), connector \(evse): the card is not let in (\(status.rawValue))", event: "turned_away")
        case .allTold: log.info("📓 Station \(station): all that was metered is confirmed", event: "all_told")
        case .failed(let action, let why):
            log.warning("⚠️  Station \(station): \(action) was not done: \(why.bounded(to: 200))", event: "call_failed", ["action": .text(action)])
        case .operative(let evse, let isOperative):
            log.info("🔧 Station \(station), connector \(evse): \(isOperative ? "in" : "out of") service", event: "availability")
        case .restarts: log.info("🔄 Station \(station) restarts", event: "restart")
        case .answered: break
        }
    }
}
