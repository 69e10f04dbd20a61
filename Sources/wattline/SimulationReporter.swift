import ChargingModel
import Demand
import Glibc
import JSON
import Platform
import Reports
import Simulation
import Synchronization
import Terminal

/// The sum of many runs.
struct SimulationSum: Sendable {
    var runs = 0
    var sessions = 0
    var completed = 0
    var failed = 0
    var denied = 0
    var requests = 0
    var events: UInt64 = 0
    var incidents = 0
    var wattHours: Int64 = 0
    var strays = 0
    var commitsFailed = 0
    var slowest = Duration.zero
    var digest: UInt64 = 0
    /// The broken rule of each seed that broke one.
    var broken: [UInt64: String] = [:]

    mutating func add(_ outcome: Simulation.Outcome) {
        runs += 1
        sessions += outcome.counts.accepted
        completed += outcome.counts.completed
        failed += outcome.counts.failed
        denied += outcome.counts.denied
        requests += outcome.counts.requests
        events += outcome.counts.events
        incidents += outcome.counts.incidents
        wattHours += outcome.counts.wattHours
        strays += outcome.counts.strays
        commitsFailed += outcome.counts.commitsFailed
        slowest = max(slowest, outcome.settled)
        // Whatever the order in which they come.
        digest ^= outcome.digest
        if let violation = outcome.violation { broken[outcome.scenario.seed] = violation.rule }
    }
}

extension SimulationSum {
    /// The sum as one object, for scripts: counts, energy in kWh, broken rules by seed.
    func json(after milliseconds: Int64) -> String {
        var writer = JSONWriter()
        writer.object { root in
            root.integer("seeds", runs)
            root.integer("requests", requests)
            root.integer("sessions", sessions)
            root.integer("completed", completed)
            root.integer("failed", failed)
            root.integer("denied", denied)
            root.decimal("energy_kwh", "\(wattHours / 1000).\(String(wattHours % 1000 + 1000).dropFirst())")
            root.integer("incidents", incidents)
            root.integer("commits_failed", commitsFailed)
            root.integer("strays", strays)
            root.integer("settled_ms", slowest.milliseconds)
            root.integer("events", events)
            root.integer("took_ms", milliseconds)
            root.string("digest", String(digest, radix: 16))
            root.object("broken") { rules in for (seed, rule) in broken.sorted(by: { $0.key < $1.key }) { rules.string("\(seed)", rule) } }
        }
        return writer.text
    }
}

/// The output of `wattline simulate` for people.
final class SimulationReporter: Sendable {
    private let seeds: ClosedRange<UInt64>
    private let storyLines: Int
    private let shrinks: Bool
    private let isJSON: Bool
    private let length: Duration
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var isOne: Bool { seeds.lowerBound == seeds.upperBound }
    /// The number of seeds as text; that of all of them does not fit into 64 bits.
    private var total: String {
        let (count, overflow) = (seeds.upperBound - seeds.lowerBound).addingReportingOverflow(1)
        return overflow ? "2^64" : "\(count)"
    }
    private let lastProgress = Mutex(ContinuousClock.now)

    init(_ scenario: Scenario, _ seeds: ClosedRange<UInt64>, storyLines: Int, shrinks: Bool, isJSON: Bool) {
        length = scenario.duration
        self.isJSON = isJSON
        self.seeds = seeds
        self.storyLines = storyLines
        self.shrinks = shrinks
    }

    /// Takes the outcome of a run.
    /// - Returns: true to go on: after a few broken seeds there is enough to look at, and nobody looks at what can't be written.
    func tell(_ outcome: Simulation.Outcome, _ soFar: SimulationSum) -> Bool {
        if let violation = outcome.violation {
            tell(violation, of: outcome.scenario)
            return soFar.broken.count < 5 && Output.failure == nil
        }
        progress(soFar)
        return true
    }

    private func tell(_ violation: Violation, of scenario: Scenario) {
        clearProgress()
        if isJSON { return }
        say("✖ Seed \(scenario.seed), after \(Simulation.clockText(violation.at)): \(violation.rule): \(violation.what)")
        var scenario = scenario
        if shrinks {
            say("  Making it smaller:")
            scenario = Shrinker.shrink(scenario) { say("    \($0)") } ?? scenario
        }
        if storyLines > 0 {
            say("  What happened last:")
            for line in Simulation.story(of: scenario, most: storyLines) { say("    \(line)") }
        }
        say("  Again: \(scenario.command)")
        if !shrinks { say("  Smaller: \(scenario.command) --shrink") }
    }

    /// Writes the progress of a single run.
    func progress(_ time: Duration, _ counts: Counts) {
        guard isOne, isDue else { return }
        let percent = min(100, time.milliseconds * 100 / max(1, length.milliseconds))
        complain("\r\(Simulation.clockText(Instant(nanoseconds: time.nanoseconds))) (\(percent) %), \(counts.accepted) sessions …", terminator: "")
    }

    private func progress(_ soFar: SimulationSum) {
        guard !isOne, isDue else { return }
        complain("\r\(soFar.runs) of \(total) seeds, \(soFar.sessions) sessions …", terminator: "")
    }

    /// Writes the usage of the points.
    func tell(_ usage: UsageReport, page: String?, colors: Bool) {
        if isJSON { return }
        say(usage.text(colors: colors))
        if let page { say("The page is in \(page)") }
    }

    private var isDue: Bool {
        isTerminal
            && lastProgress.withLock { last in
                guard last.duration(to: .now) > .milliseconds(200) else { return false }
                last = .now
                return true
            }
    }

    private func clearProgress() { if isTerminal { complain("\r\u{1B}[K", terminator: "") } }

    func close(_ sum: SimulationSum, after time: Duration) {
        clearProgress()
        let milliseconds = max(1, time.milliseconds)
        if isJSON { return say(sum.json(after: milliseconds)) }
        say(
            "\(sum.runs) \(sum.runs == 1 ? "seed" : "seeds"): \(sum.requests) requests, \(sum.sessions) sessions (\(sum.completed) completed, "
                + "\(sum.failed) failed), \(sum.denied) denied, \(Energy(wattHours: sum.wattHours))")
        say(
            "\(sum.incidents) incidents, \(sum.commitsFailed) failed commits, \(sum.strays) records without a place; everything came to rest within "
                + "\(sum.slowest.milliseconds / 1000) s")
        say(
            "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s, \(Int64(sum.sessions) * 1000 / milliseconds) sessions/s, "
                + "\(Int64(sum.events) * 1000 / milliseconds) events/s; digest \(String(sum.digest, radix: 16))")
        if sum.broken.isEmpty {
            say("✔ Every rule held")
        } else {
            let seeds = sum.broken.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
            say("✖ Rules were broken by the seeds \(seeds.joined(separator: ", "))")
        }
    }
}

/// Writes a line at once: whoever watches through a pipe must not be behind.
private func say(_ line: String) { Output.writeLine(line) }
private func complain(_ text: String, terminator: String) { DescriptorSink.standardError.write(Array((text + terminator).utf8)) }
