import Certificates
import ChargingModel
import EventLoop
import Glibc
public import Platform
internal import Settings
import Terminal

/// `wattline up`: the processes of a network on this machine, with a broker of their own, until somebody stops it.
///
/// It carries out what `SupervisorCore` says, and tells it the result. Bound to its loop, but for `run`: the kernel ties the death of the children to the
/// thread that started them, which is the loop's.
public final class Supervisor: @unchecked Sendable {
    private let options: UpOptions
    private let plan: ProcessPlan
    private let voices: OutputStyles
    private let signals: Signals
    private let loop: EventLoop
    private var core: SupervisorCore
    private var timer: CoreTimer?
    /// The time at which the network stops by itself; `nil` for never, or when it does already.
    private var end: Instant?
    private var isSettling = false
    /// The memory of its own broker; `nil` with somebody else's.
    private let memory: BrokerMemory?
    /// The last line of each process that runs.
    private var lastWords: [Int: String] = [:]
    private var startTicks: [Int: UInt64] = [:]
    private var started: [Int: WallTime] = [:]
    private let startedUp = Log.wallTime()
    private var result: ProcessExit?
    private var stateIsStale = true
    /// The reason why the state file could not be written the last time; reported when it is a new one.
    private var stateFailure: DescribedError?

    /// Runs a network until it is stopped by a signal (SIGINT, SIGTERM, SIGHUP) or its duration is over. Blocks.
    ///
    /// Everything it started is gone when it returns. What goes wrong is said on the output, on standard error before the network starts.
    public static func run(_ options: UpOptions) -> ProcessExit {
        // Two descriptors for each child: a thousand children are more than the usual soft limit.
        DescriptorLimit.raise()
        let complaints = Log(role: "up", format: options.logFormat, colors: options.colors, sink: DescriptorSink.standardError)
        do {
            let lock = try options.data.lockForUp()
            defer { withExtendedLifetime(lock) {} }
            let leftovers = Result { () throws(UnreadableState) in try Leftovers.cleanUp(stateFile: options.data.stateFile) }
            let supervisor = try Supervisor(options, leftovers)
            return try supervisor.run()
        } catch {
            complaints.error("✖ \(error)", event: "not_started")
            return ProcessExit(of: error)
        }
    }

    private init(_ options: UpOptions, _ leftovers: Result<[String], UnreadableState>) throws {
        self.options = options
        loop = try EventLoop(name: "up")
        plan = try ProcessPlan.make(options)
        if let broker = options.externalBroker, !Ports.answers(host: broker.host, port: broker.port, within: 3000) {
            throw UpError("no broker answers at \(broker)", .unavailable)
        }
        let certificates = options.isSecure ? try SecureBroker.makeCertificates(options, at: Log.wallTime()) : .init()
        let withoutNames = options.asksForNames ? try NamedBroker.giveNames(options, plan.broker) : nil
        memory = plan.isOwnBroker ? try BrokerConfiguration.install(options, plan) : nil
        voices = OutputStyles(options, plan.processes)
        let timing = SupervisorCore.Timing(restartDelay: options.restartDelay, grace: options.grace, signalEcho: options.signalEcho)
        core = SupervisorCore(plan.processes, timing: timing)
        signals = Signals.catchStops()
        say(leftovers)
        for file in certificates.files { voices.log.info("🔏 A new certificate: \(file)", event: "certificate", ["file": .text(file)]) }
        for damage in certificates.damage { voices.log.warning("⚠ \(damage)", event: "certificate") }
        if let withoutNames { voices.log.warning("⚠ \(withoutNames)", event: "names") }
    }

    private func say(_ leftovers: Result<[String], UnreadableState>) {
        switch leftovers {
        case .success([]): break
        case .success(let killed):
            let names = killed.joined(separator: ", ")
            voices.log.warning("⚠ A former up left \(killed.count) processes behind: killed (\(names))", event: "leftovers_killed")
        case .failure(let error):
            voices.log.warning(
                "⚠ If a former up was killed and left processes behind, they are not found: \(error.why). The file is written anew",
                event: "leftovers_unknown")
        }
    }

    private func run() throws -> ProcessExit {
        Banner.say(options, plan, voices.log)
        let began = Guarded(Result<Void, any Error>.success(()))
        loop.execute { [self] in
            do { try begin() } catch {
                began.withLock { $0 = .failure(error) }
                loop.shutdown()
            }
        }
        try loop.start()
        loop.join()
        try began.withLock { $0 }.get()
        return finish()
    }

    private func begin() throws {
        _ = try loop.watch(signals.descriptor, .read) { [self] _ in
            for number in signals.taken() { perform(core.stop(.signal(number), at: now)) }
            settle()
        }
        timer = CoreTimer(loop) { [self] in settle() }
        end = options.duration.map { now + $0 }
        perform(core.start(at: now))
        settle()
    }

    private var now: Instant { EventLoop.present().monotonic }

