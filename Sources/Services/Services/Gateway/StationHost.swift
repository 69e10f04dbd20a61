internal import ChargingModel
internal import EventLoop
internal import Gateway
internal import Journal
internal import OCPP
internal import Platform
internal import Runtime
internal import Settings
internal import WebSocket

/// A station in the gateway: its core, its journal, and the charge points of its connectors. Bound to its loop.
final class StationHost {
    /// The parts of the gateway that a station needs.
    struct Surroundings {
        let loop: EventLoop
        let context: NetworkContext
        let writer: JournalWriter
        let take: (DoorOrder) -> Void
        let points: StationPoints
        let specification: (ChargePointID) -> EngineCore.Specification
        /// The reason why there are no descriptors for another point; `nil` while there are.
        let crowd: () -> String?
        /// Called when it, or a point of it, can't go on; it is to be stopped then.
        let onFailure: (StationFailure) -> Void
        let onEnd: () -> Void
    }

    /// As it calls itself; by the name of its directory as long as it has not been here.
    var name: StationName
    private var runtime: StationRuntime
    var core: StationCore { runtime.core }
    private let around: Surroundings
    private let store: StationStore
    private let reporter: StationReporter
    private var timer: CoreTimer?
    private(set) var points: [Int32: StationPoint] = [:]
    private var waiting: [StationRuntime.Input] = []
    private var isFeeding = false
    private var lastTicket: UInt64 = StationHost.newSeed()
    private var records: Int
    /// The file of what its meters signed; opened when there is something.
    private var evidence: Journal?
    private var commitsLeft = 0
    private var isStopping = false
    private var pointsLeft = 0

    private static func newSeed() -> UInt64 { UInt64.random(in: .min ... .max) }

    /// - Throws: when a setting is unusable.
    init(_ name: StationName, store: StationStore, points found: [FoundPoint], _ around: Surroundings) throws {
        self.name = name
        self.around = around
        self.store = store
        reporter = StationReporter(log: around.context.log, station: name)
        records = store.journal.records
        runtime = StationRuntime(
            id: name.text, memory: store.memory, engines: Dictionary(found.map { ($0.evse, $0.engine.memory) }) { first, _ in first },
            seed: StationHost.newSeed())
        timer = CoreTimer(around.loop) { [weak self] in self?.feed(.event(.tick)) }
        for point in found { try add(point) }
    }

    func start() {
        for point in points.values { point.start() }
        feed(.begin)
    }

    func stop() {
        isStopping = true
        timer?.set(nil)
        // Else the last of its points to end says so, which may be at once.
        guard pointsLeft > 0 else { return around.onEnd() }
        for point in points.values { point.stop() }
    }

    /// True when nothing of it goes on any more.
    var isOver: Bool { isStopping && pointsLeft == 0 }

    var isOnline: Bool { points.values.allSatisfy(\.isOnline) }

    func feed(_ event: StationCore.Event) { if !isStopping { feed(.event(event)) } }

    /// One input after the other: what comes of carrying one out is the next one.
    private func feed(_ input: StationRuntime.Input) {
        guard !isFeeding else { return waiting.append(input) }
        isFeeding = true
        take(input)
        while !waiting.isEmpty { take(waiting.removeFirst()) }
        isFeeding = false
        if !isStopping { timer?.set(runtime.deadline) }
    }

    private func take(_ input: StationRuntime.Input) {
        for output in runtime.handle(input, at: EventLoop.present()) { carryOut(output) }
        if case .written = input { compactIfLong() }
    }

    // MARK: What it wants

    private func carryOut(_ output: StationRuntime.Output) {
        switch output {
        case .write(let entries): write(entries)
        case .send(let link, let bytes): around.take(.send(SocketID(number: link), bytes))
        case .close(let link, let why): around.take(.close(SocketID(number: link), .policyViolation, why))
        case .find(let evse): find(evse)
        case .tell(let evse, let event): tell(evse, event)
        case .vehicleAwaited(let evse, let session): points[evse]?.engine.feed(.vehicleAwaited(session))
        case .fault(let evse, let why): points[evse]?.engine.feed(.fault(why))
        case .answered(let question, let outcome): onAnswer(question, outcome)
        case .notice(let notice):
            reporter.say(notice)
            onNotice(notice)
        }
    }

    var onNotice: (StationCore.Notice) -> Void = { _ in }
    /// A connector has come to be known.
    var onFound: () -> Void = {}

