import ChargingModel

/// The state of the broker's start.
struct BrokerStart: Sendable, Hashable {
    /// The time by which it has to listen; `nil` while it has no process, and once it listens.
    var deadline: Instant?
    /// True when it was killed because it did not listen in time.
    var isOverdue = false
    /// The memory that it was started without, this time.
    var without: SetAside?
    /// True when it failed without its memory, too: that is not set aside again until it listens.
    var isMemoryCleared = false
    /// The last line that it wrote before it ended.
    var words: String?
    /// Its end, until the result of setting its memory aside is known.
    var end: End?

    struct End: Sendable, Hashable {
        var index: Int
        var what: Report.End
        var age: Duration
        /// True when it never listened.
        var isAtStart: Bool
    }
}

/// The start of the broker. Its memory is replaceable (F10): when it does not start with it, it is tried without.
extension SupervisorCore {
    /// Ends the wait for the broker, when it has had its time to listen.
    mutating func brokerTick(at now: Instant) {
        guard let deadline = broker.deadline, deadline <= now, let index = children.firstIndex(where: { $0.spec.role == .broker }),
            let pid = children[index].pid
        else { return }
        // At once: who hangs while it reads has nothing to save, and would not hear a SIGTERM.
        broker.deadline = nil
        broker.isOverdue = true
        report(.brokerNeverListened(children[index].spec.name, pid: pid, timing.brokerPatience))
        act(.signal(index, pid: pid, kill: true))
    }

    /// Handles an end of the broker that was not meant.
    mutating func brokerEnded(_ index: Int, _ what: Report.End, _ end: ProcessEnd, age: Duration, at now: Instant) {
        let isAtStart = broker.deadline != nil || broker.isOverdue
        let isFailure = broker.isOverdue || end.isFailure
        broker.deadline = nil
        broker.isOverdue = false
        if let aside = broker.without {
            broker.without = nil
            // Of one that somebody has killed it is not known how it would have gone on.
            if isFailure {
                broker.isMemoryCleared = true
                act(.putMemoryBack(aside))
            }
        } else if isAtStart ? isFailure && !broker.isMemoryCleared : isCrashingAgain(index, end, age) {
            broker.end = BrokerStart.End(index: index, what: what, age: age, isAtStart: isAtStart)
            return act(.setMemoryAside)
        }
        ended(index, what, age: age, isPermanent: false, at: now)
    }

    /// True for the first of a row of early crashes, which gets the advice that the broker's memory may still kill it.
    private func isCrashingAgain(_ index: Int, _ end: ProcessEnd, _ age: Duration) -> Bool {
        end.isCrash && age < timing.youth && children[index].earlyDeaths == 1
    }

    /// Takes the result of setting the broker's memory aside.
    mutating func memory(_ result: SetAside.Result, at now: Instant) -> [Action] {
        guard let end = broker.end else { return [] }
        broker.end = nil
        switch result {
        case .moved(let aside) where phase == .awaitingBroker || phase == .running:
            report(.memorySetAside(aside, because: end.what.description + (broker.words.map { " (\($0))" } ?? "")))
            broker.without = aside
            if phase == .running { countRestart(end.index, isEarly: !end.isAtStart) }
            spawn(end.index)
        case .failed(let file, let reason):
            report(.memoryInTheWay(file: file, reason: reason))
            ended(end.index, end.what, age: end.age, isPermanent: false, at: now)
        case .moved, .nothing: ended(end.index, end.what, age: end.age, isPermanent: false, at: now)
        }
        return taken()
    }
}

extension ProcessEnd {
    /// True for a failure of its own: not a signal by which somebody ends a process.
    var isFailure: Bool {
        switch self {
        case .exited(let code): code != 0
        case .signalled: isCrash
        }
    }

    /// True for SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE or SIGSEGV.
    var isCrash: Bool { if case .signalled(let number) = self { [4, 5, 6, 7, 8, 11].contains(number) } else { false } }
}