    /// After all that one round brought: what is due, what is to be kept, and when to look again.
    private func settle() {
        guard !isSettling else { return }
        isSettling = true
        loop.atEndOfRound { [self] in
            isSettling = false
            let now = now
            if let end, end <= now {
                self.end = nil
                perform(core.stop(.duration(options.duration ?? .zero), at: now))
            }
            askForBroker(at: now)
            perform(core.tick(at: now))
            guard result == nil else { return loop.shutdown() }
            saveState()
            timer?.set(nextDeadline())
        }
    }

    private func finish() -> ProcessExit {
        unlink(options.data.stateFile)
        if plan.isOwnBroker { unlink(BrokerConfiguration.path(options)) }
        if result == .ok { voices.log.info("■ Stopped: no process is left", event: "stopped") }
        signals.release()
        options.output.finish()
        return result ?? .failure
    }

    private func nextDeadline() -> Instant? {
        var deadlines = [core.nextDeadline, end].compactMap { $0 }
        if core.broker.deadline != nil { deadlines.append(now + .milliseconds(10)) }
        if !options.output.flush() { deadlines.append(now + .milliseconds(20)) }
        return deadlines.min()
    }

    /// Tells the core when our broker listens: its own process must hold the socket of the port. Nobody is talked to to find out.
    private func askForBroker(at now: Instant) {
        guard core.broker.deadline != nil, let index = plan.processes.firstIndex(where: { $0.role == .broker }),
            let pid = core.children[index].pid, ProcFS.process(pid, listensOn: plan.broker.port)
        else { return }
        perform(core.brokerListens(at: now))
    }

    // MARK: What the core wants

    private func perform(_ actions: [SupervisorCore.Action]) {
        for action in actions {
            switch action {
            case .spawn(let index): spawn(index)
            case .signal(_, let pid, let kill): Glibc.kill(pid, kill ? SIGKILL : SIGTERM)
            case .report(let report): voices.say(report)
            case .setMemoryAside: perform(core.memory(setMemoryAside(), at: now))
            case .putMemoryBack(let aside): if memory?.putBack(aside) == true { voices.say(.memoryPutBack(aside)) }
            case .finish(let status): result = status
            }
        }
        if !actions.isEmpty { stateIsStale = true }
    }

    /// Sets the broker's memory aside after it did not start, unless the reason is that its port has become somebody else's.
    private func setMemoryAside() -> SetAside.Result {
        guard let memory, Ports.isFree(plan.broker.port) else { return .nothing }
        return memory.setAside(at: Log.wallTime())
    }

    /// Sets aside memory that the broker would load or overwrite without a word, though nobody can use it.
    private func checkMemory() {
        guard let memory else { return }
        for file in [memory, memory.draft] {
            guard let objection = file.objection() else { continue }
            switch file.setAside(at: Log.wallTime()) {
            case .moved(let aside): voices.say(.memorySetAside(aside, because: objection))
            case .failed(let path, let reason): voices.say(.memoryInTheWay(file: path, reason: reason))
            case .nothing: break
            }
        }
    }

    private func spawn(_ index: Int) {
        let spec = plan.processes[index]
        if spec.role == .broker { checkMemory() }
        switch ChildProcess.spawn(spec, environment: plan.environment + spec.environment) {
        case .failure(let error): perform(core.notStarted(index, reason: "\(spec.executable): \(error)", at: now))
        case .success(let process):
            do throws(EventLoopError) {
                try process.attend(
                    on: loop,
                    onLine: { [self] line in
                        say(line, index)
                        settle()
                    }, onEnd: { [self] end in hasEnded(index, end) })
            } catch {
                return perform(core.notStarted(index, reason: "\(error)", at: now))
            }
            startTicks[index] = ProcFS.identity(of: process.pid)?.startTicks
            started[index] = Log.wallTime()
            perform(core.started(index, pid: process.pid, at: now))
        }
    }

    private func hasEnded(_ index: Int, _ end: ProcessEnd) {
        perform(core.exited(index, end, words: lastWords.removeValue(forKey: index), at: now))
        settle()
    }

    private func say(_ line: String, _ index: Int) {
        lastWords[index] = line
        voices.say(line, from: plan.processes[index])
    }

    // MARK: The state file

    private func saveState() {
        guard stateIsStale else { return }
        stateIsStale = false
        var state = UpState(
            pid: getpid(), started: startedUp, network: options.network.name,
            broker: UpState.Broker(
                url: plan.broker.description, port: plan.broker.port, isOwn: plan.isOwnBroker, certificatePort: plan.certificatePort),
            httpPort: plan.httpPort)
        for (index, child) in core.children.enumerated() {
            state.processes.append(
                UpState.Process(
                    name: child.spec.name, role: child.spec.role.rawValue, id: child.spec.id, pid: child.pid,
                    startTicks: child.pid == nil ? nil : startTicks[index], started: child.pid == nil ? nil : started[index],
                    restarts: child.restarts, port: child.spec.port))
        }
        let failure = replaceText(of: options.data.stateFile, with: state.json).map(DescribedError.init)
        if let failure, failure != stateFailure {
            voices.log.error(
                "✖ can't write \(options.data.stateFile): \(failure); the network runs, but wattline ps does not see it. Make room, or move away what is there",
                event: "state_not_written")
        }
        stateFailure = failure
    }
}
