internal import ChargingModel
internal import EventLoop
internal import Glibc
public import Platform
public import Services
internal import Supervisor

/// `wattline fleet`: the processes of a fleet, the sum of what they count, and its end. Bound to its loop, but for `run`: the kernel ties the death of the
/// children to the thread that started them, which is the loop's.
public final class FleetRun: @unchecked Sendable {
    public struct Settings: Sendable {
        public var plan: FleetPlan
        /// This program, and the arguments of its process with this number.
        public var executable: String
        public var arguments: @Sendable (_ process: Int) -> [String]
        public var environment: [String]
        public var duration: Duration?
        public var isJSON: Bool
        /// True when the line that shows it while it runs is written over itself.
        public var isTerminal: Bool

        public init(
            plan: FleetPlan, executable: String, arguments: @escaping @Sendable (_ process: Int) -> [String], environment: [String],
            duration: Duration?, isJSON: Bool, isTerminal: Bool
        ) {
            self.plan = plan
            self.executable = executable
            self.arguments = arguments
            self.environment = environment
            self.duration = duration
            self.isJSON = isJSON
            self.isTerminal = isTerminal
        }
    }

    /// One of its processes.
    private struct Part {
        let pid: Int32
        var counts = FleetCounts()
        var isRunning = true
        var hasSpoken = false
    }

    /// The time that processes may take to stop: a party's last word has two seconds.
    private static let grace = Duration.seconds(10)
    /// The time between two lines where they are not written over each other.
    private static let lineInterval = 10

    private let settings: Settings
    private let signals: Signals
    private let loop: EventLoop
    private var parts: [Part] = []
    private var report: FleetReport
    private var began = EventLoop.now()
    private var steadySince: LoopTime?
    /// The figures of then, and of a second ago.
    private var before = FleetCounts()
    private var last = FleetCounts()
    private var seconds = 0
    private var isStopping = false
    private var signalled: LoopTime?
    private var saidFewVehicles = false
    private var saidUnknown = false
    private var hasFailed = false

    /// Runs a fleet until its duration is over, or SIGINT, SIGTERM or SIGHUP comes. Blocks. Nothing that it started is left when it returns.
    public static func run(_ settings: Settings) -> ProcessExit {
        let run: FleetRun
        do throws(EventLoopError) {
            run = FleetRun(settings, try EventLoop(name: "fleet"))
            run.loop.execute { run.begin() }
            try run.loop.start()
        } catch {
            write("✖ \(error)\n")
            return .failure
        }
        run.loop.join()
        run.signals.release()
        return run.hasFailed ? .failure : .ok
    }

    private init(_ settings: Settings, _ loop: EventLoop) {
        self.settings = settings
        self.loop = loop
        report = FleetReport(plan: settings.plan)
        signals = Signals.catchStops()
    }

    private func begin() {
        let plan = settings.plan
        say(
            "▸ \(plan.points) points and \(plan.drivers) drivers in \(plan.processes) \(plan.processes == 1 ? "process" : "processes"),"
                + " \(plan.connections) connections; Ctrl-C stops them")
        began = EventLoop.now()
        do throws(EventLoopError) {
            _ = try loop.watch(signals.descriptor, .read) { [self] _ in for _ in signals.taken() { signal() } }
            for number in 0..<plan.processes { try start(number) }
        } catch {
            fail("\(error)")
        }
        // Without one of its parts the fleet is another one.
        if hasFailed { return stop() }
        if let duration = settings.duration { loop.schedule(after: duration) { [self] in stop() } }
        tick(at: began + .seconds(1))
    }

    private func start(_ number: Int) throws(EventLoopError) {
        let spawned = ChildProcess.spawn(
            settings.executable, settings.arguments(number), environment: settings.environment, errors: STDERR_FILENO)
        switch spawned {
        case .failure(let error): fail("\(settings.executable): \(error)")
        case .success(let process):
            let index = parts.count
            try process.attend(on: loop, onLine: { [self] in hear($0, from: index) }, onEnd: { [self] in hasEnded(index, $0) })
            parts.append(Part(pid: process.pid))
        }
    }

    private func hear(_ line: String, from index: Int) {
        guard let counts = FleetCounts(line: line) else { return complain("⚠️  Process \(index + 1) says: \(harmless(line))") }
        parts[index].counts = counts
        parts[index].hasSpoken = true
    }

