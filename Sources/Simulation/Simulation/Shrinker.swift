internal import ChargingModel

/// Makes a failing scenario as small as it gets: less time, less trouble, fewer parties, as long as the same rule breaks.
public struct Shrinker {
    private let rule: String
    private let judge: (Scenario) -> Violation?
    private let progress: (String) -> Void
    private var best: Scenario
    private var budget: Int

    /// - Parameters:
    ///   - budget: how many runs it may take.
    ///   - progress: told what was left out.
    /// - Returns: the smallest scenario found; `nil` when the given one does not fail.
    public static func shrink(_ scenario: Scenario, budget: Int = 400, progress: @escaping (String) -> Void = { _ in }) -> Scenario? {
        shrink(scenario, budget: budget, judge: { Simulation.run($0).violation }, progress: progress)
    }

    /// - Parameter judge: which rule a scenario breaks.
    static func shrink(
        _ scenario: Scenario, budget: Int, judge: @escaping (Scenario) -> Violation?, progress: @escaping (String) -> Void
    ) -> Scenario? {
        guard let violation = judge(scenario) else { return nil }
        var shrinker = Shrinker(rule: violation.rule, judge: judge, progress: progress, best: scenario, budget: budget)
        shrinker.best.only = Set(Simulation.plan(of: scenario).map(\.number))
        shrinker.shorten(to: violation.at)
        shrinker.leaveOutIncidents()
        shrinker.leaveOutParties(of: scenario)
        shrinker.leaveOutIncidents()
        if shrinker.budget == 0 { progress("\(budget) runs were made: with more it might get smaller") }
        return shrinker.best
    }

    private mutating func fails(_ scenario: Scenario) -> Violation? {
        guard budget > 0 else { return nil }
        budget -= 1
        guard let violation = judge(scenario), violation.rule == rule else { return nil }
        return violation
    }

    private mutating func shorten(to instant: Instant) {
        var shorter = best
        shorter.duration = min(best.duration, .seconds(instant.nanoseconds / 1_000_000_000 + 1))
        if shorter.duration < best.duration, fails(shorter) != nil { best = shorter }
        // What is found at rest comes after the end, whenever that is: half of the time may do, or three quarters.
        for part in [2, 4] {
            while best.duration > .seconds(2) {
                let seconds = best.duration.milliseconds / 1000
                shorter.duration = .seconds(part == 2 ? (seconds + 1) / 2 : (seconds * 3 + 3) / 4)
                guard shorter.duration < best.duration, fails(shorter) != nil else { break }
                best = shorter
            }
        }
        // What would have come later is not in the plan any more.
        let plan = Set(Simulation.plan(of: best).map(\.number))
        best.only?.formIntersection(plan)
        progress("\(Incident.seconds(best.duration)) of trouble are enough")
    }

    /// Leaves out halves, quarters and so on, down to single ones.
    private mutating func leaveOutIncidents() {
        var left = (best.only ?? []).sorted()
        var size = max(1, left.count / 2)
        while !left.isEmpty {
            var start = 0
            var found = false
            while start < left.count {
                var fewer = best
                let kept = Array(left[..<start] + left[min(left.count, start + size)...])
                fewer.only = Set(kept)
                if fails(fewer) != nil {
                    best = fewer
                    left = kept
                    found = true
                } else {
                    start += size
                }
            }
            if size == 1, !found { break }
            size = max(1, size / 2)
            if budget == 0 { break }
        }
        progress("\(left.count) incidents are enough")
    }

    private mutating func leaveOutParties(of scenario: Scenario) {
        for name in Simulation.parties(of: scenario).reversed() where !name.hasPrefix("central") {
            var fewer = best
            fewer.without.insert(name)
            if fails(fewer) != nil { best = fewer }
        }
        progress("\(Simulation.parties(of: scenario).count - best.without.count) parties are enough")
    }
}
