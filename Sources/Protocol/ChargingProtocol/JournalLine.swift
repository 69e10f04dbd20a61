public import ChargingModel
internal import JSON

/// A line of an engine's journal, which is one JSON object in the same words and units as on the bus.
///
/// ```
/// {"epoch":1795485600000}
/// {"minted":"m-4f9a"}
/// {"started":{"session":"01JD…","driver":"driver-alice","price_eur_per_kwh":0.30,"duration_s":10,"meter_start_wh":184220,"started":"…"}}
/// {"register_wh":184238}
/// {"ended":{"session":"01JD…",…,"end_reason":"completed"}}
/// {"acknowledged":"01JD…"}
/// {"forgotten":"01JC…"}
/// ```
///
/// It is read whole or not at all: a field that is not known is a later version's, and would be gone when the journal is compacted.
public enum JournalLine: Hashable, Sendable {
    case epoch(Epoch)
    case entry(EngineEntry)

    /// Reads a line.
    /// - Throws: the reason why it is rejected.
    public init(_ bytes: [UInt8]) throws(Rejection) {
        if let line = JournalLine(plain: bytes) { self = line } else { try self.init(anyObject: bytes) }
    }

    /// Reads a line that a program of ours wrote; `nil` for what is unusual or wrong.
    public init?(plain bytes: [UInt8]) {
        guard let line = PlainObject.fields(of: bytes, { (fields) throws(Unusual) in try JournalLine(fields) }) else { return nil }
        self = line
    }

    /// Reads any object as a line: slower than `init(_:)`, with the same result.
    /// - Throws: the reason why it is rejected.
    public init(anyObject bytes: [UInt8]) throws(Rejection) { try self.init(try ObjectFields(bytes)) }

    private init<F: Fields & ~Copyable>(_ fields: borrowing F) throws(F.Failure) {
        if fields.has(.epoch) {
            try fields.allowOnly([.epoch])
            self = .epoch(try fields.epoch())
        } else if fields.has(.minted) {
            try fields.allowOnly([.minted])
            self = .entry(.minted(try fields.id(.minted)))
        } else if fields.has(.started) {
            try fields.allowOnly([.started])
            self = .entry(.started(try fields.object(.started) { (session) throws(F.Failure) in try ActiveSession(session) }))
        } else if fields.has(.journalRegister) {
            try fields.allowOnly([.journalRegister])
            self = .entry(.register(try fields.register(.journalRegister)))
        } else if fields.has(.ended) {
            try fields.allowOnly([.ended])
            self = .entry(.ended(try fields.object(.ended) { (record) throws(F.Failure) in try SessionRecord(whole: record) }))
        } else if fields.has(.acknowledged) {
            try fields.allowOnly([.acknowledged])
            self = .entry(.acknowledged(try fields.id(.acknowledged)))
        } else if fields.has(.forgotten) {
            try fields.allowOnly([.forgotten])
            self = .entry(.forgotten(try fields.id(.forgotten)))
        } else if fields.has(.left) {
            try fields.allowOnly([.left])
            self = .entry(.left(try fields.id(.left)))
        } else if fields.has(.jumped) {
            try fields.allowOnly([.jumped])
            self = .entry(.jumped(try fields.register(.jumped)))
        } else {
            throw fields.contradiction(
                Rejection(.missingField, expected: "epoch, minted, started, register_wh, ended, acknowledged, forgotten, left or jumped_to_wh"))
        }
    }

    public var bytes: [UInt8] {
        JSONOutput.object(FieldName.all, capacity: 384) { json in
            switch self {
            case .epoch(let epoch): json.integer(.epoch, epoch)
            case .entry(.minted(let meter)): json.id(.minted, meter)
            case .entry(.started(let session)): json.object(.started) { session.write(&$0) }
            case .entry(.register(let register)): json.register(.journalRegister, register)
            case .entry(.ended(let record)): json.object(.ended) { record.write(&$0) }
            case .entry(.acknowledged(let session)): json.id(.acknowledged, session)
            case .entry(.forgotten(let session)): json.id(.forgotten, session)
            case .entry(.left(let session)): json.id(.left, session)
            case .entry(.jumped(let register)): json.register(.jumped, register)
            }
        }
    }
}

extension ActiveSession {
    fileprivate init<F: Fields & ~Copyable>(_ fields: borrowing F) throws(F.Failure) {
        try fields.allowOnly([.session, .driver, .price, .energy, .duration, .startRegister, .started, .origin, .token, .clock, .metered])
        self.init(
            session: try fields.id(.session), driver: try fields.id(.driver), price: try fields.price(),
            energyTarget: try fields.energyIfPresent(), duration: try fields.durationIfPresent() ?? .zero,
            startRegister: try fields.register(.startRegister), started: try fields.time(.started), provenance: try fields.provenance(),
            isMetered: fields.has(.metered) ? try fields.bool(.metered) : false)
    }

    fileprivate func write(_ json: inout JSONOutput) {
        json.id(.session, session)
        json.id(.driver, driver)
        json.price(price)
        if let energyTarget { json.energy(energyTarget) }
        json.duration(duration)
        json.register(.startRegister, startRegister)
        json.time(.started, started)
        json.provenance(provenance)
        if isMetered { json.bool(.metered, true) }
    }
}

extension SessionRecord {
    /// Reads a record that has no field but those that are written.
    fileprivate init<F: Fields & ~Copyable>(whole fields: borrowing F) throws(F.Failure) {
        try fields.allowOnly([
            .session, .driver, .meter, .startRegister, .endRegister, .energy, .cost, .started, .ended, .endReason, .stationReason,
            .origin, .token, .clock,
        ])
        try self.init(fields)
    }
}
