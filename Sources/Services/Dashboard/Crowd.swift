internal import EventLoop
internal import NIOCore

/// The connections to the server, up to a limit. When one too many comes, the oldest without a whole request makes room; if there is none but the
/// newcomer, the oldest whose other end has not taken its answer for a while; if there is none of those, the newcomer. Called from any thread.
final class Crowd: Sendable {
    /// The time that an answer may take while others wait for a place.
    static let patience = TimeAmount.seconds(2)

    private struct State {
        /// Connections that have not sent a whole request since the last answer.
        var waiting = WaitingLine<any Channel>()
        /// Connections that are being answered, with the time since when.
        var answering = WaitingLine<(channel: any Channel, since: NIODeadline)>()
        var readers = 0
        /// The number of all connections.
        var count: Int { waiting.count + answering.count + readers }
    }

    /// The state of a connection.
    enum Seat {
        case waiting(WaitingTicket)
        case answering(WaitingTicket)
        /// Reading a stream: such a connection takes its time.
        case reading
    }

    private let limit: Int
    private let state = Guarded(State())

    init(limit: Int) { self.limit = limit }

    var count: Int { state.withLock { $0.count } }

    func enter(_ channel: any Channel) -> Seat {
        let (ticket, dismissed) = state.withLock { state in
            let ticket = state.waiting.add(channel)
            let isFull = state.count > limit
            return (ticket, isFull ? Crowd.dismiss(&state) : nil)
        }
        dismissed?.close(promise: nil)
        return .waiting(ticket)
    }

    private static func dismiss(_ state: inout State) -> (any Channel)? {
        if state.waiting.count == 1, let (ticket, oldest) = state.answering.oldest(), oldest.since + patience < .now() {
            state.answering.remove(ticket)
            return oldest.channel
        }
        guard let (ticket, channel) = state.waiting.oldest() else { return nil }
        state.waiting.remove(ticket)
        return channel
    }

    /// Moves a connection to another state; `nil` when it was dismissed.
    func move(_ channel: any Channel, from seat: Seat, to next: Next) -> Seat? {
        state.withLock { state in
            guard Crowd.remove(seat, &state) else { return nil }
            switch next {
            case .waiting: return .waiting(state.waiting.add(channel))
            case .answering: return .answering(state.answering.add((channel, .now())))
            case .reading:
                state.readers += 1
                return .reading
            }
        }
    }

    /// The next thing that a connection does.
    enum Next { case waiting, answering, reading }

    func leave(_ seat: Seat) { state.withLock { _ = Crowd.remove(seat, &$0) } }

    /// Removes a connection; true when it was there.
    private static func remove(_ seat: Seat, _ state: inout State) -> Bool {
        switch seat {
        case .waiting(let ticket): return state.waiting.remove(ticket) != nil
        case .answering(let ticket): return state.answering.remove(ticket) != nil
        case .reading:
            state.readers -= 1
            return true
        }
    }
}
