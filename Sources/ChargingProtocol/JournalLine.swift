public import ChargingModel
internal import JSON

/// What an engine's journal holds, one JSON object a line: the same words and units as on the bus.
///
/// ```
/// {"epoch":1795485600000}
/// {"minted":"m-4f9a"}
/// {"started":{"session":"01JD…","driver":"driver-alice","price_eur_per_kwh":0.30,"duration_s":10,"meter_start_wh":184220,"started":"…"}}
/// {"register_wh":184238}
/// {"ended":{"session":"01JD…",…,"end_reason":"completed"}}
/// {"acknowledged":"01JD…"}
/// ```
public enum JournalLine: Hashable, Sendable {
    case epoch(Epoch)
    case entry(ChargePointEntry)

    /// - Throws: what is wrong with it.
    public init(_ bytes: [UInt8]) throws(Rejection) {
        let fields = try Fields(bytes)
        if fields.has("epoch") {
            self = .epoch(try fields.epoch())
        } else if fields.has("minted") {
            self = .entry(.minted(try fields.id("minted")))
        } else if fields.has("started") {
            self = .entry(.started(try ActiveSession(try fields.object("started"))))
        } else if fields.has("register_wh") {
            self = .entry(.register(try fields.register("register_wh")))
        } else if fields.has("ended") {
            self = .entry(.ended(try SessionRecord(try fields.object("ended"))))
        } else if fields.has("acknowledged") {
            self = .entry(.acknowledged(try fields.id("acknowledged")))
        } else {
            throw Rejection(.missingField, expected: "epoch, minted, started, register_wh, ended or acknowledged")
        }
    }

    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.object { json in
            switch self {
            case .epoch(let epoch): json.integer("epoch", epoch)
            case .entry(.minted(let meter)): json.id("minted", meter)
            case .entry(.started(let session)): json.object("started") { session.write(&$0) }
            case .entry(.register(let register)): json.register("register_wh", register)
            case .entry(.ended(let record)): json.object("ended") { record.write(&$0) }
            case .entry(.acknowledged(let session)): json.id("acknowledged", session)
            }
        }
        return writer.bytes
    }
}

extension ActiveSession {
    fileprivate init(_ fields: Fields) throws(Rejection) {
        self.init(
            session: try fields.id("session"), driver: try fields.id("driver"), price: try fields.price(),
            energyTarget: try fields.energyIfPresent(), duration: try fields.durationIfPresent() ?? .zero,
            startRegister: try fields.register("meter_start_wh"), started: try fields.time("started"))
    }

    fileprivate func write(_ json: inout JSONWriter) {
        json.id("session", session)
        json.id("driver", driver)
        json.price(price)
        if let energyTarget { json.energy(energyTarget) }
        json.duration(duration)
        json.register("meter_start_wh", startRegister)
        json.time("started", started)
    }
}
