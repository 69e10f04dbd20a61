internal import ChargingModel
internal import Gateway
internal import Journal
internal import Runtime
internal import Station

/// The gateway's side of a station, as its host has it in the real program.
extension SimulatedStation {
    /// All engines and monitors of its process have started.
    func wakeUp(in world: World) {
        isStopping = false
        plannedGatewayWake = nil
        do {
            let opening = try Journal.open(in: "station", disk: leader.disk)
            journal = opening.journal
            records = opening.journal.records
            var memory = StationMemory()
            try JournalReading.each(of: opening.records, in: opening.journal.path) { memory.apply(try StationLine($0).entry) }
            var engines: [Int32: EngineMemory] = [:]
            for (index, engine) in self.engines.enumerated() { engines[Int32(index) + 1] = engine.wokeWith }
            runtime = StationRuntime(id: core.specification.id, memory: memory, engines: engines, seed: leader.random.next())
        } catch let error as JournalError where error.isOfTheDisk {
            return leader.die("it could not start", in: world)
        } catch {
            return world.violate("S3", "the gateway of \(name) can't begin: \(error)")
        }
        inputs.insert(.begin, at: 0)
        drain(in: world)
    }

    func gatewayDied(in world: World) {
        runtime = nil
        journal = nil
        inputs = []
        for socket in sockets {
            socket.isOpenAtGateway = false
            closeAtGateway(socket, in: world)
        }
    }

    func happenAtGateway(_ happening: StationHappening, in world: World) {
        switch happening {
        case .gatewayWake(let life):
            guard leader.isHere(life, .station(self, happening)) else { break }
            if plannedGatewayWake.map({ $0 <= world.clock }) ?? false { plannedGatewayWake = nil }
            if let deadline = runtime?.deadline, deadline <= leader.now(in: world).monotonic { feed(.event(.tick), in: world) }
            planGatewayWake(in: world)
        case .dialled(let socket):
            guard leader.isAlive, runtime != nil, !isStopping else { return closeAtGateway(socket, in: world) }
            guard leader.isHere(leader.life, .station(self, happening)) else { break }
            socket.isOpenAtGateway = true
            world.queue.insert(.station(self, .opened(socket)), at: socket.arrivesAtStation(arrival(in: world)))
            feed(.event(.connected(socket.id, core.specification.version)), in: world)
        case .up(let socket, let bytes):
            guard socket.isOpenAtGateway, !socket.isBroken, leader.isHere(leader.life, .station(self, happening)) else { break }
            world.mix(bytes)
            feed(.event(.text(socket.id, bytes)), in: world)
        case .closedAtGateway(let socket):
            guard socket.isOpenAtGateway, leader.isHere(leader.life, .station(self, happening)) else { break }
            socket.isOpenAtGateway = false
            feed(.event(.disconnected(socket.id)), in: world)
        case .wake, .opened, .down, .closedAtStation: break
        }
    }

    /// Notes what an engine wants, until that has carried out all that it was told.
    func hear(_ input: StationRuntime.Input) { if !isStopping { inputs.append(input) } }

    func feed(_ input: StationRuntime.Input, in world: World) {
        guard !isStopping else { return }
        inputs.append(input)
        drain(in: world)
    }

    /// One input after the other: what comes of carrying one out is the next one.
    func drain(in world: World) {
        guard !isDraining, runtime != nil, leader.isAlive else { return }
        isDraining = true
        while runtime != nil, leader.isAlive, !inputs.isEmpty {
            let input = inputs.removeFirst()
            let outputs = runtime!.handle(input, at: leader.now(in: world))
            for output in outputs {
                guard runtime != nil, leader.step(in: world) else { break }
                carryOut(output, in: world)
            }
            if case .written = input { compactIfLong(in: world) }
        }
        isDraining = false
        planGatewayWake(in: world)
    }

    private func planGatewayWake(in world: World) {
        guard leader.isAlive, !isStopping, let deadline = runtime?.deadline else { return }
        let due = max(leader.clock.time(of: deadline), world.clock)
        if let plannedGatewayWake, plannedGatewayWake <= due { return }
        plannedGatewayWake = due
        world.queue.insert(.station(self, .gatewayWake(leader.life)), at: due)
    }

    private func carryOut(_ output: StationRuntime.Output, in world: World) {
        switch output {
        case .write(let entries): write(entries, in: world)
        case .send(let id, let bytes):
            guard let socket = sockets.first(where: { $0.id == id }), socket.isOpenAtGateway, !socket.isBroken else { break }
            world.queue.insert(.station(self, .down(socket, bytes)), at: socket.arrivesAtStation(arrival(in: world)))
        case .close(let id, _):
            guard let socket = sockets.first(where: { $0.id == id }), socket.isOpenAtGateway else { break }
            closeAtGateway(socket, in: world)
            inputs.append(.event(.disconnected(id)))
        case .tell(let evse, let event):
            tell(evse, .station(event), in: world)
            runtime?.told(evse, event)
            settle(evse)
        case .vehicleAwaited(let evse, let session): tell(evse, .vehicleAwaited(session), in: world)
        case .fault(let evse, let why): tell(evse, .fault(why), in: world)
        case .notice(let notice): if notice.isNews { world.tell("the gateway of \(name): \(notice)") }
        case .find, .answered: break
        }
    }

    private func tell(_ evse: Int32, _ event: EngineRuntime.Event, in world: World) {
        let index = Int(evse) - 1
        guard engines.indices.contains(index) else { return }
        engines[index].tell(event, in: world)
    }

    /// Notes when the records that the station waits for are in an engine's journal.
    func settle(_ evse: Int32) {
        guard !isStopping, runtime?.awaits(evse) == true, engines[Int(evse) - 1].runtime?.isJournalIdle == true else { return }
        inputs.append(.settled(evse))
    }

    // MARK: The journal

    private static let recordsToCompact = 60

    private func write(_ entries: [StationEntry], in world: World) {
        lastTicket += 1
        // The signed values are in a file that nobody reads back.
        order(.append(lastTicket, entries.lines), in: world) { [unowned self] count, world in
            records = count
            feed(.written, in: world)
        }
    }

    private func compactIfLong(in world: World) {
        guard let runtime, runtime.isIdle, records >= SimulatedStation.recordsToCompact else { return }
        records = 0
        lastTicket += 1
        order(.compact(lastTicket, runtime.core.memory.entries.map { StationLine($0).bytes }), in: world) { [unowned self] count, _ in records = count
        }
    }

    private func order(_ order: JournalOrder, in world: World, then: @escaping (Int, World) -> Void) {
        guard let journal, let group = leader.journalGroup else { return }
        let life = leader.life
        group.carryOut(order, on: journal) { [unowned self, unowned world] result in
            guard leader.isAlive, leader.life == life else { return }
            switch result.outcome {
            case .done(let count): then(count, world)
            // What could not be compacted goes on as it is.
            case .failed(let why, _): if case .append = order { leader.die("the journal of \(name) can't be written: \(why)", in: world) }
            }
        }
    }
}

extension StationCore.Notice {
    /// True for what somebody wants to read who looks for a fault.
    fileprivate var isNews: Bool {
        switch self {
        case .booted, .status, .quirk: false
        case .turnedAway, .unmatchedStop, .beginningLost, .registerFell, .metersChanged, .broken, .callFailed: true
        }
    }
}
