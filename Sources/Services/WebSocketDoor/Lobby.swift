internal import EventLoop
internal import NIOCore

/// The connections that have not finished their handshake, up to a limit. When one too many comes, the oldest makes room; but while even that one is young,
/// no more are accepted: so neither who stays silent nor a storm of redials keeps the others out. Any thread.
final class Lobby: Sendable {
    private struct State {
        var line = WaitingLine<(channel: any Channel, since: NIODeadline)>()
        var counts = DoorCounts()
    }

    private let limit: Int
    /// The time that each may have in any case.
    private let grace: TimeAmount
    private let state = Guarded(State())

    init(limit: Int, grace: TimeAmount) {
        self.limit = limit
        self.grace = grace
    }

    func enter(_ channel: any Channel) -> WaitingTicket {
        let (ticket, dismissed) = state.withLock { state in
            state.counts.accepted += 1
            let ticket = state.line.add((channel, .now()))
            guard state.line.count > limit, let oldest = state.line.oldest() else { return (ticket, nil as (any Channel)?) }
            state.line.remove(oldest.ticket)
            state.counts.dismissed += 1
            return (ticket, oldest.element.channel)
        }
        if let dismissed { dismissed.eventLoop.execute { dismissed.closeNow() } }
        return ticket
    }

    /// - Returns: false when it was dismissed.
    @discardableResult
    func leave(_ ticket: WaitingTicket) -> Bool { state.withLock { $0.line.remove(ticket) != nil } }

    /// The time for which nobody is to be accepted; `nil`: go on.
    func pause() -> TimeAmount? {
        state.withLock { state in
            guard state.line.count >= limit, let oldest = state.line.oldest() else { return nil }
            let left = oldest.element.since + grace - .now()
            return left > .zero ? left : nil
        }
    }

    var all: [any Channel] { state.withLock { $0.line.all.map(\.element.channel) } }

    func count(_ change: @Sendable (inout DoorCounts) -> Void) { state.withLock { change(&$0.counts) } }

    var counts: DoorCounts {
        state.withLock { state in
            var counts = state.counts
            counts.unfinished = state.line.count
            return counts
        }
    }
}

/// Has a listening socket accept no more while the lobby says so.
final class AcceptPacer: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = any Channel
    typealias OutboundOut = any Channel

    private let lobby: Lobby
    private var isWaiting = false

    init(_ lobby: Lobby) { self.lobby = lobby }

    func read(context: ChannelHandlerContext) {
        guard !isWaiting else { return }
        guard let pause = lobby.pause() else { return context.read() }
        isWaiting = true
        context.eventLoop.assumeIsolated().scheduleTask(in: pause) {
            self.isWaiting = false
            self.read(context: context)
        }
    }
}
