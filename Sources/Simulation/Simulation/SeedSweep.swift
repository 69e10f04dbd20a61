public import EventLoop
internal import Synchronization

/// Many seeds of one scenario on some threads.
public enum SeedSweep {
    private struct State {
        var next: UInt64?
        var isStopped = false
    }

    /// Runs them all; which seed runs when decides nothing about it.
    /// - Parameters:
    ///   - jobs: how many run at a time, 1…64.
    ///   - body: gets each outcome, one at a time, in the order in which they come; `false` ends the sweep when what runs has ended.
    ///   - progress: called on any of the threads while runs go on, with the virtual time of that run.
    /// - Throws: when the system has no thread left.
    public static func run(
        _ scenario: Scenario, seeds: ClosedRange<UInt64>, jobs: Int, progress: @escaping @Sendable (Duration, Counts) -> Void = { _, _ in },
        _ body: @escaping @Sendable (Simulation.Outcome) -> Bool
    ) throws(EventLoopError) {
        let state = Mutex(State(next: seeds.lowerBound))
        let reporting = Mutex(())
        try withThreads(jobs) {
            while let seed = state.withLock({ take(&$0, seeds) }) {
                var scenario = scenario
                scenario.seed = seed
                let outcome = Simulation.run(scenario, progress: progress)
                let goesOn = reporting.withLock { _ in body(outcome) }
                if !goesOn { state.withLock { $0.isStopped = true } }
            }
        }
    }

    private static func take(_ state: inout State, _ seeds: ClosedRange<UInt64>) -> UInt64? {
        guard !state.isStopped, let seed = state.next else { return nil }
        state.next = seed == seeds.upperBound ? nil : seed + 1
        return seed
    }

    /// Runs the body on threads of its own and waits for all of them.
    private static func withThreads(_ count: Int, _ body: () -> Void) throws(EventLoopError) {
        let result: Result<Void, EventLoopError> = withoutActuallyEscaping(body) { body in
            nonisolated(unsafe) let body = body
            var threads: [Thread] = []
            do throws(EventLoopError) {
                for number in 1...max(1, min(64, count)) { threads.append(try Thread(name: "simulation \(number)") { body() }) }
            } catch {
                guard !threads.isEmpty else { return .failure(error) }
            }
            for thread in threads { thread.join() }
            return .success(())
        }
        try result.get()
    }
}
