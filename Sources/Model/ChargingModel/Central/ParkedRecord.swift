/// A record that waits for the ledger, with what was known when it came.
struct ParkedRecord: Hashable, Sendable {
    /// The key of a parked record: it holds each sender's last word on a session, and nobody takes another's place.
    struct Key: Hashable, Sendable {
        var session: SessionID
        var meter: MeterID
        var cp: ChargePointID
    }

    var cp: ChargePointID
    var record: SessionRecord
    var context: RecordContext
    /// True when its row was taken from its point's allowance as well.
    var isOfPoint = false

    var key: Key { Key(session: record.session, meter: record.meter, cp: cp) }
}
