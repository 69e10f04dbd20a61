internal import ChargingModel
internal import ChargingProtocol
internal import EventLoop
internal import Journal
internal import MQTT
internal import Runtime
internal import Settings

/// A charge point of a fleet: a real engine and a real monitor, each with a connection, a will, an epoch and a journal of its own. Since both are in one
/// process, the monitor's check is a call and not a connection. Bound to its loop.
final class FleetPoint {
    let engine: FleetMember<EngineRuntime>
    let monitor: FleetMember<MonitorRuntime>
    private let stores: (engine: EngineStore, monitor: EpochStore)
    private var readings: UInt64 = 0

    /// - Throws: when a setting is unusable.
    init(
        _ number: Int, of plan: FleetPlan, loop: EventLoop, context: NetworkContext, stores: (engine: EngineStore, monitor: EpochStore),
        writer: JournalWriter, onEnd: @escaping (String?) -> Void
    ) throws {
        self.stores = stores
        let specification = plan.specification(of: number)
        let cp = specification.cp
        engine = FleetMember(
            try PartyHost(specification, stores.engine, loop: loop, context: context, writer: writer, seed: plan.seed(0, number)), onEnd: onEnd)
        let checks = Monitor.Settings(interval: plan.check, intervalWhileFailing: min(plan.check, .seconds(1)))
        monitor = FleetMember(
            try PartyHost(
                of: cp, checks: checks, stores.monitor, loop: loop, context: context, writer: writer, seed: plan.seed(1, number)), onEnd: onEnd)
        attend(loop)
    }

    private func attend(_ loop: EventLoop) {
        engine.party.onAction = { [weak self, loop] action in
            switch action {
            // The simulated hardware obeys at once; its answer is an event like others, in a turn of its own.
            case .closeContactor(let session): loop.atEndOfRound { self?.engine.party.feed(.contactorClosed(session, .unlimited)) }
            case .journalled, .station, .notice: break
            }
        }
        engine.party.onMessage = { [weak self] message, _, isOwn in if isOwn, case .telemetry = message { self?.readings += 1 } }
        monitor.party.onAction = { [weak self, loop] action in
            switch action {
            case .check: loop.atEndOfRound { self?.check() }
            case .notice: break
            }
        }
    }

    private func check() {
        let isWell = engine.isStarted && !engine.isOver && engine.party.runtime.isWell(at: EventLoop.present().monotonic)
        monitor.party.feed(.checked(isWell ? .passed : .failed("the engine is not well")))
    }

    func count(into counts: inout FleetCounts) {
        engine.count(into: &counts)
        monitor.count(into: &counts)
        if engine.isOnline && monitor.isOnline { counts.connected += 1 }
        if engine.isStarted, !engine.isOver, engine.party.runtime.core.state == .supplying { counts.supplying += 1 }
        counts.readingsSent += readings
    }
}