    private func hasEnded(_ index: Int, _ end: ProcessEnd) {
        parts[index].isRunning = false
        // One that was told to stop before it could hear that has nothing to say.
        let isWellEnded = end == .exited(0) || (end == .signalled(SIGTERM) && !parts[index].hasSpoken)
        if !isWellEnded || !isStopping {
            fail("process \(index + 1) of \(settings.plan.processes) \(end)")
            parts[index].counts.connected = 0
            parts[index].counts.supplying = 0
        }
        guard parts.contains(where: \.isRunning) else { return finish() }
        // Without one of its parts the fleet is another one.
        stop()
    }

    private func signal() {
        let now = EventLoop.now()
        // `timeout` and some shells signal a process and its group: the same wish twice.
        if let signalled, now - signalled < .milliseconds(300) { return }
        if signalled != nil { kill() }
        signalled = now
        stop()
    }

    private func stop() {
        guard !isStopping else { return }
        isStopping = true
        sum()
        for part in parts where part.isRunning { Glibc.kill(part.pid, SIGTERM) }
        guard parts.contains(where: \.isRunning) else { return finish() }
        loop.schedule(after: FleetRun.grace) { [self] in
            fail("processes did not stop within \(FleetRun.grace.milliseconds / 1000) s and were killed")
            kill()
        }
    }

    private func kill() { for part in parts where part.isRunning { Glibc.kill(part.pid, SIGKILL) } }

    // MARK: What it counts

    private func tick(at time: LoopTime) {
        loop.schedule(at: time) { [self] in
            guard !isStopping else { return }
            sum()
            show()
            tick(at: time + .seconds(1))
        }
    }

    private var total: FleetCounts {
        var counts = FleetCounts()
        for part in parts { counts.add(part.counts) }
        return counts
    }

    private func sum() {
        let counts = total
        let now = EventLoop.now()
        report.counts = counts
        report.elapsed = now - began
        if steadySince == nil, counts.connected == settings.plan.points {
            steadySince = now
            before = counts
        }
        report.steady = steadySince.map { now - $0 }
        report.messages = counts.messages.subtracting(clamped: before.messages)
        report.readings = counts.readingsSent.subtracting(clamped: before.readingsSent)
        // Points that Central does not hear have no verdict, and nobody goes there.
        let isIgnored = counts.requests == 0 && settings.plan.wanted > 0 && report.steady.map { $0 >= .seconds(5) } ?? false
        if counts.unknown > 0 || isIgnored, !saidUnknown {
            saidUnknown = true
            complain("⚠️  Central serves those whom it knows, and the fleet is not among them: start it, or wattline up, with --access any")
        }
        if counts.tooFewVehicles > 0, !saidFewVehicles {
            saidFewVehicles = true
            complain(
                "⚠️  Central lets a driver charge fewer vehicles at a time than the \(settings.plan.vehiclesPerDriver) that each has here:"
                    + " start Central, or wattline up, with --vehicles \(settings.plan.vehiclesPerDriver), or let the fleet have more --drivers")
        }
    }

    private func show() {
        seconds += 1
        defer { last = report.counts }
        let line = report.live(
            messages: report.counts.messages.subtracting(clamped: last.messages),
            readings: report.counts.readingsSent.subtracting(clamped: last.readingsSent))
        if settings.isTerminal {
            write("\r\u{1B}[K" + String(line.prefix(max(20, columns - 1))))
        } else if !settings.isJSON, seconds % FleetRun.lineInterval == 0 {
            Output.writeLine(line)
        }
    }

    private func finish() {
        var counts = total
        // Who is connected and supplies at the end is who was when it was told to stop.
        counts.connected = report.counts.connected
        counts.supplying = report.counts.supplying
        counts.errors += hasFailed ? 1 : 0
        report.counts = counts
        if settings.isTerminal { write("\r\u{1B}[K") }
        if settings.isJSON { Output.writeLine(report.json) } else { Output.write(report.text) }
        loop.shutdown()
    }

    private func fail(_ why: String) {
        hasFailed = true
        complain("✖ \(why)")
    }

    /// Says something on standard error, in the place of the line that shows the fleet.
    private func complain(_ text: String) { write((settings.isTerminal ? "\r\u{1B}[K" : "") + text + "\n") }

    /// The width of the terminal.
    private var columns: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    private func say(_ line: String) { if settings.isJSON { complain(line) } else { Output.writeLine(line) } }
}

/// Writes on standard error, as it is.
private func write(_ text: String) { DescriptorSink.standardError.write(Array(text.utf8)) }
