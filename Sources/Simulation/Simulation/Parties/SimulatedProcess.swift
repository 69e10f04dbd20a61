internal import ChargingModel
internal import ChargingProtocol
internal import Journal
internal import MQTT
internal import Runtime

/// One process of the network on a computer of its own: its clock, its disk, its socket, and its program's lives, one after the other.
final class SimulatedProcess {
    /// Work of the journal's thread.
    typealias DiskWork = (serial: UInt64, work: @Sendable () -> JournalGroup.Committed, then: (JournalGroup.Committed) -> Void)

    let index: Int
    let party: Party
    /// True for the second one of its name, started by mistake.
    let isCopy: Bool
    let clientID: String
    let name: String
    /// The program that runs in it, which sets this once.
    var program: (any Program)!
    /// Those that run in the same process of the machine; `nil` for none.
    var group: ProcessGroup?
    var clock = MachineClock()
    var disk = SimulatedDisk()
    /// The epoch of its last CONNECT, as long as its disk remembers it.
    var lastEpoch: Epoch = 0

    /// Tells this life from earlier ones.
    var life: UInt32 = 0
    /// The times at which a life's connection was taken by a copy.
    var thrownOut: (life: UInt32, times: [Instant]) = (0, [])
    var isAlive = false
    /// It is not part of this run at all.
    var isAbsent = false
    /// The number of reasons for it not to be there.
    var absences = 0
    var isHung = false
    var hungSince = Instant(nanoseconds: 0)
    var hungUntil = Instant(nanoseconds: 0)
    @exclusivity(unchecked) var deferred: [World.Event] = []
    /// It dies when it has done so many more things.
    @exclusivity(unchecked) var fuse: Int?

    var connection: SimulatedConnection?
    var connectionCount = 0
    /// True while it is told what came out of a connection that its party has left.
    var readsLeftConnection = false
    /// The network's news that the program has not heard yet.
    @exclusivity(unchecked) var inbox: [PartyInput] = []
    @exclusivity(unchecked) var random = SplitMix64(seed: 0)
    @exclusivity(unchecked) var plannedTick: Instant?
    var journal: Journal?
    /// The thread that writes the journal of this life.
    var journalGroup: JournalGroup?
    @exclusivity(unchecked) var diskWork: DiskWork?
    var lastDiskSerial: UInt64 = 0
    /// Results of its journal that the life that asked for them did not hear.
    @exclusivity(unchecked) var lateResults: [JournalResult] = []

    /// - Parameter name: another one than clients of its kind have.
    init(index: Int, party: Party, isCopy: Bool = false, name: String? = nil) {
        self.index = index
        self.party = party
        self.isCopy = isCopy
        clientID = Wire(site: nil).clientID(of: party)
        self.name = name ?? (isCopy ? clientID + " (copy)" : clientID)
    }

    /// Started again whenever it dies.
    var isWanted: Bool { absences == 0 && group?.isWanted ?? true }

    func now(in world: World) -> Now { clock.now(at: world.clock) }

    /// Runs, whether it does something or hangs.
    func isRunning(_ life: UInt32) -> Bool { isAlive && self.life == life && !isHung }

    /// True when an answer finds the life that it was asked in; when that hangs, the answer waits for it.
    func isHere(_ life: UInt32, _ event: World.Event) -> Bool {
        guard isAlive, self.life == life else { return false }
        if isHung { deferred.append(event) }
        return !isHung
    }

    func context(_ opening: Journal.Opening, lastEpoch: Epoch, seed: UInt64, isWatched: Bool = false) -> PartyContext {
        PartyContext(
            settings: MQTTSettings(address: MQTTAddress(), clientID: clientID), wire: Wire(site: nil), lastEpoch: lastEpoch,
            journalRecords: opening.journal.records, seed: seed, isWatched: isWatched)
    }

    /// Uses up the fuse: whether the process lives to do one more thing.
    func step(in world: World) -> Bool {
        guard let left = fuse else { return isAlive }
        guard isAlive else { return false }
        if left == 0 {
            die("killed in the middle of what it did", in: world)
            return false
        }
        fuse = left - 1
        return true
    }

    /// Tells the program, and then what came of that, one after the other.
    func feed(_ input: PartyInput, in world: World) {
        program.feed(input, in: world)
        settle(in: world)
    }

    func settle(in world: World) {
        while isAlive, !inbox.isEmpty { program.feed(inbox.removeFirst(), in: world) }
        planTick(in: world)
    }

    /// Carries out what every party may want.
    func carryOut<Own>(_ output: PartyOutput<Own>, in world: World) {
        switch output {
        case .order(let order): carryOut(order, in: world)
        case .publish(let said, let connection, let token, let message):
            world.checker.says(said, self, world)
            publish(message, token, on: connection, in: world)
        case .journal(let order): carryOut(order, in: world)
        case .notice(let notice): heed(notice, in: world)
        case .end(let failure):
            if let failure, world.scenario.trouble == .stranger { world.violate("P9", "\(name) ends for a stranger: \(failure)") }
            if let failure { die(failure, in: world) } else { end(in: world) }
        case .heard, .own: break
        }
    }

    private func heed(_ notice: PartyNotice, in world: World) {
        switch notice {
        case .connected: world.tell("\(name) is online")
        case .disconnected(let why): world.tell("\(name) is not connected: \(why)")
        case .rejected(let why, let topic):
            guard !world.faults.hadGarbage else { break }
            world.violate("P4", "\(name) rejects what came on \(topic): \(why)")
        case .unsendable(let error), .overflow(let error): world.violate("P4", "\(name): \(error)")
        case .rejectedMore, .notCompacted: break
        }
    }
}
