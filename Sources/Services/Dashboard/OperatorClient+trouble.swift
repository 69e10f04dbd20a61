internal import Certificates
internal import ChargingModel
internal import EventLoop
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import Settings

/// The reason why a process did not answer over HTTP, in one line: what was found, what was expected, and what helps.
public struct OperatorClientError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

extension OperatorClient {
    /// The meaning of an error of NIO.
    func trouble(_ error: any Error, within patience: TimeAmount) -> OperatorClientError {
        switch error {
        case let error as NIOConnectionError: OperatorClientError(connecting(error, within: patience))
        case let error as ChannelError: OperatorClientError(channel(error, within: patience))
        case NIOSSLError.handshakeFailed: OperatorClientError(handshake(isOtherHost: false, within: patience))
        case is NIOSSLExtraError, is OtherHost: OperatorClientError(handshake(isOtherHost: true, within: patience))
        case is HTTPParserError: OperatorClientError("an answer that is not HTTP" + help)
        default: OperatorClientError("\(error)")
        }
    }

    private var help: String { address.isSecure ? "" : "; where that is with TLS, its address is https://\(address.endpoint)" }

    private func noAnswer(within patience: TimeAmount) -> String {
        "no answer in \(decimalText(patience.nanoseconds / 1_000_000, decimals: 3)) s"
    }

    private func channel(_ error: ChannelError, within patience: TimeAmount) -> String {
        switch error {
        case .connectTimeout: noAnswer(within: patience)
        case .eof: "it closed the connection without an answer" + help
        default: "\(error)"
        }
    }

    private func connecting(_ error: NIOConnectionError, within patience: TimeAmount) -> String {
        switch error.connectionErrors.last?.error {
        case let error as IOError: EventLoopError.text(of: error.errnoCode).lowercased()
        case .some: noAnswer(within: patience)
        case nil: "no host is called \(error.host)"
        }
    }

    /// The reason why a handshake failed, by the certificate that is shown there.
    private func handshake(isOtherHost: Bool, within patience: TimeAmount) -> String {
        let host = address.endpoint.host
        guard let certificate = shownCertificate(within: patience) else {
            return "it speaks no TLS, expected TLS 1.2 or later; where that is without TLS, its address is \(address.endpoint)"
        }
        if isOtherHost {
            return
                "its certificate is for \(certificate.hosts.isEmpty ? "nobody" : certificate.hosts.joined(separator: ", ")), expected \(host); call it by "
                + "one of its names, or on its machine: wattline certificates renew --host \(host)"
        }
        let now = WallTime.present()
        if now < certificate.notBefore {
            return
                "the certificate \"\(certificate.name)\" holds from \(certificate.notBefore.text) on, expected one that holds now; compare the clocks of both "
                + "machines"
        }
        if certificate.secondsLeft(at: now) <= 0 {
            return
                "the certificate \"\(certificate.name)\" ended at \(certificate.notAfter.text), expected one that holds now; on its machine: wattline "
                + "certificates renew"
        }
        return
            "its certificate is by \"\(certificate.authority)\", expected an authority of \(authorities ?? "this system"); its own is given with --ca FILE "
            + "or WATTLINE_CA (certificates/ca.pem in its data directory)"
    }

    /// The certificate that is shown there, on a connection that never comes about: whatever it is, the handshake is refused, and nothing is said.
    private func shownCertificate(within patience: TimeAmount) -> Certificate? {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let seen = loop.makePromise(of: Certificate?.self)
        guard let context = try? NIOSSLContext(configuration: configuration) else { return nil }
        let connected = ClientBootstrap(group: loop).connectTimeout(patience).channelInitializer { [name = address.serverName] channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    NIOSSLClientHandler(
                        context: context, serverHostname: name,
                        customVerificationCallback: { chain, verdict in
                            seen.succeed((try? chain.first?.toDERBytes()).flatMap { Certificate(der: $0) })
                            verdict.succeed(.failed)
                        }))
                channel.closeFuture.whenComplete { _ in seen.succeed(nil) }
            }
        }.connect(host: address.endpoint.host, port: Int(address.endpoint.port))
        connected.whenFailure { _ in seen.succeed(nil) }
        let timer = loop.scheduleTask(in: patience) { seen.succeed(nil) }
        defer { timer.cancel() }
        return try? seen.futureResult.wait()
    }
}
