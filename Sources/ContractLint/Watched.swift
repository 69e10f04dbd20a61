internal import ChargingModel

/// What was heard of a charge point.
struct WatchedPoint: Sendable {
    /// One of its two clients.
    struct Client: Sendable {
        /// The newest epoch; `nil` before the first.
        var epoch: Epoch?
        /// Its connection began while we listened: nothing of it was missed.
        var isWhole = false
    }

    var engine = Client()
    var monitor = Client()
    var info: ChargePointInfo?
    var stateSeq: UInt64?
    var telemetrySeq: UInt64?
    /// As its engine said last.
    var state: StateReport?
    var session: WatchedSession?
    var verdict: Verdict?
    /// Readings in a row that came while it was not said to supply.
    var strayReadings = 0
    /// The highest that each meter has shown.
    var registers = Recent<MeterID, Energy>(limit: 8)
    var records = Recent<SessionID, WatchedRecord>(limit: 64)
    var commands = Recent<CommandID, Command.Kind>(limit: 64)
    var started = Recent<SessionID, Bool>(limit: 64)
    var awaited: [Awaited] = []

    /// What goes on is not known any more: messages were missed.
    mutating func interrupt() {
        engine.isWhole = false
        monitor.isWhole = false
        info = nil
        stateSeq = nil
        telemetrySeq = nil
        state = nil
        session = nil
        verdict = nil
        strayReadings = 0
        awaited = []
    }
}

/// A session that goes on.
struct WatchedSession: Sendable {
    let id: SessionID
    /// Its beginning was heard, not only that it goes on.
    var isWhole: Bool
    var hasStarted = false
    var hasEnded = false
    var startRegister: Energy?
    var readings = 0
    var last: Telemetry?
    /// Where the rate is measured from.
    var paceMark: (seq: UInt64, elapsed: Int64)?
    var isPaceTold = false

    init(_ id: SessionID, isWhole: Bool) {
        self.id = id
        self.isWhole = isWhole
    }
}

/// The record of a session that ended.
struct WatchedRecord: Sendable {
    var record: SessionRecord
    /// When Central acknowledged it, and in which connection of the engine.
    var acknowledged: (at: Instant, epoch: Epoch?)?
}

/// An answer that a command must get.
struct Awaited: Sendable {
    enum Answer: Hashable, Sendable {
        /// SUPPLYING, SESSION_STARTED, SESSION_ENDED or COMMAND_REFUSED (S3).
        case start(SessionID, CommandID)
        /// SESSION_ENDED (S4).
        case stop(SessionID)
        /// `state` (P8).
        case rebirth
    }

    var answer: Answer
    /// In this connection of the engine: a later one may not have got the command.
    var epoch: Epoch
    var due: Instant
}

extension Awaited.Answer: CustomStringConvertible {
    var description: String {
        switch self {
        case .start(let session, _): "START of session \(session) was not answered by SUPPLYING, SESSION_STARTED, SESSION_ENDED or COMMAND_REFUSED"
        case .stop(let session): "STOP was not answered by the SESSION_ENDED of session \(session)"
        case .rebirth: "REBIRTH was not answered by info and state"
        }
    }

    var rule: Rule {
        switch self {
        case .start: .s3
        case .stop: .s4
        case .rebirth: .p8
        }
    }
}
