internal import ChargingModel

/// A charge point as it was heard.
struct WatchedPoint: Sendable {
    /// One of the two clients of a point.
    struct Client: Sendable {
        /// The newest epoch; `nil` before the first.
        var epoch: Epoch?
        /// True when its connection began while we listened: nothing of it was missed.
        var isWhole = false
        /// The epoch before that one, when it was claimed, and when something live was last heard under it.
        var former: Epoch?
        var claimed = Instant(nanoseconds: 0)
        var heard = Instant(nanoseconds: 0)

        /// The time after which a claim is established, and a silent one is forgotten (P6).
        private static let patience = Duration.seconds(10)

        func isEstablished(at now: Now) -> Bool { now.monotonic - claimed >= Client.patience }

        /// True when an older epoch is believed again (P6): it goes on before the claim is established, or the newer one is silent.
        func isForgotten(for epoch: Epoch, at now: Now) -> Bool {
            epoch == former && !isEstablished(at: now) || now.monotonic - heard >= Client.patience
        }
    }

    var engine = Client()
    var monitor = Client()
    var info: ChargePointInfo?
    var stateSeq: UInt64?
    var telemetrySeq: UInt64?
    /// The last state of its engine.
    var state: StateReport?
    var session: WatchedSession?
    var verdict: Verdict?
    /// The number of readings in a row that came while its state was not SUPPLYING.
    var strayReadings = 0
    /// The highest register that each meter has shown.
    var registers = Recent<MeterID, Energy>(limit: 8)
    var records = Recent<SessionID, WatchedRecord>(limit: 64)
    var commands = Recent<CommandID, Command.Kind>(limit: 64)
    var started = Recent<SessionID, Bool>(limit: 64)
    var awaited: [Awaited] = []

    /// Forgets the present: messages were missed.
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
    /// True when its beginning was heard, not only that it goes on.
    var isWhole: Bool
    var hasStarted = false
    var hasEnded = false
    var startRegister: Energy?
    var readings = 0
    var last: Telemetry?
    /// The reading from which the rate is measured.
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
    /// The time at which Central acknowledged it, and the connection of the engine in which it did.
    var acknowledged: (at: Instant, epoch: Epoch?)?
}

/// An answer that a command must get.
struct Awaited: Sendable {
    enum Answer: Hashable, Sendable {
        /// The answers to START: SUPPLYING, SESSION_STARTED, SESSION_ENDED or COMMAND_REFUSED (S3).
        case start(SessionID, CommandID)
        /// The answer to STOP: SESSION_ENDED (S4).
        case stop(SessionID)
        /// The answer to REBIRTH: `state` (P8).
        case rebirth
    }

    var answer: Answer
    /// The connection of the engine in which it must come: a later one may not have got the command.
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
