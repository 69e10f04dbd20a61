public import NIOCore

/// A check of the first byte: who speaks no TLS gets an answer that says so, and goes.
public final class PlainTextRefusal: ChannelInboundHandler, RemovableChannelHandler {
    /// Told to the handlers behind it when somebody is refused.
    public struct Event: Sendable {}

    public typealias InboundIn = ByteBuffer
    public typealias OutboundOut = ByteBuffer

    /// Of a handshake record (RFC 8446, 5.1).
    private static let handshake: UInt8 = 22
    private let words: String
    private let farewell: TimeAmount
    private var isRefused = false

    /// - Parameters:
    ///   - words: what the answer says, one line.
    ///   - farewell: the longest time that the other end may take to read it and go.
    public init(words: String, farewell: TimeAmount) {
        self.words = words
        self.farewell = farewell
    }

    private var answer: String {
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: \(words.utf8.count + 1)\r\nConnection: close\r\n\r\n"
            + words + "\n"
    }

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard !isRefused, let first = bytes.readableBytesView.first else { return }
        if first == PlainTextRefusal.handshake {
            context.fireChannelRead(data)
            return context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
        isRefused = true
        context.fireUserInboundEventTriggered(Event())
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        context.close(mode: .output, promise: nil)
        // What it still sends would otherwise cost it the answer.
        context.eventLoop.scheduleTask(in: farewell) { channel.close(promise: nil) }
    }
}
