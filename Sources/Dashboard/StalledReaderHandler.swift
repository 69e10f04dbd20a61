internal import Glibc
internal import NIOCore

/// Lets the kernel end a connection whose other end has taken nothing for a while: whoever writes to it is told.
final class StalledReaderHandler: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = Any

    /// In milliseconds (`tcp(7)`).
    static let patience = 20_000

    func handlerAdded(context: ChannelHandlerContext) {
        let option = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: CInt(TCP_USER_TIMEOUT)))
        context.channel.setOption(option, value: StalledReaderHandler.patience).whenFailure { _ in
            // A kernel without it keeps such a connection for as long as TCP does; the number of readers is limited.
        }
    }
}
