internal import ChargingModel
internal import ChargingProtocol
internal import Journal
internal import MQTT

/// One program of the network on a machine of its own: its life, its clock, its disk, and its client by the real rules of presence.
class Process {
    let index: Int
    let party: Party
    /// Whether it is the second one of its name, started by mistake.
    let isCopy: Bool
    let clientID: String
    /// It lives longer than they do.
    unowned(unsafe) var world: World!
    var clock = MachineClock()
    var disk = SimulatedDisk()

    /// Tells this life from earlier ones.
    private(set) var life: UInt32 = 0
    private(set) var isAlive = false
    /// It is not part of this run at all.
    var isAbsent = false
    /// Started again whenever it dies.
    var isWanted: Bool { absences == 0 }
    /// How many reasons there are for it not to be there.
    var absences = 0
    var isHung = false
    var hungSince = Instant(nanoseconds: 0)
    private var hungUntil = Instant(nanoseconds: 0)
    @exclusivity(unchecked) private var deferred: [World.Event] = []
    /// It dies when it has done so many more things.
    @exclusivity(unchecked) var fuse: Int?

    @exclusivity(unchecked) var presence: Presence?
    var connection: Connection?
    var connectionCount = 0
    /// Its core was told that it is online.
    var isOnline = false
    private var attempts = 0
    @exclusivity(unchecked) private var random = SplitMix64(seed: 0)
    private(set) var epochOnline: Epoch = 0

    @exclusivity(unchecked) private var plannedTick: Instant?
    @exclusivity(unchecked) private var diskWork:
        (serial: UInt64, work: @Sendable () -> JournalGroup.Committed, then: (JournalGroup.Committed) -> Void)?
    private var lastDiskSerial: UInt64 = 0

    init(index: Int, party: Party, isCopy: Bool = false) {
        self.index = index
        self.party = party
        self.isCopy = isCopy
        clientID = Wire(site: nil).clientID(of: party)
    }

    var name: String { isCopy ? clientID + " (copy)" : clientID }
    var now: Now { clock.now(at: world.clock) }
    /// Runs, whether it does something or hangs.
    func isRunning(_ life: UInt32) -> Bool { isAlive && self.life == life && !isHung }

    /// Whether an answer finds the life that it was asked in; when that hangs, the answer waits for it.
    func isHere(_ life: UInt32, _ event: World.Event) -> Bool {
        guard isAlive, self.life == life else { return false }
        if isHung { later(event) }
        return !isHung
    }

    func later(_ event: World.Event) { deferred.append(event) }

    // MARK: What each kind of program does

    /// Reads its disk and makes its core; `false` when it could not start.
    func wakeUp(seed: UInt64) -> Bool { fatalError("for subclasses") }
    /// Whether its first connection is made when it wakes up.
    var connectsAtOnce: Bool { true }
    func takeOnline(_ epoch: Epoch) {}
    func takeOffline() {}
    func take(_ message: BusMessage, retained: Bool) {}
    func takeDelivered(_ number: UInt64) {}
    func takeOverwritten() {}
    func takeTick() {}
    /// Stops well (P10).
    func takeStop() {}
    /// Its client is over and it can't go on: it exits, and who started it starts it again.
    func giveWay(_ why: String) { die(why) }
    var deadline: Instant? { nil }
    func persist(_ epoch: Epoch, then done: @escaping () -> Void) { done() }
    /// The core goes with the process.
    func forget() {}

    // MARK: Life and death

    func boot() {
        guard !isAlive, isWanted, !isAbsent else { return }
        life += 1
        isAlive = true
        isHung = false
        fuse = nil
        attempts = 0
        isOnline = false
        plannedTick = nil
        random = SplitMix64(world.scenario.seed, 0x2_0000 + UInt64(index), UInt64(life))
        world.tell("\(name) starts")
        guard wakeUp(seed: random.next()) else { return die("it could not start") }
        if connectsAtOnce { attempt() }
        planTick()
    }

