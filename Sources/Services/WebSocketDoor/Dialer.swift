internal import EventLoop
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import WebSocket

/// NIO's threads for a station's side, and what its connections share. Any thread.
final class Dialer: Sendable {
    let settings: StationSockets.Settings
    let mailbox: Mailbox
    let budget: Budget
    let rules: SocketRules
    let children = Crew()
    private let group: MultiThreadedEventLoopGroup
    /// Reading an authority's file takes a thousand times as long as finding out that it was read.
    private let contexts = Guarded<[Dial.TLS: NIOSSLContext]>([:])

    init(_ settings: StationSockets.Settings, _ mailbox: Mailbox) {
        self.settings = settings
        self.mailbox = mailbox
        budget = Budget(limit: settings.totalBytes)
        rules = SocketRules(
            messageBytes: settings.messageBytes, outgoingBytes: settings.outgoingBytes, pingInterval: settings.pingInterval.map(TimeAmount.init),
            pings: settings.pings, farewell: TimeAmount(settings.farewell), isServer: false)
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, settings.threads))
    }

    func makeLink(_ id: SocketID) -> Link { Link(id, on: group.next()) }

    func dial(_ link: Link, _ dial: Dial) {
        link.thread.execute { [self] in
            let handler = DialHandler(link, dial, self)
            link.taker = handler
            handler.start()
        }
    }

    func context(_ files: Dial.TLS) throws(DialProblem) -> NIOSSLContext {
        if let context = contexts.withLock({ $0[files] }) { return context }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if let file = files.caFile {
            do { configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file)) } catch {
                throw .unusable(file: file, expected: "the certificates of authorities in PEM form (--ca)")
            }
        }
        if let file = files.certificateFile {
            do { configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(file).map { .certificate($0) } } catch {
                throw .unusable(file: file, expected: "a certificate in PEM form (--certificate)")
            }
            let key = files.keyFile ?? file
            do { configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)) } catch {
                throw .unusable(file: key, expected: "the key of the certificate, in PEM form, without a password (--key)")
            }
        }
        do {
            let context = try NIOSSLContext(configuration: configuration)
            contexts.withLock { $0[files] = context }
            return context
        } catch { throw .unusable(file: files.keyFile ?? files.caFile ?? "TLS", expected: "a certificate and the key that belongs to it") }
    }

    /// Ends the threads when all connections are closed, which is the caller's to bring about within the time.
    func close(within time: Duration) {
        let (group, mailbox, children) = (group, mailbox, children)
        Task.detached {
            await children.end(within: time + .milliseconds(500))
            try? await group.shutdownGracefully()
            _ = mailbox.post(nil, .stopped)
        }
    }
}