    /// Hears what came of a call that somebody asked for.
    var onAnswer: (UInt64, StationCore.CallOutcome) -> Void = { _, _ in }

    private func tell(_ evse: Int32, _ event: StationEvent) {
        guard let point = points[evse] else { return }
        if case .reachable(let isReachable) = event { point.away = isReachable ? nil : StationEvent.notConnected }
        point.engine.feed(.station(event))
        runtime.told(evse, event)
        settle(evse)
    }

    /// Tells which records are in the engine's journal by now.
    private func settle(_ evse: Int32) {
        if !isStopping, runtime.awaits(evse), points[evse]?.isSettled == true { feed(.settled(evse)) }
    }

    private func hear(_ action: EngineRuntime.Action, of evse: Int32) {
        guard !isStopping else { return }
        switch action {
        case .closeContactor(let session): feed(.supplies(evse, session))
        case .station(let order): feed(StationRuntime.Input.order(evse, order))
        case .journalled, .notice: break
        }
    }

    // MARK: Connectors

    /// The charge point of a connector.
    func point(_ evse: Int32) -> ChargePointID { around.points.point(evse, of: name) }

    /// Makes a charge point of a connector that nobody knew.
    private func find(_ evse: Int32) {
        guard !isStopping, points[evse] == nil else { return }
        if !points.isEmpty, let why = around.crowd() {
            // What is metered there waits in the station's journal; the connectors that have a point go on.
            return around.context.log.error("❌ Connector \(evse) of station \(name) is no charge point: \(why)", event: "no_room")
        }
        do {
            let point = try FoundPoint.open(evse, of: name, as: around.points, in: around.context.data)
            try add(point)
            points[evse]?.start()
            onFound()
        } catch {
            around.onFailure(.itsOwn("\(error)"))
        }
    }

    private func add(_ found: FoundPoint) throws {
        let evse = found.evse
        let point = try StationPoint(
            around.specification(point(evse)), loop: around.loop, context: around.context, stores: (found.engine, found.monitor),
            writer: around.writer,
            seed: StationHost.newSeed(), onAction: { [weak self] in self?.hear($0, of: evse) },
            onFailure: around.onFailure, onEnd: { [weak self] in self?.pointEnded() })
        point.engine.onSettled = { [weak self] in self?.settle(evse) }
        points[evse] = point
        pointsLeft += 1
    }

    private func pointEnded() {
        pointsLeft -= 1
        if isOver { around.onEnd() }
    }

    // MARK: The journal

    /// The number of records at which the journal is written anew with what still matters.
    private static let recordsToCompact = 500

    /// Writes the journal, and in the same commit what meters signed to a file of its own.
    private func write(_ entries: [StationEntry]) {
        let (lines, signed) = (entries.lines, entries.signedLines)
        do {
            let evidence = signed.isEmpty ? nil : try openedEvidence()
            commitsLeft = (lines.isEmpty ? 0 : 1) + (evidence == nil ? 0 : 1)
            if !lines.isEmpty { append(lines, to: store.journal) { [weak self] in self?.records = $0 } }
            if let evidence { append(signed, to: evidence) { _ in } }
        } catch {
            around.onFailure(.itsOwn("\(error)"))
        }
    }

    private func append(_ records: [[UInt8]], to journal: Journal, _ done: @escaping (Int) -> Void) {
        lastTicket &+= 1
        around.writer.carryOut(.append(lastTicket, records), on: journal) { [weak self] result in
            guard let self else { return }
            switch result.outcome {
            case .failed(let why, _): around.onFailure(.ofAll("the journal \(journal) of station \(name) can't be written: \(why)"))
            case .done(let count):
                done(count)
                commitsLeft -= 1
                if commitsLeft == 0 { feed(.written) }
            }
        }
    }

    private func openedEvidence() throws -> Journal {
        if let evidence { return evidence }
        let directory = around.context.data.stationSigned(name.directory)
        try DataDirectory.create(directory)
        let opened = try Journal.openAtEnd(in: directory)
        evidence = opened
        return opened
    }

    private func compactIfLong() {
        guard runtime.isIdle, records >= StationHost.recordsToCompact else { return }
        records = 0
        lastTicket &+= 1
        let snapshot = core.memory.entries.map { StationLine($0).bytes }
        around.writer.carryOut(.compact(lastTicket, snapshot), on: store.journal) { [weak self] result in
            if case .done(let count) = result.outcome { self?.records = count }
        }
    }
}
