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

/// Keeps what has come behind the head of an answer, until there is somebody for it.
final class Leftover: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private var context: ChannelHandlerContext?
    private var parts: [NIOAny] = []

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { parts.append(data) }

    func release() {
        guard let context else { return }
        for part in parts { context.fireChannelRead(part) }
        if !parts.isEmpty { context.fireChannelReadComplete() }
        parts = []
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
