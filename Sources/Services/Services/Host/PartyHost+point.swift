internal import ChargingModel
internal import ChargingProtocol
internal import EventLoop
internal import Journal
internal import Runtime

extension PartyHost<EngineRuntime> {
    /// An engine as its journal has it.
    /// - Throws: when a setting is unusable.
    convenience init(
        _ specification: EngineCore.Specification, _ store: EngineStore, loop: EventLoop, context: NetworkContext, writer: JournalWriter, seed: UInt64
    ) throws {
        let party = Party.engine(specification.cp)
        let settings = context.connection(of: party)
        let making = context.making(settings, store.journal, lastEpoch: store.lastEpoch, seed: seed)
        context.recorder?.begin(RecordedParty(.engine(specification, store.memory), making, at: EventLoop.present()))
        self.init(
            loop: loop, try EngineRuntime(specification, memory: store.memory, making), party: party, context: context, settings: settings,
            journal: (store.journal, writer))
    }
}

extension PartyHost<MonitorRuntime> {
    /// A monitor as its journal has it.
    /// - Throws: when a setting is unusable.
    convenience init(
        of cp: ChargePointID, checks: Monitor.Settings, _ store: EpochStore, loop: EventLoop, context: NetworkContext, writer: JournalWriter,
        seed: UInt64
    ) throws {
        let party = Party.monitor(cp)
        let settings = context.connection(of: party)
        let making = context.making(settings, store.journal, lastEpoch: store.lastEpoch, seed: seed)
        let now = EventLoop.present()
        context.recorder?.begin(RecordedParty(.monitor(cp, checks), making, at: now))
        self.init(
            loop: loop, try MonitorRuntime(cp: cp, settings: checks, making, at: now), party: party, context: context, settings: settings,
            journal: (store.journal, writer))
    }
}
