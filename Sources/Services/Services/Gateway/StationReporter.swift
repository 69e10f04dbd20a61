internal import ChargingModel
internal import Gateway
internal import OCPP
internal import Platform
internal import Terminal

/// The lines in which the gateway tells people of a station.
struct StationReporter {
    let log: Log
    let station: StationName

    func say(_ notice: StationCore.Notice) {
        switch notice {
        case .booted(let boot):
            let what = [boot.vendor, boot.model, boot.firmware].compactMap(\.self).joined(separator: " ").bounded(to: 120)
            log.info("🔌 Station \(station) has booted: \(what)", event: "station_booted", ["station": .text(station.text), "what": .text(what)])
        case .quirk(let remark):
            log.info("🔎 Station \(station) has a quirk: \(remark)", event: "station_quirk", ["quirk": .text(remark.quirk.rawValue)])
        case .status(let status):
            let error = status.error.map { " (\($0))" } ?? ""
            log.debug("Station \(station), connector \(status.place): \(status.status.rawValue)\(error)", event: "station_status")
        case .turnedAway(let token, let status):
            log.info(
                "❌ Station \(station): token \(token.bounded(to: 40)) is not let in (\(status.rawValue))", event: "token_refused",
                ["status": .text(status.rawValue)])
        case .unmatchedStop(let id):
            log.warning(
                "⚠️  Station \(station) stops transaction \(id.bounded(to: 40)), which nobody knows: confirmed, and nothing billed",
                event: "unmatched_stop", ["transaction": .text(id)])
        case .beginningLost(let id):
            log.warning(
                "⚠️  Station \(station) did not tell how transaction \(id.bounded(to: 40)) began: it counts from its first value on",
                event: "beginning_lost", ["transaction": .text(id)])
        case .registerFell(let evse, let from, let to):
            log.warning(
                "⚠️  Station \(station), connector \(evse): the register fell from \(from) to \(to); what is metered counts on, on another meter next",
                event: "register_fell")
        case .metersChanged(let from, let to):
            func word(_ serials: MeterSerials) -> String { (serials.meter ?? serials.station ?? "").bounded(to: 40) }
            log.warning(
                "⚠️  Station \(station) has other meters than before: \(word(to)) instead of \(word(from)); what they count begins anew",
                event: "meters_changed", ["from": .text(word(from)), "to": .text(word(to))])
        case .broken(let why):
            log.warning("⚠️  Station \(station) sent what can't be read: \(why.bounded(to: 200))", event: "station_broken")
        case .callFailed(let action, let why):
            log.info("Station \(station) did not do \(action): \(why.bounded(to: 120))", event: "call_failed", ["action": .text(action)])
        }
    }
}
