internal import ChargingModel
internal import ChargingProtocol

/// A driver: what `DriverService` does around the same core.
final class DriverProcess: Process {
    private let settings: Driver.Settings
    private(set) var core: Driver?

    init(index: Int, number: Int, _ roster: Roster) {
        let driver = roster.drivers[number]
        let points = driver.points ?? roster.points.map(\.cp)
        settings = Driver.Settings(
            driver: driver.driver, interval: driver.interval, vehicles: driver.vehicles, points: points,
            firstPoint: number * points.count / roster.drivers.count)
        super.init(index: index, party: .driver(driver.driver))
    }

    /// Another one of this name: it knows nothing of what the first one asked.
    init(index: Int, copying original: DriverProcess) {
        settings = original.settings
        super.init(index: index, party: original.party, isCopy: true)
    }

    override func wakeUp(seed: UInt64) -> Bool {
        core = Driver(settings, seed: seed)
        presence = makePresence(lastEpoch: 0)
        if world.isSettling { tell(.rest) }
        return isAlive
    }

    override func forget() { core = nil }
    override var deadline: Instant? { core?.deadline }
    override func takeTick() { tell(.tick) }
    override func takeOnline(_ epoch: Epoch) { tell(.online) }
    override func takeOffline() { tell(.offline) }
    /// What is open stays open: Central carries it on.
    override func takeStop() { stop(farewell: nil) }

    override func take(_ message: BusMessage, retained: Bool) {
        switch message {
        case .status(let status): if !retained { tell(.status(status)) }
        case .tickets(let list): tell(.tickets(list))
        case .centralStatus(let status): tell(.centralStatus(status))
        case .verdict(let verdict): tell(.verdict(verdict))
        default: break
        }
    }

    func tell(_ event: Driver.Event) {
        guard isAlive, let actions = core?.handle(event, at: now) else { return }
        for action in actions {
            guard step() else { return }
            switch action {
            case .publish(let message): publish(message)
            case .notice(.requested): world.counts.requests += 1
            case .notice: break
            }
        }
        planTick()
    }
}
