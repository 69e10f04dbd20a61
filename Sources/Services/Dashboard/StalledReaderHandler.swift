internal import Glibc
internal import NIOCore

/// A handler that lets the kernel end a connection whose other end has taken nothing for a while: whoever writes to it is told.
final class StalledReaderHandler: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = Any

    /// The time that the other end may take nothing, in milliseconds (`TCP_USER_TIMEOUT` in `tcp(7)`).
    static let patience = 20_000

    func handlerAdded(context: ChannelHandlerContext) {
        let option = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: CInt(TCP_USER_TIMEOUT)))
        context.channel.setOption(option, value: StalledReaderHandler.patience).whenFailure { _ in
            // A kernel without it keeps such a connection for as long as TCP does; the number of readers is limited.
        }
    }
}
