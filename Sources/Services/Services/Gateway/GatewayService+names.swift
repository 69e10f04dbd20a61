internal import ChargingModel
internal import EventLoop
internal import Gateway
internal import Identities
internal import OCPP
internal import Platform
internal import Settings
internal import WebSocket
internal import WebSocketDoor

/// The door's judgement: who may come in, and who may stay.
extension GatewayService {
    /// A connection of a station that was let in.
    struct Visit {
        let station: StationHost
        let version: OCPPVersion
        /// `nil` where whoever comes is let in.
        let proof: StationNames.Proof?
    }

    /// Ends, within a second, the connection of whose name was taken away, or who has another password or certificate.
    func watchNames() {
        loop.schedule(after: .seconds(1)) { [weak self] in
            self?.assumeIsolated { gateway in
                guard !gateway.isStopping else { return }
                gateway.dismissNameless()
                gateway.watchNames()
            }
        }
    }

    private func dismissNameless() {
        do throws(IdentityError) {
            let edition = try names.edition()
            namesFault = nil
            guard edition != namesHeld else { return }
            namesHeld = edition
            let now = EventLoop.present().wall.milliseconds / 1000
            for (id, visit) in visits {
                guard let proof = visit.proof, try !names.holds(proof, of: visit.station.name.text, now: now) else { continue }
                context.log.info(
                    "🚪 Station \(visit.station.name) has its name no more, or another password or certificate", event: "station_dismissed")
                door?.take(.close(id, .policyViolation, "The name of this station was taken away, or has another password or certificate."))
            }
        } catch {
            // Who was known is known on; it is said once.
            guard error != namesFault else { return }
            namesFault = error
            context.log.error("❌ The names of stations can't be read, those of before hold: \(error)", event: "names_unreadable")
        }
    }

    /// The station that knocks, if it may come in, and what lets it in.
    func identify(_ knock: Knock) throws -> (StationName, StationNames.Proof?) {
        guard let name = StationName(knock.station) else { throw Refusal.unknown(station: knock.station) }
        if settings.isOpen { return (name, nil) }
        guard try names.knows(name.text) else { throw Refusal.unknown(station: knock.station) }
        if knock.isTLS, let shown = knock.certificate {
            let now = EventLoop.present().wall.milliseconds / 1000
            let proof = try names.proof(of: name.text, certificate: shown.commonName, fingerprint: shown.fingerprint, now: now)
            if let proof { return (name, proof) }
        }
        for password in StationNames.spellings(of: name.text).compactMap({ knock.credentials?.password(of: $0) }) {
            if let proof = try names.proof(of: name.text, password: password) { return (name, proof) }
        }
        throw Refusal.unauthorized
    }

    /// Counts somebody who may not come in, and tells people of him.
    func turnAway(_ knock: Knock, _ refusal: Refusal) {
        measured.refuses(status: refusal.status)
        operations.turnedAway(knock, refusal)
        guard strangers.take(at: EventLoop.present().monotonic) else { return }
        let station = knock.station.bounded(to: 64)
        context.log.warning(
            "🚪 Station \(station) at \(knock.address) wants in: \(refusal.words)\(GatewayService.help(station, refusal))", event: "wants_in",
            ["station": .text(station), "address": .text(knock.address)])
    }

    /// The command that lets a station in, where there is one; only with an id that is what it looks like.
    private static func help(_ station: String, _ refusal: Refusal) -> String {
        guard station.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }), let words = StationNames.arguments(of: station) else { return "" }
        return switch refusal.status {
        case 401: " (wattline credentials rotate \(words))"
        case 404: " (wattline credentials add \(words))"
        default: ""
        }
    }
}
