import NIOCore
import NIOPosix

/// SwiftNIO's event loop.
final class Theirs: Side {
    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.writeAndFlush(data, promise: nil) }
    }

    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop: any EventLoop
    let loopExecutor: any NIOSerialEventLoopExecutor
    init() {
        loop = group.next()
        loopExecutor = loop as! any NIOSerialEventLoopExecutor
    }
    var executor: UnownedSerialExecutor { loopExecutor.asUnownedSerialExecutor() }
    func execute(_ body: @escaping @Sendable () -> Void) { loop.execute(body) }
    func setTimers(_ count: Int) {
        let timers = (0..<count).map { loop.scheduleTask(in: .seconds(Int64(60 + $0 % 7))) {} }
        for timer in timers { timer.cancel() }
    }
    func echo(_ descriptor: Int32) throws {
        _ = try ClientBootstrap(group: group)
            .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Echo()) } }
            .withConnectedSocket(descriptor).wait()
    }
}
