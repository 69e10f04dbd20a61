internal import ChargingModel
internal import ChargingProtocol
internal import Ledger

/// Knows everything and holds it against the rules, at every change of the ledger, at every word on the bus, at every move of an engine. It shares nothing
/// with what it watches: each check costs the same however long the run is.
struct Overseer {
    struct RequestKey: Hashable {
        var driver: DriverID
        var request: RequestID
    }

    /// A meter, as its journal's disk has it and as the ledger has it.
    struct Meter {
        /// What is on the disk for good.
        var register: Energy = .zero
        /// What complete sessions and kept records say.
        var billed: Int64 = 0
        var cp: ChargePointID
    }

    struct Promise {
        var cp: ChargePointID
        var at: Instant
        var suppliedBy: String?
    }

    private struct AskedPoint: Hashable {
        var driver: DriverID
        var cp: ChargePointID
    }

    /// What Central heard of a point, live, in its present connection (P11).
    private struct Heard {
        var engineEpoch: Epoch = 0
        var state: LifecycleState?
        var monitorEpoch: Epoch = 0
        var health: HealthReport.Health?

        var isGood: Bool { state == .activated && health == .ok }
    }

    let vehicles: [DriverID: Int]
    private var heard: [ChargePointID: Heard] = [:]
    /// Whether a point was well when it was asked for, until that is decided.
    private var asked: [AskedPoint: Bool] = [:]
    private var decided: Set<RequestKey> = []
    private(set) var promises: [SessionID: Promise] = [:]
    private var openAt: [ChargePointID: SessionID] = [:]
    private var openOf: [DriverID: Int] = [:]
    private(set) var meters: [MeterID: Meter] = [:]
    /// On the bus: the answer and the outcome that each request was given.
    private var answers: [RequestKey: DriverStatus.Kind.Answer] = [:]
    private var outcomes: [RequestKey: Outcome] = [:]
    /// Meters whose journal is lost with what was not brought home.
    var lostMeters: Set<MeterID> = []
    /// Whether records without a home are to be expected: copies of engines have meters of their own.
    var expectsStrays = false

    init(vehicles: [DriverID: Int]) { self.vehicles = vehicles }

    // MARK: The ledger

    mutating func decides(_ decision: Decision, _ world: World) {
        if !decided.insert(RequestKey(driver: decision.driver, request: decision.request)).inserted {
            world.violate("I2", "request \(decision.request) of \(decision.driver) is decided a second time")
        }
        let wasGood = decision.cp.flatMap { asked.removeValue(forKey: AskedPoint(driver: decision.driver, cp: $0)) }
        switch decision.ruling {
        case .accepted(let assignment):
            world.counts.accepted += 1
            if wasGood == false {
                world.violate(
                    "I5", "\(decision.driver) is accepted at \(assignment.cp), of which Central had not heard, live, that engine and monitor are well"
                )
            }
            if world.central.book.wishes()[assignment.cp] == true {
                world.violate("S8", "\(decision.driver) is accepted at \(assignment.cp), which the operator took out of order")
            }
            if decision.verdict != .activated {
                world.violate("I5", "\(decision.driver) is accepted at \(assignment.cp), which is \(decision.verdict?.rawValue ?? "unknown")")
            }
            world.tell("ledger: \(decision.driver) is accepted at \(assignment.cp), session \(assignment.session)")
        case .denied(let code, let reason):
            world.counts.denied += 1
            world.tell("ledger: \(decision.driver) is denied: \(code.rawValue), \(reason)")
        }
    }

    mutating func opens(_ session: LedgerSession, _ world: World) {
        let cp = session.assignment.cp
        if promises.updateValue(Promise(cp: cp, at: world.clock), forKey: session.id) != nil {
            world.violate("I4", "session \(session.id) is made a second time")
        }
        if let other = openAt.updateValue(session.id, forKey: cp) {
            world.violate("I1", "session \(session.id) is opened at \(cp), where \(other) is open")
        }
        let open = (openOf[session.driver] ?? 0) + 1
        openOf[session.driver] = open
        let limit = vehicles[session.driver] ?? 0
        if open > limit { world.violate("I1", "\(session.driver) has \(open) sessions open, and \(limit) vehicles") }
        if session.closing != nil || session.isComplete { world.violate("I4", "session \(session.id) is closed when it is opened") }
    }

