internal import ChargingModel
internal import ChargingProtocol
internal import HomeAssistant
internal import MQTT
internal import Runtime

/// A party of a recording, alive again: takes the inputs of its lines and says what lines of outputs come of each.
protocol RerunParty: AnyObject {
    /// Plays an input.
    /// - Returns: the lines of what it wants now, as a recording has them.
    /// - Throws: when the line is no input of this party, or the ledger does not answer it.
    func play(_ fields: RecordedFields, at now: Now) throws(RecordingError) -> [[UInt8]]
}

/// A party with its runtime.
final class RerunRuntime<Runtime: RecordableRuntime>: RerunParty {
    private let runtime: Runtime
    private let name: String
    private let decoder: MessageDecoder
    private let complete: (Runtime.Event) throws(RecordingError) -> Runtime.Event
    private let onAction: (Runtime.Action) -> Void

    /// - Parameters:
    ///   - complete: adds to an event of its own what a recording does not hold.
    ///   - onAction: sees what only this kind of party wants.
    init(
        _ runtime: Runtime, name: String, wire: Wire,
        complete: @escaping (Runtime.Event) throws(RecordingError) -> Runtime.Event = { (event) throws(RecordingError) in event },
        onAction: @escaping (Runtime.Action) -> Void = { _ in }
    ) {
        self.runtime = runtime
        self.name = name
        decoder = MessageDecoder(wire)
        self.complete = complete
        self.onAction = onAction
    }

    func play(_ fields: RecordedFields, at now: Now) throws(RecordingError) -> [[UInt8]] {
        let outputs: [PartyOutput<Runtime.Action>]
        if let input = try PartyInput.read(fields) {
            outputs = runtime.handle(input, decoder, at: now)
        } else if let event = try Runtime.Event.read(fields) {
            outputs = runtime.handle(try complete(event), at: now)
        } else {
            throw RecordingError("\(try fields.text("in")) is no input of \(name)")
        }
        for output in outputs { if case .own(let action) = output { onAction(action) } }
        return outputs.map { RecordedLine.output($0, of: name) }
    }
}

extension RecordedParty {
    /// The party as it was made.
    /// - Parameter ledger: Central's; nobody else has one.
    /// - Throws: when it can't be made with these settings.
    func revive(_ ledger: RerunLedger?) throws(RecordingError) -> any RerunParty {
        do throws(MQTTError) { return try make(ledger) } catch { throw RecordingError("\(party.recordedName) can't be made: \(error)") }
    }

    private func make(_ ledger: RerunLedger?) throws(MQTTError) -> any RerunParty {
        let name = party.recordedName
        let wire = context.wire
        switch role {
        case .engine(let specification, let memory):
            return RerunRuntime(try EngineRuntime(specification, memory: memory, context), name: name, wire: wire)
        case .monitor(let cp, let settings):
            return RerunRuntime(try MonitorRuntime(cp: cp, settings: settings, context, at: made), name: name, wire: wire)
        case .driver(let settings): return RerunRuntime(try DriverRuntime(settings, context), name: name, wire: wire)
        case .gateway(let gateway, let software):
            return RerunRuntime(try GatewayRuntime(gateway, software: software, context), name: name, wire: wire)
        case .central(let settings, let told, _):
            guard let ledger else { preconditionFailure("Central has a ledger") }
            let discovery = told.map { DeviceDiscovery(prefix: $0.prefix, wire: wire, version: $0.version) }
            return RerunRuntime(
                try CentralRuntime(settings, context, discovery: discovery, at: made), name: name, wire: wire,
                complete: { (event) throws(RecordingError) in try ledger.complete(event) }, onAction: { ledger.take($0) })
        }
    }
}
