internal import NIOCore

/// Has a listening socket accept nobody for a second when that failed, as without a descriptor left.
///
/// NIO's AcceptBackoffHandler only reads no more: the socket is still polled, and a whole thread spins until somebody goes.
final class ExhaustionPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let pause = TimeAmount.seconds(1)
    private var isPausing = false

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is IOError else { return context.fireErrorCaught(error) }
        guard !isPausing else { return }
        isPausing = true
        let channel = context.channel
        channel.setOption(.autoRead, value: false).whenFailure { _ in channel.close(promise: nil) }
        context.eventLoop.assumeIsolated().scheduleTask(in: ExhaustionPause.pause) {
            self.isPausing = false
            channel.setOption(.autoRead, value: true).whenFailure { _ in channel.close(promise: nil) }
        }
    }
}
