import ChargingModel
import Glibc
public import Platform
internal import Settings
import Terminal

/// `wattline up`: the processes of a network on this machine, with a broker of their own, until somebody stops it.
///
/// A thin shell around `SupervisorCore`: it starts what the core says, on one thread, and tells it the result.
public final class Supervisor {
    private let options: UpOptions
    private let plan: ProcessPlan
    private let voices: OutputStyles
    private let signals: Signals
    private let reactor = Reactor()
    private var core: SupervisorCore
    /// The memory of its own broker; `nil` with somebody else's.
    private let memory: BrokerMemory?
    /// The last line of each process that runs.
    private var lastWords: [Int: String] = [:]
    private var processes: [Int: ChildProcess] = [:]
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
            return supervisor.run()
        } catch {
            complaints.error("✖ \(error)", event: "not_started")
            return ProcessExit(of: error)
        }
    }

    private init(_ options: UpOptions, _ leftovers: Result<[String], UnreadableState>) throws {
        self.options = options
        plan = try ProcessPlan.make(options)
        if let broker = options.externalBroker, !Ports.answers(host: broker.host, port: broker.port, within: 3000) {
            throw UpError("no broker answers at \(broker)", .unavailable)
        }
        memory = plan.isOwnBroker ? try BrokerConfiguration.install(options, port: plan.broker.port) : nil
        voices = OutputStyles(options, plan.processes)
        let timing = SupervisorCore.Timing(restartDelay: options.restartDelay, grace: options.grace, signalEcho: options.signalEcho)
        core = SupervisorCore(plan.processes, timing: timing)
        signals = Signals.catchStops()
        say(leftovers)
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

    private func run() -> ProcessExit {
        Banner.say(options, plan, voices.log)
        reactor.watch(signals.descriptor) { [self] in
            for number in signals.taken() { perform(core.stop(.signal(number), at: Reactor.now())) }
        }
        let end = options.duration.map { Reactor.now() + $0 }
        var isOver = false
        perform(core.start(at: Reactor.now()))
        while result == nil {
            saveState()
            reactor.turn(until: nextDeadline(end: isOver ? nil : end))
            let now = Reactor.now()
            if let end, !isOver, end <= now {
                isOver = true
                perform(core.stop(.duration(options.duration ?? .zero), at: now))
            }
            askForBroker(at: now)
            perform(core.tick(at: now))
            _ = options.output.flush()
        }
        return finish()
    }

    private func finish() -> ProcessExit {
        unlink(options.data.stateFile)
        if plan.isOwnBroker { unlink(BrokerConfiguration.path(options)) }
        if result == .ok { voices.log.info("■ Stopped: no process is left", event: "stopped") }
        signals.release()
        options.output.finish()
        return result ?? .failure
    }

    private func nextDeadline(end: Instant?) -> Instant? {
        var deadlines = [core.nextDeadline, end].compactMap { $0 }
        if core.broker.deadline != nil { deadlines.append(Reactor.now() + .milliseconds(10)) }
        if !options.output.flush() { deadlines.append(Reactor.now() + .milliseconds(20)) }
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
            case .setMemoryAside: perform(core.memory(setMemoryAside(), at: Reactor.now()))
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
        case .failure(let error): perform(core.notStarted(index, reason: "\(spec.executable): \(error)", at: Reactor.now()))
        case .success(let process):
            processes[index] = process
            startTicks[index] = ProcFS.identity(of: process.pid)?.startTicks
            started[index] = Log.wallTime()
            listen(to: process.output, index)
            reactor.watch(process.processDescriptor) { [self] in ended(index, process) }
            perform(core.started(index, pid: process.pid, at: Reactor.now()))
        }
    }

    private func ended(_ index: Int, _ process: ChildProcess) {
        // While it is a zombie its process group is its own: whoever it started goes along.
        kill(-process.pid, SIGKILL)
        guard let end = process.reap() else { return }
        reactor.unwatch(process.processDescriptor)
        close(process.processDescriptor)
        processes[index] = nil
        // Its last words come before the news of its end.
        reactor.handle(process.output)
        perform(core.exited(index, end, words: lastWords.removeValue(forKey: index), at: Reactor.now()))
    }

    /// Passes on what is written into a pipe until its end, a limited amount each turn.
    private func listen(to descriptor: Int32, _ index: Int) {
        var splitter = LineSplitter()
        var chunk = [UInt8](repeating: 0, count: 65_536)
        reactor.watch(descriptor) { [self] in
            let count = read(descriptor, &chunk, chunk.count)
            if count > 0 {
                for line in splitter.add(chunk[..<count]) { say(line, index) }
            } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
                if let line = splitter.finish() { say(line, index) }
                reactor.unwatch(descriptor)
                close(descriptor)
            }
        }
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
            broker: UpState.Broker(url: plan.broker.description, port: plan.broker.port, isOwn: plan.isOwnBroker), httpPort: plan.httpPort)
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
