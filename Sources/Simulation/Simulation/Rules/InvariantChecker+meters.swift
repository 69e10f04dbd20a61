internal import ChargingModel

/// Checks that a meter moves as its point, the vehicle and the promise allow.
extension InvariantChecker {
    /// The most by which a machine's clock is ahead after a second.
    private static let drift = Duration.microseconds(100)

    /// Checks a record, when it is journalled.
    func measure(_ record: SessionRecord, _ engine: EngineProgram, _ world: World) {
        guard let promise = promises[record.session] else { return }
        let assignment = promise.assignment
        if record.driver.map({ $0 != promise.driver }) ?? false {
            world.violate("S1", "\(engine.name) has charged \(record.driver?.text ?? "") with session \(record.session), it is \(promise.driver)'s")
        }
        if record.driver != nil, record.cost != assignment.price.cost(of: record.energy) {
            world.violate("I4", "\(engine.name) reckons \(record.cost) for \(record.energy) of session \(record.session), at \(assignment.price)")
        }
        // A station's meter is its own: what it says is held against the station, when all is said.
        if engine.stationed != nil { return }
        guard let began = promise.suppliedOn[record.meter] else {
            if record.energy != .zero {
                world.violate("I3", "\(engine.name) metered \(record.energy) for session \(record.session), and never supplied it")
            }
            return
        }
        let elapsed = world.clock - began
        let load = promise.load ?? .unlimited
        let most = load.energy(over: elapsed + InvariantChecker.drift * (elapsed.milliseconds / 1000 + 1), limit: assignment.power)
        if record.energy > most {
            world.violate(
                "I3", "\(engine.name) metered \(record.energy) for session \(record.session): in \(elapsed) it can give no more than \(most)")
        }
        if let target = assignment.energyTarget {
            if record.energy > target || (record.endReason == .target && record.energy < target) {
                world.violate(
                    "S4", "session \(record.session) was to end at \(target), and ended with \(record.energy) (\(record.endReason.rawValue))")
            }
        }
        guard record.endReason == .completed else { return }
        // It gives all that the vehicle takes for the time that was promised, whatever hung meanwhile.
        let whole = load.energy(over: assignment.duration ?? world.scenario.sessionDuration, limit: assignment.power)
        if let target = assignment.energyTarget, whole >= target {
            world.violate("S4", "session \(record.session) was to end at \(target), and went on for its whole time")
        } else if record.energy != whole {
            world.violate("I3", "session \(record.session) had its time, which is \(whole), and \(record.energy) were metered")
        }
    }

    /// Notes that energy begins to flow.
    func begins(_ session: SessionID, _ load: Load) { promises[session]?.load = load }
}
