public import ChargingModel
internal import ChargingProtocol
public import EventLoop
internal import Runtime

/// One driver in a program: its runtime, on the loop that is its executor.
public actor DriverService: Service {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let host: Host
    private let reporter: DriverReporter
    private let party: PartyHost<DriverRuntime>

    /// - Throws: when a setting is unusable.
    public init(host: Host, context: NetworkContext, settings: Driver.Settings, seed: UInt64) throws {
        loop = host.loop
        self.host = host
        reporter = DriverReporter(log: context.log, driver: settings.driver)
        let connection = context.connection(of: .driver(settings.driver))
        let making = PartyContext(settings: connection, wire: context.wire, seed: seed)
        context.recorder?.begin(RecordedParty(.driver(settings), making, at: EventLoop.present()))
        let runtime = try DriverRuntime(settings, making)
        party = PartyHost(
            loop: host.loop, runtime, party: .driver(settings.driver), context: context, settings: connection, journal: nil)
    }

    public func start() {
        party.onAction = { [weak self] action in self?.assumeIsolated { $0.carryOut(action) } }
        party.onEnd = { [weak self] failure in self?.assumeIsolated { $0.end(failure) } }
        party.feed(.start)
    }

    public func stop() { party.feed(.stop) }

    public var trouble: String? { party.runtime.isOnline ? nil : Self.notConnected }

    private func carryOut(_ action: DriverRuntime.Action) {
        switch action {
        case .notice(let notice): reporter.say(notice)
        }
    }

    private func end(_ failure: String?) {
        host.ended(self, failure, hasGivenWay: party.runtime.hasGivenWay)
    }
}
