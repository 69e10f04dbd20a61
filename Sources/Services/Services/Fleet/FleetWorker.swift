internal import ChargingModel
public import EventLoop
internal import Platform
internal import Settings

/// The part of a fleet in one process: it starts its points and drivers at the wanted rate, and says once a second what it counts.
public actor FleetWorker: Service {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// The time between two reports.
    private static let reportInterval = Duration.seconds(1)
    /// The time between two looks at who is to start, and who is to ask.
    private static let paceInterval = Duration.milliseconds(20)

    private let host: Host
    private let plan: FleetPlan
    private let points: [FleetPoint]
    private let drivers: [FleetDriver]
    private let ends: Ends
    private let line = Line()
    private var pointsStarted = 0
    private var driversStarted = 0
    /// The times at which the points, and after them the drivers, began to come.
    private var pointsSince: LoopTime?
    private var driversSince: LoopTime?
    /// The time of the next request, where their number is limited.
    private var nextRequest: LoopTime?
    private var pacing: TimerToken?
    private var reporting: TimerToken?
    private var isStopping = false

    /// The vehicles that are free: a driver's place among those of the process, and the point to which it goes.
    private final class Line {
        var waiting: ArraySlice<(driver: Int, cp: ChargePointID)> = []
    }

    /// Hears of the ends of parties.
    private final class Ends {
        var left = 0
        var failures: UInt64 = 0
        var onLast: () -> Void = {}

        func hear(_ failure: String?, _ log: Log) {
            left -= 1
            if let failure {
                failures += 1
                log.error("❌ \(failure)", event: "party_ended")
            }
            if left == 0 { onLast() }
        }
    }

    /// - Parameter process: which one it is, from 0.
    /// - Throws: when a data directory is in use or damaged, or a setting is unusable.
    public init(host: Host, context: NetworkContext, plan: FleetPlan, process: Int) throws {
        loop = host.loop
        self.host = host
        self.plan = plan
        let ends = Ends()
        self.ends = ends
        let onEnd: (String?) -> Void = { ends.hear($0, context.log) }
        let numbers = plan.share(of: process, among: plan.points)
        let ids = numbers.map { plan.point($0) }
        let engines = try EngineStore.open(ids, in: context.data)
        let monitors = try EpochStore.open(ids.map { context.data.monitor($0) }, in: context.data)
        let writer = try JournalWriter(loop: host.loop, log: context.log)
        let loop = host.loop
        points = try zip(numbers, zip(engines, monitors)).map { number, stores in
            try FleetPoint(number, of: plan, loop: loop, context: context, stores: stores, writer: writer, onEnd: onEnd)
        }
        let line = line
        drivers = try plan.share(of: process, among: plan.drivers).enumerated().map { place, number in
            try FleetDriver(number, of: plan, loop: loop, context: context, onFree: { line.waiting.append((place, $0)) }, onEnd: onEnd)
        }
    }

    public var trouble: String? { nil }

    public func start() {
        report()
        pace()
    }

    private func pace() {
        let now = EventLoop.now()
        startNext(at: now)
        sendNext(at: now)
        pacing = loop.schedule(after: FleetWorker.paceInterval) { [weak self] in self?.assumeIsolated { $0.pace() } }
    }

    /// Lets those ask whose turn it is.
    private func sendNext(at now: LoopTime) {
        guard let interval = plan.requests?.interval(of: plan.processes) else {
            while let (driver, cp) = line.waiting.popFirst() { drivers[driver].send(to: cp) }
            return
        }
        // What nobody wanted is not made up for.
        var due = max(nextRequest ?? now, LoopTime(nanoseconds: now.nanoseconds - max(FleetWorker.paceInterval, interval).nanoseconds))
        while due <= now, let (driver, cp) = line.waiting.popFirst() {
            drivers[driver].send(to: cp)
            due = due + interval
        }
        nextRequest = due
    }

    /// Starts who is due: first the points, then the drivers.
    private func startNext(at now: LoopTime) {
        let connects = plan.connects.interval(of: plan.processes)
        while pointsStarted < points.count, 2 * pointsStarted < due(&pointsSince, connects, at: now) {
            ends.left += 2
            points[pointsStarted].engine.start()
            points[pointsStarted].monitor.start()
            pointsStarted += 1
        }
        while pointsStarted == points.count, driversStarted < drivers.count, driversStarted < due(&driversSince, connects, at: now) {
            ends.left += 1
            drivers[driversStarted].start()
            driversStarted += 1
        }
    }

    /// The number of those that come one in each interval that are due, from the first look on.
    private func due(_ since: inout LoopTime?, _ interval: Duration, at now: LoopTime) -> Int {
        let first = since ?? now
        since = first
        return 1 + Int((now - first) / interval)
    }

    private func report() {
        Output.writeLine(counts.line)
        reporting = loop.schedule(after: FleetWorker.reportInterval) { [weak self] in self?.assumeIsolated { $0.report() } }
    }

    private var counts: FleetCounts {
        var counts = FleetCounts()
        for point in points { point.count(into: &counts) }
        for driver in drivers { driver.count(into: &counts) }
        counts.errors += ends.failures
        return counts
    }

    public func stop() {
        guard !isStopping else { return }
        isStopping = true
        if let pacing { loop.cancel(pacing) }
        guard ends.left > 0 else { return end() }
        ends.onLast = { [weak self] in self?.assumeIsolated { $0.end() } }
        for driver in drivers { driver.stop() }
        for point in points {
            point.engine.stop()
            point.monitor.stop()
        }
    }

    private func end() {
        if let reporting { loop.cancel(reporting) }
        Output.writeLine(counts.line)
        host.ended()
    }
}
