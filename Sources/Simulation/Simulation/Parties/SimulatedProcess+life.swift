internal import ChargingModel
internal import MQTT
internal import Runtime

extension SimulatedProcess {
    /// Starts, with those of its process.
    func boot(in world: World) {
        guard let group else { return bootAlone(in: world) }
        guard !group.isAlive else { return }
        for member in group.members {
            member.bootAlone(in: world)
            // One that can't takes the others with it.
            guard member.isAlive || member.isAbsent else { return }
        }
        if group.leader.isAlive { group.started(world) }
    }

    private func bootAlone(in world: World) {
        guard !isAlive, isWanted, !isAbsent else { return }
        life += 1
        isAlive = true
        isHung = false
        fuse = nil
        plannedTick = nil
        inbox = []
        random = SplitMix(world.scenario.seed, 0x2_0000 + UInt64(index), UInt64(life))
        world.tell("\(name) starts")
        guard program.wakeUp(seed: random.next(), in: world) else { return die("it could not start", in: world) }
        for result in lateResults { world.plan(.late(self, life: life, result), after: random.duration(below: .seconds(2))) }
        lateResults = []
        settle(in: world)
    }

    /// Dies at once, with those of its process.
    func die(_ why: String, losingPower: Bool = false, in world: World) {
        guard let group else { return dieAlone(why, losingPower: losingPower, in: world) }
        let wasAlive = group.isAlive
        for member in group.members { member.dieAlone(why, losingPower: losingPower, in: world) }
        if wasAlive { group.died(world) }
        if wasAlive, group.isWanted { bootLater(group.leader, in: world) }
    }

    /// Ends well; those of its process go on until they have, too.
    func end(in world: World) {
        dieAlone("it was stopped", losingPower: false, in: world)
        guard let group, !group.isAlive else { return }
        group.died(world)
        if group.isWanted { bootLater(group.leader, in: world) }
    }

    /// Its disk keeps what was written; of what is being written a part.
    private func dieAlone(_ why: String, losingPower: Bool, in world: World) {
        guard isAlive else { return }
        world.tell("\(name) dies: \(why)")
        isAlive = false
        isHung = false
        deferred = []
        inbox = []
        if let (_, work, then) = diskWork {
            disk.callsLeft = Int.random(in: 0...7, using: &random)
            then(work())
            disk.callsLeft = nil
            diskWork = nil
        }
        if losingPower { disk.losePower(&random) }
        if let left = connection {
            connection = nil
            if losingPower { world.vanish(left) } else { world.close(left, saying: .closed) }
        }
        program.forget(in: world)
        journal = nil
        journalGroup = nil
        if group == nil, isWanted { bootLater(self, in: world) }
    }

    private func bootLater(_ process: SimulatedProcess, in world: World) {
        world.plan(.boot(process), after: .seconds(1) + random.duration(below: .milliseconds(200)))
    }

    /// It is not needed any more, or was never meant to be: it stops well, and stays away.
    func retire(in world: World) {
        absences += 1
        if isHung { goOn(in: world) }
        stop(in: world)
    }

    /// Ends well (P10).
    func stop(in world: World) {
        group?.stops(world)
        for process in group?.members ?? [self] where process.isAlive { process.feed(.stop, in: world) }
    }

    func hang(for duration: Duration, in world: World) {
        for process in group?.members ?? [self] { process.hangAlone(for: duration, in: world) }
    }

    private func hangAlone(for duration: Duration, in world: World) {
        guard isAlive else { return }
        world.plan(.resume(self, life: life), after: duration)
        hungUntil = isHung ? max(hungUntil, world.clock + duration) : world.clock + duration
        guard !isHung else { return }
        isHung = true
        hungSince = world.clock
        if let connection = connection, connection.isOpenAtBroker { world.silence(connection) }
    }

    func resume(_ life: UInt32, in world: World) {
        if isAlive, self.life == life, isHung, world.clock >= hungUntil { goOn(in: world) }
    }

    /// A process that stood still notices it before it reads anything (P12).
    func goOn(in world: World) {
        isHung = false
        world.tell("\(name) goes on")
        program.feed(.bus(.stalled(world.clock - hungSince)), in: world)
        let events = deferred
        deferred = []
        for event in events { world.queue.insert(event, at: world.clock) }
        if let connection = connection { world.planDown(connection) }
        plannedTick = nil
        settle(in: world)
    }

    // MARK: Time

    func planTick(in world: World) {
        guard isAlive, let deadline = program.deadline else { return }
        let due = max(clock.time(of: deadline), world.clock)
        if let planned = plannedTick, planned <= due { return }
        plannedTick = due
        world.queue.insert(.tick(self, life: life), at: due)
    }

    func wake(_ life: UInt32, in world: World) {
        guard isRunning(life) else { return }
        // One that was planned before an earlier one finds nothing due.
        if let planned = plannedTick, planned <= world.clock { plannedTick = nil }
        if let deadline = program.deadline, deadline <= now(in: world).monotonic { program.feed(.tick, in: world) }
        settle(in: world)
    }
}
