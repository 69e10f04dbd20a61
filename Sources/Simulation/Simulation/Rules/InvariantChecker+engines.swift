internal import ChargingModel
internal import Ledger
internal import Runtime

/// Checks of engines: their memory at start, their writes, their messages and their supply.
extension InvariantChecker {
    func woke(_ engine: EngineProgram, _ memory: EngineMemory, _ world: World) {
        underWay[engine.index] = memory.active?.session
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

    func journalled(_ entries: [EngineEntry], by engine: EngineProgram, _ world: World) {
        for entry in entries {
            switch entry {
            case .minted(let meter):
                meters[meter] = Meter(cp: engine.cp)
                engine.meter = meter
            case .register(let register), .jumped(let register): reach(register, engine)
            case .ended(let record):
                underWay[engine.index] = nil
                reach(record.endRegister, engine)
                measure(record, engine, world)
            case .acknowledged(let session): wasAcknowledged(session, engine, world)
            case .forgotten: break
            case .left: underWay[engine.index] = nil
            case .started(let session): underWay[engine.index] = session.session
            }
        }
    }

    /// Checks S4: the ACK comes after the ledger's commit, and is of this engine's own record.
    private func wasAcknowledged(_ session: SessionID, _ engine: EngineProgram, _ world: World) {
        guard let record = engine.runtime?.core.memory.record(of: session) else { return }
        let book = world.ledger.book
        // This very one, and not another of its session.
        if book.strays(of: session).contains(where: { $0.key == StrayRecord.Key(record, from: engine.cp) }) { return }
        // Of no session of the ledger's, and without energy: there is nothing to keep (S6).
        if book.session(session) == nil, record.energy == .zero { return }
        if let held = book.session(session), held.isComplete {
            if record.energy == .zero { return }
            if held.billedMeter == record.meter, held.startRegister == record.startRegister, held.register == record.endRegister { return }
        }
        world.violate("S4", "\(engine.name) is told that the record of session \(session) is safe, and the ledger does not have it")
    }

    private func reach(_ register: Energy, _ engine: EngineProgram) {
        guard let meter = engine.runtime?.core.memory.meter, let known = meters[meter] else { return }
        meters[meter]?.register = max(known.register, register)
    }

    /// Checks S3: every register value is on the disk before it is told.
    func publishes(_ message: BusMessage, _ engine: EngineProgram, _ world: World) {
        if case .state(let state) = message, state.state == .disconnected, !state.isAway, let session = underWay[engine.index] {
            world.violate("P10", "\(engine.name) says that it is stopped, and its disk does not have the end of session \(session)")
        }
        let told: (MeterID?, Energy?) =
            switch message {
            case .telemetry(let telemetry): (engine.runtime?.core.memory.meter, telemetry.register)
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

    /// Checks that energy flows only for what was promised, once, and soon.
    func supplies(_ session: SessionID, at engine: EngineProgram, _ world: World) {
        guard let promise = promises[session] else {
            if engine.runtime?.core.memory.active?.provenance.origin == .offline { return }
            return world.violate("S1", "\(engine.name) supplies session \(session), which the ledger does not have")
        }
        let cp = promise.assignment.cp
        if cp != engine.cp { world.violate("S1", "\(engine.name) supplies session \(session), which was promised at \(cp)") }
        if promise.suppliedOn[engine.meter] != nil {
            world.violate("P12", "\(engine.name) supplies session \(session) a second time")
        }
        promises[session]?.suppliedOn[engine.meter] = world.clock
        let late = world.clock - promise.at
        // In the broker 2 s, and 2 s more when it comes twice; on the way 3 s; read by a process that stood still for 5 s; journalled in 2 s.
        if late > .seconds(2 + 2 + 3 + 5 + 2) { world.violate("P12", "\(engine.name) acts on the START of session \(session) after \(late)") }
    }
}
