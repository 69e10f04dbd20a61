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
        let specification: (ChargePointID) -> EngineCore.Specification
        /// Called when it, or a point of it, can't go on.
        let onFailure: (String) -> Void
        let onEnd: () -> Void
    }

    private enum Input {
        case begin
        case event(StationCore.Event)
        /// The entries that were handed out last are on the disk.
        case written
    }

    /// As it calls itself; by the name of its directory as long as it has not been here.
    var name: StationName
    private(set) var core: StationCore
    private let around: Surroundings
    private let store: StationStore
    private let reporter: StationReporter
    private var gate = StationGate()
    private var timer: CoreTimer?
    private(set) var points: [Int32: StationPoint] = [:]
    /// The sessions of which the engine's journal must have the record before the station may forget them, by the connector.
    private var awaited: [Int32: [SessionID]] = [:]
    /// The requests with which sessions were asked for here.
    private var admitted: [SessionID: RequestID] = [:]
    private var waiting: [Input] = []
    private var isFeeding = false
    private var lastTicket: UInt64 = StationHost.newSeed()
    private var records: Int
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
        var connectors: [Int32: StationCore.Connector] = [:]
        for point in found {
            let memory = point.engine.memory
            let wanted = memory.active.flatMap { active in
                active.isMetered ? nil : StationCore.Connector.Wanted(active.session, token: active.provenance.token?.text)
            }
            let charging = memory.active.flatMap { $0.isMetered ? $0.session : nil }
            connectors[point.evse] = StationCore.Connector(register: memory.register, wanted: wanted, charging: charging)
        }
        core = StationCore(id: name.text, memory: store.memory, connectors: connectors, seed: StationHost.newSeed())
        timer = CoreTimer(around.loop) { [weak self] in self?.feed(.tick) }
        for point in found { try add(point) }
    }

    func start() {
        for point in points.values { point.start() }
        feed(.begin)
    }

    func stop() {
        isStopping = true
        timer?.set(nil)
        for point in points.values { point.stop() }
        if pointsLeft == 0 { around.onEnd() }
    }

    var isOnline: Bool { points.values.allSatisfy(\.isOnline) }

    func feed(_ event: StationCore.Event) { if !isStopping { feed(.event(event)) } }

    /// One input after the other: what comes of carrying one out is the next one.
    private func feed(_ input: Input) {
        guard !isFeeding else { return waiting.append(input) }
        isFeeding = true
        take(input)
        while !waiting.isEmpty { take(waiting.removeFirst()) }
        isFeeding = false
        if !isStopping { timer?.set(core.deadline) }
    }

    private func take(_ input: Input) {
        switch input {
        case .begin: perform(gate.admit(core.begin(at: EventLoop.present())))
        case .event(let event): perform(gate.admit(core.handle(event, at: EventLoop.present())))
        case .written:
            perform(gate.written())
            compactIfLong()
        }
    }

    // MARK: What it wants

    private func perform(_ steps: [StationGate.Step]) {
        for step in steps {
            switch step {
            case .write(let entries): write(entries)
            case .perform(let action): carryOut(action)
            }
        }
    }

    private func carryOut(_ action: StationCore.Action) {
        switch action {
        case .journal: preconditionFailure("the gate hands entries out to be written")
        case .send(let link, let bytes): around.take(.send(SocketID(number: link), bytes))
        case .close(let link, let why): around.take(.close(SocketID(number: link), .policyViolation, why))
        case .found(let evse): find(evse)
        case .engine(let evse, let event): tell(evse, event)
        case .vehicleAwaited(let evse, let session): points[evse]?.engine.feed(.vehicleAwaited(session))
        case .fault(let evse, let why): points[evse]?.engine.feed(.fault(why))
        case .ask(let evse, let request, let token): points[evse]?.engine.feed(.station(.asks(request, token)))
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
        switch event {
        case .reachable(let isReachable): point.away = isReachable ? nil : StationEvent.notConnected
        case .ended(let session, _): awaited[evse, default: []].append(session)
        case .found(let record): awaited[evse, default: []].append(record.session)
        default: break
        }
        point.engine.feed(.station(event))
        settle(evse)
    }

    /// Tells the core which records are in the engine's journal by now.
    private func settle(_ evse: Int32) {
        guard let sessions = awaited[evse], points[evse]?.isSettled == true else { return }
        awaited[evse] = nil
        for session in sessions { feed(.recorded(session)) }
    }

    private func hear(_ action: EngineRuntime.Action, of evse: Int32) {
        switch action {
        case .closeContactor(let session): feed(.start(evse, session, answering: admitted.removeValue(forKey: session)))
        case .station(.admitted(let request, let session)): admitted[session] = request
        case .station(let order): feed(.order(evse, order))
        case .journalled, .notice: break
        }
    }

    // MARK: Connectors

    /// Makes a charge point of a connector that nobody knew.
    private func find(_ evse: Int32) {
        guard points[evse] == nil else { return }
        do {
            let point = try FoundPoint.open(evse, of: name, in: around.context.data)
            try add(point)
            points[evse]?.start()
            onFound()
        } catch {
            around.onFailure("\(error)")
        }
    }

    private func add(_ found: FoundPoint) throws {
        let evse = found.evse
        let cp = name.point(evse)
        let point = try StationPoint(
            around.specification(cp), loop: around.loop, context: around.context, stores: (found.engine, found.monitor), writer: around.writer,
            seed: StationHost.newSeed(), onAction: { [weak self] in self?.hear($0, of: evse) }, onEnd: { [weak self] in self?.pointEnded($0) })
        point.engine.onSettled = { [weak self] in self?.settle(evse) }
        points[evse] = point
        pointsLeft += 1
    }

    private func pointEnded(_ failure: String?) {
        if let failure { return around.onFailure(failure) }
        pointsLeft -= 1
        if pointsLeft == 0, isStopping { around.onEnd() }
    }

    // MARK: The journal

    /// The number of records at which the journal is written anew with what still matters.
    private static let recordsToCompact = 500

    private func write(_ entries: [StationEntry]) {
        lastTicket &+= 1
        around.writer.carryOut(.append(lastTicket, entries.map { StationLine($0).bytes }), on: store.journal) { [weak self] in self?.written($0) }
    }

    private func written(_ result: JournalResult) {
        switch result.outcome {
        case .failed(let why, _): around.onFailure("the journal of station \(name) can't be written: \(why)")
        case .done(let count):
            records = count
            feed(.written)
        }
    }

    private func compactIfLong() {
        guard gate.isIdle, records >= StationHost.recordsToCompact else { return }
        records = 0
        lastTicket &+= 1
        let snapshot = core.memory.entries.map { StationLine($0).bytes }
        around.writer.carryOut(.compact(lastTicket, snapshot), on: store.journal) { [weak self] result in
            if case .done(let count) = result.outcome { self?.records = count }
        }
    }
}
