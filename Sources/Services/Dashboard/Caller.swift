internal import Hummingbird
internal import NIOCore

/// The knowledge of whoever sends a request, besides the request.
struct Caller: InitializableFromSource {
    /// The address that the connection comes from.
    let address: String?

    init(source: ApplicationRequestContextSource) { address = source.channel.remoteAddress?.ipAddress }
}
