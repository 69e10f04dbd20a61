internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOSSL
internal import ServerTLS

/// A channel behind TLS, by the certificate that there is when it is opened.
struct SecureChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let certificate: ServerCertificate

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandlers([
                PlainTextRefusal(words: "This port speaks HTTPS: ask for https://, not http://.", farewell: RequestGuard.farewell),
                NIOSSLServerHandler(context: certificate.context),
            ])
        }.flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
