internal import NIOCore

/// The way out in front of TLS, whose own goodbye would wait for the other end's.
final class Exit: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
}

extension Channel {
    /// Closes TCP at once. On its event loop.
    func closeNow() {
        if let exit = try? pipeline.syncOperations.context(handlerType: Exit.self) { exit.close(promise: nil) } else { close(promise: nil) }
    }
}

/// Counts what the decoder of frames may hold: all that came since its last frame.
final class ByteMeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let socket: SocketHandler
    /// Since the last whole frame, rounded up to whole reads.
    private var bytes = 0

    init(_ socket: SocketHandler) { self.socket = socket }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frames = socket.frames
        let count = Self.unwrapInboundIn(data).readableBytes
        socket.willDecode(holding: bytes + count)
        context.fireChannelRead(data)
        bytes = socket.frames == frames ? bytes + count : 0
    }
}
