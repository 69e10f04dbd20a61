internal import ChargingModel

extension StationCore {
    /// The knowledge of an open transaction that need not outlive the process.
    struct Course: Sendable {
        /// Its register; `nil` before a value was heard.
        var meter: SessionMeter?
        /// The pace at which that rises.
        var pace: RegisterPace?
        /// The events up to this number were all heard, and the number of the last (2.0.1).
        var heard: Int64 = -1
        var last: Int64?
        /// The time until which what is missing of it is waited for.
        var waitsUntil: Instant?
        /// The time until which that may be put off.
        var waitsAtMost: Instant?
        /// True when energy flows in it, or did.
        var isDrawing = false
        /// True once the station has called it by the number that it was given (1.6): that number came through.
        var isNamed = false
        /// The connection in which its beginning was told as it happened: what comes there later comes in order.
        var liveOn: UInt64?
        /// True where something newer is known of its connector: it is told late, and moves nothing there.
        var isPast = false
        /// True when its end came without a register.
        var isBlind = false
        /// The number of values that its meter signed.
        var signed = 0
        /// True once its record was handed to the engine.
        var isTold = false

        /// True when all events up to the last were heard.
        var isWhole: Bool { last.map { heard >= $0 - 1 } ?? false }
    }

    /// The time that a station has to tell what is missing of a transaction, while it is connected and says nothing of any: what it queued comes one
    /// call after the other, and a connection that is dead may look alive for a minute.
    static let missingPatience = Duration.seconds(300)
    /// The most that this becomes while it says something.
    static let longestPatience = Duration.seconds(3600)
    /// The time for a station that is away.
    static let awayPatience = Duration.seconds(86_400)

    mutating func journal(_ entry: StationEntry) {
        memory.apply(entry)
        actions.append(.journal(entry))
        guard courses.count > memory.open.count || memory.open.count >= StationMemory.mostOpen else { return }
        let open = Set(memory.open.map(\.id))
        courses = courses.filter { open.contains($0.key) }
        for (evse, connector) in connectors { if let id = connector.transaction, !open.contains(id) { connectors[evse]?.transaction = nil } }
    }

    mutating func withCourse(_ id: String, _ change: (inout Course) -> Void) { change(&courses[id, default: Course()]) }

    /// Waits for what is missing of a transaction.
    mutating func waitForRest(of id: String) {
        let until = now.monotonic + (link == nil ? StationCore.awayPatience : StationCore.missingPatience)
        let most = max(until, now.monotonic + StationCore.longestPatience)
        withCourse(id) { course in
            course.waitsUntil = until
            course.waitsAtMost = most
        }
    }

    /// Something was heard of a transaction: what is missing of others may be next.
    mutating func putOffWaiting() {
        let until = now.monotonic + StationCore.missingPatience
        for (id, course) in courses {
            if let most = course.waitsAtMost, course.waitsUntil != nil { courses[id]?.waitsUntil = min(until, most) }
        }
    }

    /// Those that wait begin to wait anew: the station has come, or gone.
    mutating func waitAnew() { for (id, course) in courses where course.waitsUntil != nil { waitForRest(of: id) } }

    /// Goes on with what is known of those of which nothing more has come.
    mutating func waitNoLonger() {
        let due = memory.open.filter { courses[$0.id]?.waitsUntil.map { $0 <= now.monotonic } ?? false }
        for transaction in due {
            courses[transaction.id]?.waitsUntil = nil
            if !transaction.hasBegun {
                actions.append(.notice(.beginningLost(transaction.id)))
                var begun = transaction
                begun.hasBegun = true
                replace(begun)
            }
            if memory.openTransaction(transaction.id)?.end != nil { settle(transaction.id) }
        }
    }
}