    mutating func changes(_ old: LedgerSession?, to new: LedgerSession, _ world: World) {
        guard let old else { return world.violate("I4", "session \(new.id) is changed, but is not there") }
        if old.assignment != new.assignment || old.driver != new.driver || old.request != new.request || old.accepted != new.accepted {
            world.violate("I4", "the promise of session \(new.id) changes")
        }
        if old.isComplete, old != new { world.violate("I4", "session \(new.id) changes after it was complete") }
        if let closing = old.closing, closing != new.closing {
            world.violate("S5", "session \(new.id) closed as \(closing.reason.rawValue), and now \(new.closing?.reason.rawValue ?? "is open")")
        }
        if old.isOpen, let closing = new.closing {
            if openAt[new.assignment.cp] == new.id { openAt[new.assignment.cp] = nil }
            openOf[new.driver, default: 1] -= 1
            switch closing.reason.outcome {
            case .completed: world.counts.completed += 1
            case .failed: world.counts.failed += 1
            }
            world.tell("ledger: session \(new.id) closes: \(closing.reason.rawValue)\(new.isComplete ? "" : ", incomplete")")
        } else if !old.isComplete, new.isComplete {
            world.tell("ledger: the record of session \(new.id) completes it: \(new.energy)")
        }
        guard new.isComplete, !old.isComplete else { return }
        if let start = new.startRegister, let end = new.register, end - start != new.energy {
            world.violate("I4", "session \(new.id) bills \(new.energy), its registers are \(end - start) apart")
        }
        bill(new.energy, on: new.assignment.meter, at: new.assignment.cp, of: new.id, world)
    }

    mutating func keeps(_ stray: StrayRecord, _ world: World) {
        bill(stray.record.energy, on: stray.record.meter, at: stray.cp, of: stray.record.session, world)
    }

    /// I3, at every moment: no more is billed than the register moved.
    private mutating func bill(_ energy: Energy, on meter: MeterID, at cp: ChargePointID, of session: SessionID, _ world: World) {
        world.counts.wattHours += energy.wattHours
        guard var known = meters[meter] else {
            return world.violate("I3", "session \(session) is billed on meter \(meter), which no engine has")
        }
        known.billed += energy.wattHours
        meters[meter] = known
        if known.billed > known.register.wattHours {
            world.violate(
                "I3", "meter \(meter) of \(cp) moved \(known.register), and with session \(session) \(Energy(wattHours: known.billed)) are billed")
        }
    }

    mutating func strays(_ session: SessionID, at cp: ChargePointID?, _ why: String, _ world: World) {
        world.counts.strays += 1
        world.tell("the record of session \(session) is kept beside the ledger: \(why)")
        if !expectsStrays { world.violate("S6", "the record of session \(session) has no place: \(why)") }
    }

    // MARK: Engines

    mutating func woke(_ engine: EngineProcess, _ memory: ChargePointMemory, _ world: World) {
        guard let meter = memory.meter else {
            guard !engine.isCopy, let known = engine.meter, !lostMeters.contains(known) else { return }
            world.violate("S3", "\(engine.name) has forgotten its meter \(known)")
            return
        }
        engine.meter = meter
        guard let known = meters[meter] else {
            meters[meter] = Meter(register: memory.register, cp: engine.cp)
            return
        }
        if memory.register < known.register {
            world.violate("S3", "\(engine.name) wakes up with \(memory.register) on its register, \(known.register) was journalled")
        }
        meters[meter]?.register = max(memory.register, known.register)
    }

    mutating func journalled(_ entries: [ChargePointEntry], by engine: EngineProcess, _ world: World) {
        for entry in entries {
            switch entry {
            case .minted(let meter):
                meters[meter] = Meter(cp: engine.cp)
                engine.meter = meter
            case .register(let register): reach(register, engine)
            case .ended(let record): reach(record.endRegister, engine)
            case .acknowledged(let session): wasAcknowledged(session, engine, world)
            case .started: break
            }
        }
    }

    /// S4: the ACK comes after the ledger's commit.
    private func wasAcknowledged(_ session: SessionID, _ engine: EngineProcess, _ world: World) {
        guard let meter = engine.core?.memory.meter else { return }
        let book = world.central.book
        if book.session(session)?.isComplete == true || book.hasStray(session, of: meter) { return }
        world.violate("S4", "\(engine.name) is told that the record of session \(session) is safe, and the ledger does not have it")
    }

    private mutating func reach(_ register: Energy, _ engine: EngineProcess) {
        guard let meter = engine.core?.memory.meter, let known = meters[meter] else { return }
        meters[meter]?.register = max(known.register, register)
    }

