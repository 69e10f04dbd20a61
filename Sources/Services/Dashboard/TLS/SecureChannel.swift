internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOSSL

/// A channel behind TLS, by the certificate that there is when it is opened.
struct SecureChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let certificate: ServerCertificate

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandlers([PlainTextRefusal(), NIOSSLServerHandler(context: certificate.context)])
        }.flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

/// A check of the first byte: who speaks no TLS gets an answer that says so, and goes.
final class PlainTextRefusal: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Of a handshake record (RFC 8446, 5.1).
    private static let handshake: UInt8 = 22
    private static let body = "This port speaks HTTPS: ask for https://, not http://.\n"
    private static let answer =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
    private var isRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard !isRefused, let first = bytes.readableBytesView.first else { return }
        if first == PlainTextRefusal.handshake {
            context.fireChannelRead(data)
            return context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
        isRefused = true
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: PlainTextRefusal.answer)), promise: nil)
        context.close(mode: .output, promise: nil)
        // What it still sends would otherwise cost it the answer.
        context.eventLoop.scheduleTask(in: RequestGuard.farewell) { channel.close(promise: nil) }
    }
}
