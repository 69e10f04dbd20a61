public import ChargingModel
internal import JSON
internal import OCPP

/// A value of a transaction that the station's meter signed, as it came: for whoever checks the bill by the meter's own word.
public struct SignedReading: Hashable, Sendable {
    /// The transaction, as its station and gateway call it, and its session as it was known then.
    public var transaction: String
    public var session: SessionID
    public var evse: Int32
    /// OCPP's word for the occasion: `Transaction.Begin`; `nil` for a periodic one.
    public var context: String?
    /// The time at which it came, by the gateway's clock.
    public var heard: WallTime
    public var data: String
    public var method: String?
    public var encoding: String?
    public var publicKey: String?

    public var bytes: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.string("transaction", transaction)
            json.string("session", session.text)
            json.integer("evse", evse)
            if let context { json.string("context", context) }
            json.integer("heard_ms", heard.milliseconds)
            json.string("data", data)
            if let method { json.string("method", method) }
            if let encoding { json.string("encoding", encoding) }
            if let publicKey { json.string("public_key", publicKey) }
        }
        return json.bytes
    }

    public init?(_ bytes: [UInt8]) {
        guard let object = try? JSONObject(bytes), let transaction = object["transaction"]?.string,
            let session = object["session"]?.string.flatMap({ SessionID($0) }),
            let evse = object["evse"]?.number?.integer.flatMap({ Int32(exactly: $0) }),
            let heard = object["heard_ms"]?.number?.integer, let data = object["data"]?.string
        else { return nil }
        self.transaction = transaction
        self.session = session
        self.evse = evse
        context = object["context"]?.string
        self.heard = WallTime(milliseconds: heard)
        self.data = data
        method = object["method"]?.string
        encoding = object["encoding"]?.string
        publicKey = object["public_key"]?.string
    }

    init(_ signed: MeterSample.Signed, _ sample: MeterSample, of transaction: StationTransaction, at now: WallTime) {
        self.transaction = transaction.id
        session = transaction.session
        evse = transaction.evse
        context = sample.context?.rawValue
        heard = now
        data = signed.data
        method = signed.method
        encoding = signed.encoding
        publicKey = signed.publicKey
    }
}

extension StationCore {
    /// The most that is kept of one transaction: some stations sign each value.
    public static let mostSigned = 256

    /// Keeps what a meter signed, as it came.
    mutating func keepSigned(_ samples: [MeterSample], of id: String) {
        for sample in samples {
            guard let signed = sample.signed, let transaction = memory.transaction(id) else { continue }
            let count = courses[id]?.signed ?? 0
            // The end is signed last, and counts most.
            guard count < StationCore.mostSigned || sample.context == .transactionEnd && count < 2 * StationCore.mostSigned else { continue }
            withCourse(id) { $0.signed = count + 1 }
            actions.append(.journal(.signed(SignedReading(signed, sample, of: transaction, at: now.wall))))
        }
    }
}