    /// S3: every register value is on the disk before it is told.
    func publishes(_ message: BusMessage, _ engine: EngineProcess, _ world: World) {
        let told: (MeterID?, Energy?) =
            switch message {
            case .telemetry(let telemetry): (engine.core?.memory.meter, telemetry.register)
            case .state(let state): (state.meter, state.register)
            case .event(let event):
                switch event.kind {
                case .sessionEnded(let record): (record.meter, record.endRegister)
                case .sessionStarted(let start): (start.meter, start.startRegister)
                case .commandRefused: (nil, nil)
                }
            default: (nil, nil)
            }
        guard let meter = told.0, let register = told.1 else { return }
        let known = meters[meter]?.register
        if known.map({ register > $0 }) ?? true {
            world.violate("S3", "\(engine.name) tells of \(register), its journal has \(known.map(String.init(describing:)) ?? "no meter")")
        }
    }

    /// Energy flows only for what was promised, once, and soon.
    mutating func supplies(_ session: SessionID, at engine: EngineProcess, _ world: World) {
        guard let promise = promises[session] else {
            return world.violate("S1", "\(engine.name) supplies session \(session), which the ledger does not have")
        }
        if promise.cp != engine.cp { world.violate("S1", "\(engine.name) supplies session \(session), which was promised at \(promise.cp)") }
        if let before = promise.suppliedBy, before == engine.name {
            world.violate("P12", "\(engine.name) supplies session \(session) a second time")
        }
        promises[session]?.suppliedBy = engine.name
        let late = world.clock - promise.at
        if late > .seconds(2 + 5 + 5) { world.violate("P12", "\(engine.name) acts on the START of session \(session) after \(late)") }
    }

    // MARK: Central

    /// Its connection is gone, or itself: what it heard in it counts no more.
    mutating func centralForgets() {
        heard = [:]
        asked = [:]
    }

    /// What Central is about to hear.
    mutating func centralHears(_ message: BusMessage, retained: Bool) {
        guard !retained else { return }
        switch message {
        case .state(let state):
            var point = heard[state.cp] ?? Heard()
            guard state.epoch >= point.engineEpoch else { return }
            point.engineEpoch = state.epoch
            point.state = state.state
            heard[state.cp] = point
        case .health(let health):
            var point = heard[health.cp] ?? Heard()
            guard health.epoch >= point.monitorEpoch else { return }
            point.monitorEpoch = health.epoch
            point.health = health.health
            heard[health.cp] = point
        default: break
        }
    }

    /// Central is asked for a point, and decides in the same breath.
    mutating func centralIsAsked(by driver: DriverID, for cp: ChargePointID) {
        let key = AskedPoint(driver: driver, cp: cp)
        asked[key] = (asked[key] ?? false) || (heard[cp]?.isGood ?? false)
    }

    // MARK: The bus

    /// I2 on the bus: what was answered may be repeated, never contradicted.
    mutating func hear(_ parcel: Parcel, _ world: World) {
        guard parcel.topic.hasPrefix("driver/"), parcel.topic.hasSuffix("/status"), case .message(.status(let status)) = parcel.reading(world.wire),
            let request = status.request, let answer = status.kind.answer
        else { return }
        let key = RequestKey(driver: status.driver, request: request)
        switch answer {
        case .accepted, .denied:
            guard let before = answers.updateValue(answer, forKey: key), before != answer else { break }
            world.violate("I2", "request \(request) of \(status.driver) was answered \(before), and now \(answer)")
        case .outcome(let session, let outcome):
            if promises[session] == nil { world.violate("S1", "\(status.driver) is told of session \(session), which the ledger does not have") }
            guard let before = outcomes.updateValue(outcome, forKey: key), before != outcome else { break }
            world.violate("I2", "request \(request) of \(status.driver) came out \(before.rawValue), and now \(outcome.rawValue)")
        }
        if case .accepted(let session) = answer, promises[session] == nil {
            world.violate("S1", "\(status.driver) is promised session \(session), which the ledger does not have")
        }
    }
}

extension DriverStatus.Kind {
    /// What a status settles, if it settles anything.
    enum Answer: Hashable {
        case accepted(SessionID)
        case denied(DenialCode)
        case outcome(SessionID, Outcome)
    }

    var answer: Answer? {
        switch self {
        case .accepted(let session, _, _): .accepted(session)
        case .denied(let code, _, _): code.isRecorded ? .denied(code) : nil
        case .inProgress: nil
        case .completed(let session, _, _, _): .outcome(session, .completed)
        case .failed(let session, _, _, _, _): .outcome(session, .failed)
        }
    }
}
