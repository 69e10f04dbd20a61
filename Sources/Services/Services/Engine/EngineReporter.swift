internal import ChargingModel
internal import Platform
internal import Terminal

/// What an engine tells people.
struct EngineReporter {
    let log: Log
    let cp: ChargePointID

    func say(_ notice: EngineCore.Notice) {
        switch notice {
        case .transition(let from, let to, let reason):
            log.info(
                "\(to == .faulty ? "❌" : "✅") CP \(cp): \(from.rawValue) → \(to.rawValue) (\(reason))", event: "state",
                ["from": .text(from.rawValue), "state": .text(to.rawValue), "reason": .text(reason)])
        case .reading(let telemetry):
            let cost = "€" + roundedDecimalText(telemetry.cost.microEuro, decimals: 6, keeping: 3)
            log.info(
                "🔋 Telemetry: \(telemetry.power), \(cost) (session-\(short(telemetry.session)))", event: "telemetry",
                [
                    "session": .id(telemetry.session), "driver": .id(telemetry.driver), "power_kw": .power(telemetry.power),
                    "energy_kwh": .energy(telemetry.energy), "cost_eur": .money(telemetry.cost),
                ])
        case .refused(let refusal):
            log.info(
                "❌ CP \(cp) refused \(refusal.command.rawValue): \(refusal.reason)", event: "command_refused",
                ["command": .text(refusal.command.rawValue), "reason": .text(refusal.reason)])
        case .interrupted(let record):
            log.info(
                "📓 CP \(cp): session-\(short(record.session)) was under way when the engine died; closed with \(record.energy) from the journal",
                event: "session_interrupted", ["session": .id(record.session), "energy_kwh": .energy(record.energy)])
        }
    }

    func tornLine(_ bytes: Int) {
        guard bytes > 0 else { return }
        log.info(
            "📓 CP \(cp): the journal's last \(bytes) bytes were torn by a crash and are left out; nothing that was told is lost",
            event: "journal_torn", ["bytes": .integer(bytes)])
    }

    /// Enough of a session's id to tell it from others of its time.
    private func short(_ session: SessionID) -> String { session.text.count > 10 ? "…" + session.text.suffix(8) : session.text }
}
