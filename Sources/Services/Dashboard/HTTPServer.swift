internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import Platform
internal import ServerTLS
internal import ServiceLifecycle
internal import Settings

/// A server of a responder on a port, with limits that keep strangers from using up the process.
enum HTTPServer {
    /// The most connections: as many as the process may open, less what Central itself needs and those that are just being closed.
    static var connectionLimit: Int {
        DescriptorLimit.current.map { max(16, min(2000, Int(clamping: $0) - 96 - closing)) } ?? 256
    }
    /// The number of connections that may be on their way out while others take their places.
    private static let closing = 32
    /// The length of the kernel's queue of new connections. Whoever finds it full tries again a second later.
    private static let backlog = 4096
    /// The longest wait for a head, for each part of a body, and between two requests. Half a request must not keep a place from somebody else for
    /// long.
    static let idleTime = TimeAmount.seconds(10)

    /// Serves; ends when its task is cancelled.
    /// - Parameters:
    ///   - certificate: for HTTPS; `nil` for HTTP.
    ///   - limit: the most connections.
    ///   - served: called with the port when it listens.
    /// - Throws: when the port is taken, or the address is not this machine's.
    static func run(
        _ responder: Responder, at endpoint: Endpoint, certificate: ServerCertificate? = nil, limit: Int = connectionLimit,
        served: @escaping @Sendable (UInt16) async -> Void
    ) async throws {
        let crowd = Crowd(limit: limit)
        var channel = HTTP1Channel.Configuration(
            additionalChannelHandlers: [StalledReaderHandler(), BeforeCodec(HeadCheck()), RequestGuard(), CrowdHandler(crowd)], idleTimeout: idleTime)
        channel.httpDecoder = .init(maxHeaderFieldSize: 8 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 100)
        let application = Application(
            responder: responder, server: server(channel, certificate),
            configuration: ApplicationConfiguration(
                address: .hostname(endpoint.host, port: Int(endpoint.port)), backlog: backlog,
                availableConnectionsDelegate: MaximumAvailableConnections(limit + closing)),
            onServerRunning: { channel in await served(UInt16(clamping: channel.localAddress?.port ?? Int(endpoint.port))) },
            logger: silent)
        try await run(ServiceGroup(configuration: .init(services: [application], logger: silent)))
    }

    private static func server(_ channel: HTTP1Channel.Configuration, _ certificate: ServerCertificate?) -> HTTPServerBuilder {
        guard let certificate else { return .http1(configuration: channel) }
        return HTTPServerBuilder { responder in
            SecureChannel(base: HTTP1Channel(responder: responder, configuration: channel), certificate: certificate)
        }
    }

    /// The server's log: what it has to say about strangers' connections helps nobody.
    private static let silent = Logger(label: "http") { _ in SwiftLogNoOpLogHandler() }

    /// The time that answers have to come to their end when the server stops.
    private static let grace = Duration.seconds(1)

    /// Runs the group. When cancelled it lets nobody in any more before it cancels what is under way: a connection that comes in between is handled
    /// by nobody, and NIO takes that for a mistake of ours and ends the process.
    private static func run(_ group: ServiceGroup) async throws {
        let work = Task.detached { try await group.run() }
        try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            Task.detached {
                await group.triggerGracefulShutdown()
                try await Task.sleep(for: grace)
                work.cancel()
            }
        }
    }
}
