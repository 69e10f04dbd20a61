import ChargingModel
internal import Platform
import Settings

/// The decisions of `up`: which process to start, restart, signal, and when all is over. Events and the time go in, actions come out; no process is
/// touched here.
struct SupervisorCore: Sendable {
    /// The times that it keeps to.
    struct Timing: Sendable, Hashable {
        /// The time after which a process that died is started again.
        var restartDelay = Duration.seconds(1)
        /// The age below which a death is early: each early death in a row doubles the wait.
        var youth = Duration.seconds(5)
        /// The longest wait for a restart.
        var longestDelay = Duration.seconds(30)
        /// The time that a stage of the network may take to stop before the rest of it is killed.
        var grace = Duration.seconds(5)
        /// The time within which a second signal is the same wish: `timeout` and some shells signal a process and its group.
        var signalEcho = Duration.milliseconds(300)
        /// The time that the broker may take until it listens, each time it starts.
        var brokerPatience = Duration.seconds(10)
    }

    /// An action for the shell; to be carried out in order.
    enum Action: Sendable, Hashable {
        /// Start a process, then call `started` or `notStarted`.
        case spawn(Int)
        /// Signal a process; `kill` is SIGKILL, otherwise SIGTERM.
        case signal(Int, pid: Int32, kill: Bool)
        case report(Report)
        /// Move the broker's memory out of its way, then call `memory`.
        case setMemoryAside
        /// Move it back: it was not the reason.
        case putMemoryBack(SetAside)
        /// End: no process is left.
        case finish(ProcessExit)
    }

    /// The present state of a process.
    enum ProcessState: Sendable, Hashable {
        /// Not started yet, or not running any more.
        case idle
        case running(pid: Int32, since: Instant)
        case waiting(until: Instant)
    }

    /// A process with its history.
    struct Child: Sendable, Hashable {
        var spec: ProcessSpec
        var state = ProcessState.idle
        var restarts = 0
        var earlyDeaths = 0

        var pid: Int32? { if case .running(let pid, _) = state { pid } else { nil } }
    }

    enum Phase: Sendable, Hashable {
        case notStarted
        /// The broker has been started and does not listen yet; everything else waits.
        case awaitingBroker
        case running
        /// Stopping; `deadline` is `nil` once the rest has been killed.
        case stopping(stage: Int, deadline: Instant?)
        case finished
    }

    let timing: Timing
    private(set) var children: [Child]
    private(set) var phase = Phase.notStarted
    /// The state of the broker's start.
    var broker = BrokerStart()
    private var status = ProcessExit.ok
    /// The time at which a signal asked it to stop.
    private var signalled: Instant?
    private var actions: [Action] = []

    init(_ specs: [ProcessSpec], timing: Timing = Timing()) {
        children = specs.map { Child(spec: $0) }
        self.timing = timing
    }

    /// The time at which `tick` should be called next.
    var nextDeadline: Instant? {
        let waits = children.compactMap { child -> Instant? in if case .waiting(let until) = child.state { until } else { nil } }
        let own: Instant? =
            switch phase {
            case .awaitingBroker, .running: broker.deadline
            case .stopping(_, let deadline): deadline
            case .notStarted, .finished: nil
            }
        return (waits + [own].compactMap { $0 }).min()
    }

    // MARK: Events

    /// Starts the broker, or with an external one everything.
    mutating func start(at now: Instant) -> [Action] {
        guard phase == .notStarted else { return [] }
        if let broker = children.firstIndex(where: { $0.spec.role == .broker }) {
            phase = .awaitingBroker
            spawn(broker)
        } else {
            phase = .running
            for index in children.indices { spawn(index) }
        }
        return taken()
    }

    /// Notes that the broker's process listens on its port.
    mutating func brokerListens(at now: Instant) -> [Action] {
        guard broker.deadline != nil else { return [] }
        broker = BrokerStart()
        guard phase == .awaitingBroker else { return [] }
        phase = .running
        for index in children.indices where children[index].spec.role != .broker { spawn(index) }
        return taken()
    }

    /// Notes that a process was started.
    mutating func started(_ index: Int, pid: Int32, at now: Instant) -> [Action] {
        children[index].state = .running(pid: pid, since: now)
        if children[index].spec.role == .broker { broker.deadline = now + timing.brokerPatience }
        if children[index].restarts > 0 { report(.restarted(children[index].spec.name, pid: pid)) }
        return taken()
    }

    /// Notes that a process could not be started at all.
    mutating func notStarted(_ index: Int, reason: String, at now: Instant) -> [Action] {
        ended(index, .notStarted(children[index].spec.name, reason: reason), age: .zero, isPermanent: false, at: now)
        return taken()
    }

