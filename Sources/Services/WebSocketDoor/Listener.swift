internal import EventLoop
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import ServerTLS
internal import Settings
internal import Synchronization

/// A listening socket and NIO's threads behind it. Any thread.
final class Listener: Sendable {
    /// The length of the kernel's queue of new connections. Whoever finds it full tries again a second later.
    private static let backlog: CInt = 4096
    /// The time from one look at the certificate's file to the next.
    private static let look = TimeAmount.seconds(1)

    let work: DoorWork
    private let group: MultiThreadedEventLoopGroup
    private let children = Crew()
    private let server = Guarded<(channel: (any Channel)?, isClosed: Bool)>((nil, false))

    init(_ work: DoorWork) {
        self.work = work
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, work.settings.threads))
    }

    func open() {
        let settings = work.settings
        bootstrap.bind(host: settings.host, port: Int(settings.port)).whenComplete { [self] result in
            switch result {
            case .success(let channel): isOpen(channel)
            case .failure(let error):
                let reason = (error as? IOError)?.errnoCode == EADDRINUSE ? "another program has this port" : Words.of(error)
                _ = work.mailbox.post(nil, .failed("\(settings.host):\(settings.port) can't be listened on: \(reason)"))
            }
        }
    }

    private func isOpen(_ channel: any Channel) {
        let isClosed = server.withLock { server in
            server.channel = channel
            return server.isClosed
        }
        guard !isClosed else { return channel.close(promise: nil) }
        _ = work.mailbox.post(nil, .listening(UInt16(clamping: channel.localAddress?.port ?? 0)))
        let work = work
        channel.eventLoop.scheduleRepeatedTask(initialDelay: Listener.look, delay: Listener.look) { task in
            guard channel.isActive else { return task.cancel() }
            work.beat()
            Listener.refresh(work)
        }
    }

    private static func refresh(_ work: DoorWork) {
        guard let certificate = work.settings.certificate else { return }
        do throws(SettingError) {
            if try certificate.refresh() { _ = work.mailbox.post(nil, .certificate(file: certificate.file, problem: nil)) }
        } catch {
            _ = work.mailbox.post(nil, .certificate(file: certificate.file, problem: "\(error)"))
        }
    }

    private var bootstrap: ServerBootstrap {
        let (work, children) = (work, children)
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Listener.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([ExhaustionPause(), AcceptPacer(work.lobby)])
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A read at a time and not much of it: so that one that floods has its turn like the others, and is stopped soon.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1024, maximum: 16384))
            .childChannelInitializer { channel in
                children.add(channel)
                return channel.eventLoop.makeCompletedFuture { try Listener.furnish(channel, work) }
            }
    }

    private static func furnish(_ channel: any Channel, _ work: DoorWork) throws {
        let pipeline = channel.pipeline.syncOperations
        if let certificate = work.settings.certificate {
            let refusal = PlainTextRefusal(words: "This port speaks TLS: set the station to wss://, not ws://.", farewell: work.rules.farewell)
            try pipeline.addHandlers([Exit(), refusal, NIOSSLServerHandler(context: certificate.context)])
        }
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 8 * 1024
        limits.maxHeaderListSize = 16 * 1024
        limits.maxHeaderFieldCount = 100
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, informationalResponseStrategy: .drop, limitConfiguration: limits)
        let handshake = HandshakeHandler(work, isTLS: work.settings.certificate != nil, ticket: work.lobby.enter(channel))
        try pipeline.addHandlers([HTTPResponseEncoder(), ByteToMessageHandler(decoder), handshake])
    }

    /// Gives the port back at once, and the threads when all connections are closed; those of stations are the caller's to close within the time.
    func close(within time: Duration) {
        let channel = server.withLock { server in
            server.isClosed = true
            return server.channel
        }
        channel?.close(promise: nil)
        for channel in work.lobby.all { channel.eventLoop.execute { channel.closeNow() } }
        let (group, work, children) = (group, work, children)
        Task.detached {
            await children.end(within: time + .milliseconds(500))
            try? await group.shutdownGracefully()
            _ = work.mailbox.post(nil, .stopped)
        }
    }
}
