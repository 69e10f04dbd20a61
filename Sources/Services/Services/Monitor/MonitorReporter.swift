internal import ChargingModel
internal import Platform
internal import Terminal

/// What a monitor tells people.
struct MonitorReporter {
    let log: Log
    let cp: ChargePointID

    func say(_ notice: Monitor.Notice) {
        switch notice {
        case .registered: log.info("✅ CP \(cp) registered with Central", event: "registered")
        case .passed: log.info("💚 Health check passed for \(cp)", event: "check_passed")
        case .awaitingEngine(let reason): log.debug("\(cp): no answer yet: \(reason)", event: "awaiting_engine", ["reason": .text(reason)])
        case .failed(let count, let reason):
            // An engine that stays dead is said now and then.
            log.write(
                count <= 3 || count.isMultiple(of: 30) ? .info : .debug, "⚠️  Health check failed (\(count)) for \(cp): \(reason)",
                event: "check_failed", ["failures": .integer(count), "reason": .text(reason)])
        case .faulty(let failures):
            log.info("❌ CP \(cp) marked as FAULTY (\(failures) consecutive failures)", event: "marked_faulty", ["failures": .integer(failures)])
        case .recovered: log.info("✅ CP \(cp) recovered from fault", event: "recovered")
        }
    }
}
