internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Tells the crowd the state of a connection: it waits until a whole request has come, and again when all that it asked is answered.
final class CrowdHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let crowd: Crowd
    /// The connection's place; `nil` before it comes, and when it was dismissed.
    private var seat: Crowd.Seat?
    /// The number of whole requests without a whole answer.
    private var owed = 0

    init(_ crowd: Crowd) { self.crowd = crowd }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        if context.channel.isActive { seat = crowd.enter(context.channel) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let seat { crowd.leave(seat) }
        seat = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data) {
            owed += 1
            if owed == 1 { move(to: .answering, context) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.headerFields[.contentType]?.hasPrefix("text/event-stream") == true { move(to: .reading, context) }
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            let written = promise ?? context.eventLoop.makePromise()
            // Not before the other end has taken enough of it.
            written.futureResult.assumeIsolated().whenComplete { _ in self.answered(context) }
            context.write(data, promise: written)
        }
    }

    private func answered(_ context: ChannelHandlerContext) {
        owed -= 1
        if owed == 0 { move(to: .waiting, context) }
    }

    private func move(to next: Crowd.Next, _ context: ChannelHandlerContext) {
        if let seat { self.seat = crowd.move(context.channel, from: seat, to: next) }
    }
}
