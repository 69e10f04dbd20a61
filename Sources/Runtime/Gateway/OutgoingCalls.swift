internal import ChargingModel
internal import OCPP

/// The gateway's calls to a station: one at a time, as OCPP-J wants it, in the order in which they were wanted, those before others that begin and
/// end sessions.
struct OutgoingCalls: Sendable {
    /// The party that waits for the result of a call.
    enum Asker: Hashable, Sendable {
        case nobody
        /// The beginning of a session of Central's.
        case start(Int32, SessionID)
        /// The operator's wish that a connector serves, or does not.
        case availability(Int32)
        /// A transaction of which something is missing.
        case transaction(String)
        /// A question from outside, by its number.
        case question(UInt64)
    }

    struct Call: Sendable {
        var call: BackendCall
        var asker: Asker
    }

    struct Outstanding: Sendable {
        var id: String
        var call: Call
        var until: Instant
    }

    /// The most calls that wait for their turn; what is wanted beyond is not sent.
    static let most = 64

    private(set) var waiting: [Call] = []
    private(set) var outstanding: Outstanding?

    var deadline: Instant? { outstanding?.until }

    /// - Returns: false when there is no room.
    mutating func add(_ call: BackendCall, for asker: Asker) -> Bool {
        guard waiting.count < OutgoingCalls.most else { return false }
        let index = call.isUrgent ? waiting.firstIndex { !$0.call.isUrgent } : nil
        waiting.insert(Call(call: call, asker: asker), at: index ?? waiting.endIndex)
        return true
    }

    /// Drops calls that are not wanted any more and have not been sent.
    mutating func dropWaiting(_ isUnwanted: (Call) -> Bool) { waiting.removeAll(where: isUnwanted) }

    /// True while this very call waits, or is on its way.
    func holds(_ call: BackendCall) -> Bool { waiting.contains { $0.call == call } || outstanding?.call.call == call }

    /// The next to be sent, if none is on its way.
    mutating func next(id: String, until: Instant) -> Call? {
        guard outstanding == nil, !waiting.isEmpty else { return nil }
        let call = waiting.removeFirst()
        outstanding = Outstanding(id: id, call: call, until: until)
        return call
    }

    /// The one that an answer belongs to; `nil` for an answer to nothing.
    mutating func answered(_ id: String) -> Call? {
        guard let given = outstanding, given.id == id else { return nil }
        outstanding = nil
        return given.call
    }

    mutating func overdue(at now: Instant) -> Call? {
        guard let given = outstanding, given.until <= now else { return nil }
        outstanding = nil
        return given.call
    }

    /// Takes all of them: the connection is gone.
    mutating func removeAll() -> [Call] {
        defer {
            waiting = []
            outstanding = nil
        }
        return [outstanding?.call].compactMap(\.self) + waiting
    }
}

extension BackendCall {
    fileprivate var isUrgent: Bool {
        switch self {
        case .remoteStart, .remoteStop: true
        default: false
        }
    }
}
