extension EngineCore {
    /// The most records that are on their way at a time, so that those of a long absence of Central's are no burst that ends the own connection. The others
    /// follow as these are acknowledged, and as their turn comes.
    static let recordWindow = 64
    /// The most records of sessions that never began here and are not acknowledged yet: whoever invents sessions and stops them fills no journal. Central
    /// stops its own again and again.
    static let mostUnbegun = 64

    /// True while there is room for the record of another session that never began here.
    var hasRoomForUnbegun: Bool {
        memory.records.count { $0.driver == nil && memory.unacknowledged.contains($0.session) } < EngineCore.mostUnbegun
    }

    /// Says a record that has just come to be.
    mutating func say(_ record: SessionRecord, at now: Now) {
        resends[record.session] = Resend(record: record, at: now.monotonic + .seconds(1), backoff: .seconds(1))
        publish(record)
    }

    /// Says all records that are not acknowledged, from the oldest on: at a birth.
    mutating func sayRecords(at now: Now) {
        resends = [:]
        unsaid = memory.records.filter { memory.unacknowledged.contains($0.session) }[...]
        sayNextRecords(at: now)
    }

    mutating func sayNextRecords(at now: Now) {
        while resends.count < EngineCore.recordWindow, let record = unsaid.popFirst() {
            if memory.unacknowledged.contains(record.session), resends[record.session] == nil { say(record, at: now) }
        }
    }

    /// Says again what was not acknowledged in its time, or lets others go first.
    mutating func sayRecordsAgain(at now: Now) {
        let due = resends.values.filter { $0.at <= now.monotonic }.sorted { ($0.at, $0.record.session) < ($1.at, $1.record.session) }
        guard !due.isEmpty else { return }
        for resend in due {
            let session = resend.record.session
            if unsaid.isEmpty {
                publish(resend.record)
                let backoff = min(resend.backoff * 2, .seconds(30))
                resends[session] = Resend(record: resend.record, at: now.monotonic + backoff, backoff: backoff)
            } else {
                resends[session] = nil
                unsaid.append(resend.record)
            }
        }
        sayNextRecords(at: now)
    }
}
