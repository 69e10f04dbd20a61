internal import ChargingModel
internal import Platform
internal import Terminal

/// What a driver tells people.
struct DriverReporter {
    let log: Log
    let driver: DriverID

    func say(_ notice: Driver.Notice) {
        switch notice {
        case .requested(let cp):
            log.info("📤 \(driver) requested charging \(cp.map { "at \($0)" } ?? "anywhere")", event: "requested", ["cp": .id(cp)])
        case .accepted(let cp):
            log.info("✅ \(driver) | \(name(cp)) | ACCEPTED", event: "accepted", ["cp": .id(cp)])
        case .inProgress(let cp, let power, let cost, let reason):
            let why = reason.map { " | \($0)" } ?? ""
            log.info(
                "🔋 \(driver) | \(name(cp)) | IN_PROGRESS | \(power), \(cost)\(why)", event: "in_progress",
                ["cp": .id(cp), "power_kw": .power(power), "cost_eur": .money(cost), "reason": reason.map { .text($0) } ?? .null])
        case .completed(let cp, let energy, let cost):
            log.info(
                "✔️  \(driver) | \(name(cp)) | COMPLETED | \(energy), \(cost)", event: "completed",
                ["cp": .id(cp), "energy_kwh": .energy(energy), "cost_eur": .money(cost)])
        case .failed(let cp, let reason):
            log.info("❌ \(driver) | \(name(cp)) | FAILED | \(reason)", event: "session_failed", ["cp": .id(cp), "reason": .text(reason)])
        case .denied(let cp, let code, let reason):
            log.info(
                "❌ \(driver) | \(name(cp)) | DENIED | \(reason)", event: "denied",
                ["cp": .id(cp), "code": .text(code.rawValue), "reason": .text(reason)])
        case .left: log.info("❌ \(driver): a vehicle left without a charge", event: "left")
        case .postponed(let cp, let reason):
            log.info("⏳ \(driver) | \(name(cp)) | asks again: \(reason)", event: "postponed", ["cp": .id(cp), "reason": .text(reason)])
        case .centralOnline(true): log.info("✅ \(driver): Central is back", event: "central_online")
        case .centralOnline(false): log.info("⏳ \(driver): Central is away, waiting for it", event: "central_offline")
        }
    }

    private func name(_ cp: ChargePointID?) -> String { cp?.text ?? "anywhere" }
}
