internal import ChargingModel
internal import JSON
internal import NetworkView
internal import Services

/// The network as the HTTP side knows it: a copy of what Central sees, some milliseconds old, and the stream of its changes.
///
/// Everything is encoded once, however many look on.
actor NetworkFeed {
    static let closedLimit = 30
    /// The most bytes of events that a reader is sent after it missed them. Beyond these it gets everything anew, which is made once for all.
    static let backlogLimit = 256 * 1024
    static let logLimit = 200
    /// The beats for which events are kept for a reader that is away; without any reader they are not made.
    static let patience: UInt64 = 6

    /// The name of this run of Central in the ids of events, which tells it from others.
    let instance: String
    private(set) var points: [ChargePointID: PointView] = [:]
    private(set) var open: [SessionID: SessionView] = [:]
    private var openOf: [DriverID: Set<SessionID>] = [:]
    /// The closed sessions, the last closed last.
    private(set) var closed: [SessionView] = []
    private(set) var drivers: [DriverID: DriverView] = [:]
    private(set) var log: [LogEntry] = []
    private(set) var central = CentralView()
    private(set) var bus = BusView()
    private(set) var counts = Counts()
    private(set) var health = Health()
    /// Another number whenever gateways or stations are; 0 where there is none. What they are is not told to everybody.
    private(set) var stations: UInt64 = 0
    private(set) var day: Day?
    /// The number of closings, and late records, that were told.
    private(set) var closings: UInt64 = 0
    private var sum = RunningTotals()
    private var shownTotals: Totals?
    private var ring = EventRing()
    private(set) var beats: UInt64 = 0
    /// The beat at which a reader was there last.
    private var lastRead: UInt64 = 0
    private var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    private var lastWaiter: UInt64 = 0
    private var isClosed = false
    /// The table of points as it was written last; kept while nothing changes.
    private var table: [UInt8]?
    private var snapshot: (number: UInt64, bytes: [UInt8])?

    init(instance: String) { self.instance = instance }

    // MARK: What Central tells

    func take(_ update: CentralUpdate, at now: WallTime) {
        let changes = update.changes
        absorb(changes)
        counts = update.counts
        var condition = Health(update.condition, brokerReason: bus.reason)
        condition.certificates = health.certificates
        let isNewHealth = condition != health
        health = condition
        let areOtherStations = stations != update.condition.stations
        stations = update.condition.stations
        table = nil
        publish(changes, isNewHealth: isNewHealth, areOtherStations: areOtherStations, at: now)
    }

    /// Takes the ends of the certificates.
    func take(certificates: [String: WallTime], at now: WallTime) {
        guard certificates != health.certificates else { return }
        health.certificates = certificates
        add("change") { json in
            json.time("now", now)
            json.object("health") { health.write(&$0) }
        }
    }

    private func absorb(_ changes: NetworkChanges) {
        for (point, _) in changes.points { sum.replace(points.updateValue(point, forKey: point.cp), with: point, central) }
        for cp in changes.removed { sum.replace(points.removeValue(forKey: cp), with: nil, central) }
        for session in changes.sessions {
            if session.phase.isOpen {
                replace(open.updateValue(session, forKey: session.session), with: session)
            } else {
                replace(open.removeValue(forKey: session.session), with: nil)
                closings += 1
                closed.removeAll { $0.session == session.session }
                closed.append(session)
            }
        }
        if closed.count > NetworkFeed.closedLimit { closed.removeFirst(closed.count - NetworkFeed.closedLimit) }
        for session in changes.lost { replace(open.removeValue(forKey: session), with: nil) }
        // A ticket may tell of a session that was begun offline, of which nobody heard before.
        if !changes.drivers.isEmpty { closings += 1 }
        for driver in changes.drivers { drivers[driver.driver] = driver }
        log += changes.log
        if log.count > NetworkFeed.logLimit { log.removeFirst(log.count - NetworkFeed.logLimit) }
        if let (central, bus) = changes.central {
            self.central = central
            self.bus = bus
            sum = RunningTotals(of: points.values, sessions: open.values, central)
        }
    }

    private func replace(_ old: SessionView?, with new: SessionView?) {
        sum.replace(old, with: new)
        if let old, let driver = old.driver {
            openOf[driver]?.remove(old.session)
            if openOf[driver]?.isEmpty == true { openOf[driver] = nil }
        }
        if let new, let driver = new.driver { openOf[driver, default: []].insert(new.session) }
    }

    /// Takes the day's sum, when it was read anew.
    func take(_ day: Day, at now: WallTime) {
        guard day != self.day else { return }
        self.day = day
        add("change") { json in
            json.time("now", now)
            json.object("today") { day.write(&$0) }
        }
    }

    /// Begins a beat: the stream says a word to its readers, so that they notice when there is nobody to talk.
    func beat() {
        beats += 1
        wake()
    }

    var totals: Totals { sum.totals }

    // MARK: The stream

    private func publish(_ changes: NetworkChanges, isNewHealth: Bool, areOtherStations: Bool, at now: WallTime) {
        let totals = totals
        let isNewTotals = totals != shownTotals
        shownTotals = totals
        add("change") { json in
            json.time("now", now)
            let whole = changes.points.filter { $0.change == .whole }.map(\.point)
            if !whole.isEmpty { json.array("points") { array in for point in whole { array.object { point.write(&$0, central) } } } }
            let readings = changes.points.filter { $0.change == .telemetry && $0.point.telemetry != nil }.map(\.point)
            if !readings.isEmpty { json.array("telemetry") { array in for point in readings { array.object { point.writeTelemetry(&$0) } } } }
            if !changes.removed.isEmpty { json.array("removed") { array in for cp in changes.removed { array.string(nil, cp.text) } } }
            if !changes.sessions.isEmpty {
                json.array("sessions") { array in for session in changes.sessions { array.object { session.write(&$0) } } }
            }
            if !changes.lost.isEmpty { json.array("lost") { array in for session in changes.lost { array.string(nil, session.text) } } }
            if !changes.drivers.isEmpty { json.array("drivers") { array in write(changes.drivers, &array) } }
            if !changes.log.isEmpty { json.array("log") { array in for entry in changes.log { array.object { entry.write(&$0) } } } }
            if changes.central != nil {
                json.object("central") { central.write(&$0) }
                json.object("bus") { bus.write(&$0) }
            }
            if isNewHealth { json.object("health") { health.write(&$0) } }
            if isNewTotals { json.object("totals") { totals.write(&$0) } }
            if areOtherStations { json.integer("stations", stations) }
        }
    }

    private func add(_ kind: String, _ body: (inout JSONWriter) -> Void) {
        if beats - lastRead > NetworkFeed.patience { ring.skip() } else { ring.add { number in frame(kind, "\(instance)-\(number)", body) } }
        wake()
    }

    private func frame(_ kind: String, _ id: String?, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(capacity: 1024)
        json.object { body(&$0) }
        let head = (id.map { "id: \($0)\n" } ?? "") + "event: \(kind)\ndata: "
        return Array(head.utf8) + json.bytes + Array("\n\n".utf8)
    }

    /// The position of a reader that has heard this event last; `nil` when it must begin anew.
    func position(after id: String?) -> UInt64? {
        guard let id, let dash = id.lastIndex(of: "-"), id[..<dash] == instance, let number = UInt64(id[id.index(after: dash)...]) else { return nil }
        return ring.after(number) == nil ? nil : number
    }

    /// The events after a position, together, and the new position; everything anew when they are not kept any more, or there is no position.
    func news(after position: UInt64?) -> (bytes: [UInt8], position: UInt64) {
        lastRead = beats
        // A single event is never more than everything anew, however much changed at once.
        if let position, let events = ring.after(position), events.count == 1 || events.reduce(0, { $0 + $1.count }) <= NetworkFeed.backlogLimit {
            return (events.count == 1 ? events[events.startIndex] : Array(events.joined()), ring.last)
        }
        if let snapshot, snapshot.number == ring.last { return (snapshot.bytes, ring.last) }
        let bytes = frame("snapshot", "\(instance)-\(ring.last)") { json in writeSnapshot(&json) }
        snapshot = (ring.last, bytes)
        return (bytes, ring.last)
    }

    func beatFrame(at now: WallTime) -> [UInt8] { frame("beat", nil) { $0.time("now", now) } }

    /// Waits until there is something behind the position, a beat is due, the board is closed, or its task is cancelled.
    func wait(behind position: UInt64, beats: UInt64) async {
        guard ring.last <= position, self.beats == beats, !isClosed, !Task.isCancelled else { return }
        lastWaiter += 1
        let number = lastWaiter
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiters[number] = $0 }
        } onCancel: {
            Task { await self.dismiss(number) }
        }
    }

    /// Waits until the board shows what was just done, so that whoever asks next sees it; until the next beat at the latest.
    func settled(_ isShown: @Sendable (isolated NetworkFeed) -> Bool) async {
        let began = beats
        while !isShown(self), beats == began, !isClosed, !Task.isCancelled { await wait(behind: ring.last, beats: began) }
    }

    private func dismiss(_ number: UInt64) { waiters.removeValue(forKey: number)?.resume() }

    private func wake() {
        let waiting = waiters
        waiters = [:]
        for waiter in waiting.values { waiter.resume() }
    }

    /// Wakes all who wait; nobody waits any more.
    func close() {
        isClosed = true
        wake()
    }

    var isOver: Bool { isClosed }

    private func writeSnapshot(_ json: inout JSONWriter) {
        json.string("instance", instance)
        json.time("now", .present())
        json.array("points") { array in
            for cp in points.keys.sorted() {
                array.object { object in
                    points[cp]?.write(&object, central)
                    points[cp]?.writeCurve(&object)
                }
            }
        }
        json.array("sessions") { array in for id in open.keys.sorted() { array.object { open[id]?.write(&$0) } } }
        json.array("closed") { array in for session in closed.reversed() { array.object { session.write(&$0) } } }
        json.array("drivers") { array in write(drivers.values.sorted { $0.driver < $1.driver }, &array) }
        json.array("log") { array in for entry in log { array.object { entry.write(&$0) } } }
        json.object("central") { central.write(&$0) }
        json.object("bus") { bus.write(&$0) }
        json.object("health") { health.write(&$0) }
        json.object("totals") { totals.write(&$0) }
        json.integer("stations", stations)
        if let day { json.object("today") { day.write(&$0) } } else { json.null("today") }
    }

    // MARK: Tables

    /// The rows of points that fit.
    func pointTable(where fits: @Sendable (PointView, CentralView) -> Bool) -> [UInt8] {
        var json = JSONWriter(capacity: 512 * points.count + 16)
        json.array { array in
            for point in points.values.sorted(by: { $0.cp < $1.cp }) where fits(point, central) { array.object { point.write(&$0, central) } }
        }
        json.lineBreak()
        return json.bytes
    }

    /// All rows of points.
    func pointTable() -> [UInt8] {
        if let table { return table }
        let made = pointTable { _, _ in true }
        table = made
        return made
    }

    func telemetryTable() -> [UInt8] {
        var json = JSONWriter()
        json.array { array in
            for point in points.values.sorted(by: { $0.cp < $1.cp }) where point.telemetry != nil { array.object { point.writeTelemetry(&$0) } }
        }
        json.lineBreak()
        return json.bytes
    }

    func driverTable() -> [UInt8] {
        var json = JSONWriter()
        json.array { array in write(drivers.values.sorted { $0.driver < $1.driver }, &array) }
        json.lineBreak()
        return json.bytes
    }

    func driver(_ id: DriverID) -> [UInt8]? {
        guard let driver = drivers[id] else { return nil }
        var json = JSONWriter()
        write([driver], &json)
        json.lineBreak()
        return json.bytes
    }

    private func write(_ drivers: [DriverView], _ json: inout JSONWriter) {
        for driver in drivers { json.object { driver.write(&$0, open: openOf[driver.driver]?.sorted() ?? []) } }
    }
}
