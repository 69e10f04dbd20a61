extension EngineCore {
    /// The most records that are on their way at a time, so that those of a long absence of Central's are no burst that ends the own connection. The others
    /// follow as these are acknowledged, and as their turn comes.
    static let recordWindow = 64
    /// The most records of no energy that are not acknowledged, with which another STOP of a session that never began here is answered: whoever invents
    /// sessions and stops them fills no journal. Central stops its own again and again.
    static let mostUnbegun = 64

    /// True while there is room for the record of another session that never began here.
    var hasRoomForUnbegun: Bool {
        memory.records.count { $0.energy == .zero && memory.unacknowledged.contains($0.session) } < EngineCore.mostUnbegun
    }

    /// Says a record that has just come to be.
    mutating func say(_ record: SessionRecord, backoff: Duration = .seconds(1), at now: Now) {
        resends[record.session] = Resend(record: record, at: now.monotonic + backoff, backoff: backoff)
        publish(record)
    }

    /// Says all records that are not acknowledged, from the oldest on: at a birth.
    mutating func sayRecords(at now: Now) {
        resends = [:]
        unsaid = memory.records.filter { memory.unacknowledged.contains($0.session) }.map { Unsaid(record: $0) }[...]
        sayNextRecords(at: now)
    }

    mutating func sayNextRecords(at now: Now) {
        while resends.count < EngineCore.recordWindow, let next = unsaid.popFirst() {
            let session = next.record.session
            if memory.unacknowledged.contains(session), resends[session] == nil { say(next.record, backoff: next.backoff, at: now) }
        }
    }

    /// Says again what was not acknowledged in its time, or lets others go first.
    mutating func sayRecordsAgain(at now: Now) {
        let due = resends.values.filter { $0.at <= now.monotonic }.sorted { ($0.at, $0.record.session) < ($1.at, $1.record.session) }
        guard !due.isEmpty else { return }
        for resend in due {
            let backoff = min(resend.backoff * 2, .seconds(30))
            if unsaid.isEmpty {
                say(resend.record, backoff: backoff, at: now)
            } else {
                resends[resend.record.session] = nil
                unsaid.append(Unsaid(record: resend.record, backoff: backoff))
            }
        }
        sayNextRecords(at: now)
    }
}