    /// Dies at once. Its disk keeps what was written; of what is being written a part.
    func die(_ why: String, losingPower: Bool = false) {
        guard isAlive else { return }
        world.tell("\(name) dies: \(why)")
        isAlive = false
        isHung = false
        deferred = []
        if let (_, work, _) = diskWork {
            disk.callsLeft = Int.random(in: 0...7, using: &random)
            _ = work()
            disk.callsLeft = nil
            diskWork = nil
        }
        if losingPower { disk.losePower(&random) }
        presence = nil
        if let connection {
            self.connection = nil
            if losingPower { world.vanish(connection) } else { world.close(connection, saying: .closed) }
        }
        forget()
        if isWanted { world.plan(.boot(self), after: .seconds(1) + random.duration(below: .milliseconds(200))) }
    }

    /// It is not needed any more, or was never meant to be: it stops well, and stays away.
    func retire() {
        absences += 1
        if isHung { goOn() }
        if isAlive { takeStop() }
    }

    /// Uses up the fuse: whether the process lives to do one more thing.
    func step() -> Bool {
        guard let left = fuse else { return isAlive }
        guard isAlive else { return false }
        if left == 0 {
            die("killed in the middle of what it did")
            return false
        }
        fuse = left - 1
        return true
    }

    func hang(for duration: Duration) {
        guard isAlive else { return }
        world.plan(.resume(self, life: life), after: duration)
        hungUntil = isHung ? max(hungUntil, world.clock + duration) : world.clock + duration
        guard !isHung else { return }
        isHung = true
        hungSince = world.clock
        if let connection, connection.isOpenAtBroker { world.silence(connection) }
    }

    func resume(_ life: UInt32) {
        if isAlive, self.life == life, isHung, world.clock >= hungUntil { goOn() }
    }

    /// A process that stood still for longer than its keepalive drops its connection unread (P12).
    func goOn() {
        isHung = false
        world.tell("\(name) goes on")
        if connection != nil, world.clock - hungSince > .seconds(5) { lose() }
        let events = deferred
        deferred = []
        for event in events { world.queue.insert(event, at: world.clock) }
        if let connection { world.planDown(connection) }
        if connection == nil, presence?.hasEnded == false { world.plan(.attempt(self, life: life), after: backoff()) }
        plannedTick = nil
        planTick()
    }

    // MARK: Time

    func planTick() {
        guard isAlive, let deadline else { return }
        let due = max(clock.time(of: deadline), world.clock)
        if let planned = plannedTick, planned <= due { return }
        plannedTick = due
        world.queue.insert(.tick(self, life: life), at: due)
    }

    func wake(_ life: UInt32) {
        guard isRunning(life) else { return }
        // One that was planned before an earlier one finds nothing due.
        if let planned = plannedTick, planned <= world.clock { plannedTick = nil }
        if let deadline, deadline <= now.monotonic { takeTick() }
        planTick()
    }

    func backoff() -> Duration {
        let ceiling = min(Duration.milliseconds(100) * (1 << min(attempts, 10)), .seconds(2))
        attempts += 1
        return .milliseconds(10) + random.duration(below: ceiling)
    }

    func backoffOver() { attempts = 0 }

    // MARK: The disk

    /// A group of journals as the programs have it: its thread takes its time, one commit after the other.
    func makeGroup() -> JournalGroup {
        let life = life
        return JournalGroup(
            submit: { [unowned self] work, then in
                guard isAlive, self.life == life else { return }
                lastDiskSerial += 1
                diskWork = (lastDiskSerial, work, then)
                world.plan(.disk(self, serial: lastDiskSerial), after: world.weather.diskTime(index, &random))
            }, atEndOfTurn: { [unowned self] body in world.endOfTurn.append(body) })
    }

    func finishDiskWork(_ serial: UInt64) {
        guard let (current, work, then) = diskWork, current == serial, isAlive else { return }
        if isHung { return later(.disk(self, serial: serial)) }
        diskWork = nil
        then(work())
    }
}
