internal import ChargingModel
internal import ChargingProtocol
internal import EventLoop
internal import Journal
internal import MQTT
internal import Platform
internal import Runtime
internal import Settings

/// The reason why a station can't go on.
enum StationFailure {
    /// It concerns this station alone: a point of it is served by somebody else.
    case itsOwn(String)
    /// The next one will fail as well: the disk.
    case ofAll(String)
}

/// A connector of a station as a charge point on the bus: a real engine, whose hardware is the station, and a real monitor, which watches its
/// connection. Bound to its loop.
final class StationPoint {
    let cp: ChargePointID
    let engine: PartyHost<EngineRuntime>
    private let monitor: PartyHost<MonitorRuntime>
    private let stores: (engine: EngineStore, monitor: EpochStore)
    private let reporter: EngineReporter
    private let loop: EventLoop
    private let onAction: (EngineRuntime.Action) -> Void
    /// The reason why the station is out of reach; `nil` while it is there.
    var away: String? = StationEvent.notConnected
    private var partiesLeft = 2
    private let onFailure: (StationFailure) -> Void
    private let onEnd: () -> Void

    /// - Throws: when a setting is unusable.
    init(
        _ specification: EngineCore.Specification, loop: EventLoop, context: NetworkContext, stores: (engine: EngineStore, monitor: EpochStore),
        writer: JournalWriter, seed: UInt64, onAction: @escaping (EngineRuntime.Action) -> Void,
        onFailure: @escaping (StationFailure) -> Void, onEnd: @escaping () -> Void
    ) throws {
        cp = specification.cp
        self.loop = loop
        self.stores = stores
        self.onAction = onAction
        self.onFailure = onFailure
        self.onEnd = onEnd
        reporter = EngineReporter(log: context.log, cp: cp)
        engine = try PartyHost(specification, stores.engine, loop: loop, context: context, writer: writer, seed: seed)
        monitor = try PartyHost(
            of: cp, checks: Monitor.Settings(interval: .seconds(1)), stores.monitor, loop: loop, context: context, writer: writer, seed: seed &+ 1)
        attend()
    }

    private func attend() {
        engine.onAction = { [weak self] action in
            guard let self else { return }
            if case .notice(let notice) = action { reporter.say(notice) }
            onAction(action)
        }
        monitor.onAction = { [weak self, loop] action in
            switch action {
            case .check: loop.atEndOfRound { self?.check() }
            case .notice: break
            }
        }
        engine.onEnd = { [weak self] failure in if let self { ended(failure, hasGivenWay: engine.runtime.hasGivenWay) } }
        monitor.onEnd = { [weak self] failure in if let self { ended(failure, hasGivenWay: monitor.runtime.hasGivenWay) } }
    }

    private func ended(_ failure: String?, hasGivenWay: Bool) {
        partiesLeft -= 1
        // The other one may end in the middle of telling this.
        let isLast = partiesLeft == 0
        if let failure { onFailure(hasGivenWay ? .itsOwn(failure) : .ofAll(failure)) }
        if isLast { onEnd() }
    }

    func start() {
        engine.feed(.start)
        monitor.feed(.start)
    }

    func stop() {
        engine.feed(.stop)
        monitor.feed(.stop)
    }

    var isOnline: Bool { engine.runtime.isOnline && monitor.runtime.isOnline }

    /// True when all that the engine was told is in its journal.
    var isSettled: Bool { engine.runtime.isJournalIdle }

    private func check() {
        let result: Monitor.CheckResult
        if let away {
            result = .away(away)
        } else if engine.runtime.isWell(at: EventLoop.present().monotonic) {
            result = .passed
        } else {
            result = .failed(engine.runtime.core.state == .faulty ? "the station is faulty" : EngineRuntime.diskDoesNotAnswer)
        }
        monitor.feed(.checked(result))
    }
}