    /// Notes that a process ended.
    /// - Parameter words: the last line that it wrote.
    mutating func exited(_ index: Int, _ end: ProcessEnd, words: String? = nil, at now: Instant) -> [Action] {
        guard case .running(let pid, let since) = children[index].state else { return [] }
        children[index].state = .idle
        let isPermanent: Bool
        if case .exited(let code) = end { isPermanent = ProcessExit(rawValue: code)?.isPermanent ?? false } else { isPermanent = false }
        if case .stopping(let stage, let deadline) = phase {
            // Killed by us, or as it was told to: nothing to say.
            if end != .exited(0), deadline != nil, !(end == .signalled(15) && children[index].spec.role.stopStage <= stage) {
                report(.endedBadly(children[index].spec.name, pid: pid, end))
            }
            advance(at: now)
        } else {
            let what = Report.End.died(children[index].spec.name, pid: pid, end)
            if children[index].spec.role == .broker {
                broker.words = words
                brokerEnded(index, what, end, age: now - since, at: now)
            } else {
                ended(index, what, age: now - since, isPermanent: isPermanent, at: now)
            }
        }
        return taken()
    }

    /// Does what time alone brings about.
    mutating func tick(at now: Instant) -> [Action] {
        switch phase {
        case .awaitingBroker, .running: brokerTick(at: now)
        case .stopping(let stage, let deadline?) where deadline <= now:
            phase = .stopping(stage: stage, deadline: nil)
            for (index, child) in children.enumerated() where child.spec.role.stopStage == stage {
                guard let pid = child.pid else { continue }
                report(.killing(child.spec.name, pid: pid, after: timing.grace))
                actions.append(.signal(index, pid: pid, kill: true))
            }
        case .notStarted, .stopping, .finished: break
        }
        for (index, child) in children.enumerated() {
            guard case .waiting(let until) = child.state, until <= now else { continue }
            children[index].restarts += 1
            spawn(index)
        }
        return taken()
    }

    /// Stops the network. The second time nothing is waited for.
    mutating func stop(_ cause: StopCause, at now: Instant) -> [Action] {
        switch phase {
        case .notStarted, .awaitingBroker, .running:
            report(.stopping(cause, processes: children.count { $0.pid != nil }))
            if case .signal = cause { signalled = now }
            stopAll(at: now)
        case .stopping:
            if let signalled, now - signalled < timing.signalEcho { break }
            phase = .stopping(stage: Role.stopStages - 1, deadline: nil)
            report(.killingAll(children.count { $0.pid != nil }))
            for (index, child) in children.enumerated() {
                if let pid = child.pid { actions.append(.signal(index, pid: pid, kill: true)) }
            }
            advance(at: now)
        case .finished: break
        }
        return taken()
    }

    // MARK: Decisions

    /// Handles an end of a process that was not meant: it is started again later, or without a broker all is over.
    mutating func ended(_ index: Int, _ what: Report.End, age: Duration, isPermanent: Bool, at now: Instant) {
        children[index].state = .idle
        if phase == .awaitingBroker {
            report(.brokerDidNotStart(what, words: broker.words))
            status = .unavailable
            stopAll(at: now)
            return
        }
        guard phase == .running else { return advance(at: now) }
        children[index].earlyDeaths = age < timing.youth ? children[index].earlyDeaths + 1 : 0
        let delay = delay(after: children[index].earlyDeaths, isPermanent: isPermanent)
        children[index].state = .waiting(until: now + delay)
        let reason: Report.Slowness? = isPermanent ? .settings : delay > timing.restartDelay ? .repeated(children[index].earlyDeaths) : nil
        report(.ended(what, restartIn: delay, reason))
    }

    private func delay(after earlyDeaths: Int, isPermanent: Bool) -> Duration {
        let longest = max(timing.longestDelay, timing.restartDelay)
        if isPermanent { return longest }
        return min(timing.restartDelay * (1 << min(20, max(0, earlyDeaths - 1))), longest)
    }

    private mutating func stopAll(at now: Instant) {
        for index in children.indices {
            if case .waiting = children[index].state { children[index].state = .idle }
        }
        phase = .stopping(stage: -1, deadline: now)
        broker.deadline = nil
        advance(at: now)
    }

    /// Goes on to the next stage that has a process, when this one has none left.
    private mutating func advance(at now: Instant) {
        guard case .stopping(var stage, let deadline) = phase else { return }
        let remaining = children.filter { $0.pid != nil }
        guard let next = remaining.map(\.spec.role.stopStage).min() else {
            phase = .finished
            actions.append(.finish(status))
            return
        }
        guard next > stage, !(deadline == nil && stage == Role.stopStages - 1) else { return }
        stage = next
        phase = .stopping(stage: stage, deadline: now + timing.grace)
        for (index, child) in children.enumerated() where child.spec.role.stopStage == stage {
            if let pid = child.pid { actions.append(.signal(index, pid: pid, kill: false)) }
        }
    }

    mutating func spawn(_ index: Int) {
        children[index].state = .idle
        actions.append(.spawn(index))
    }

    mutating func report(_ report: Report) { actions.append(.report(report)) }

    mutating func act(_ action: Action) { actions.append(action) }

    mutating func countRestart(_ index: Int, isEarly: Bool) {
        children[index].restarts += 1
        if isEarly { children[index].earlyDeaths += 1 }
    }

    mutating func taken() -> [Action] {
        defer { actions = [] }
        return actions
    }
}
