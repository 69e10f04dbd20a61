internal import NIOCore
internal import NIOHTTPTypesHTTP1

/// Puts a handler in front of the codec, where requests still have their version, and is then done.
final class BeforeCodec: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let handler: any ChannelHandler

    init(_ handler: any ChannelHandler) { self.handler = handler }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandler(handler, position: .before(try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)))
        } catch {
            // Without it nothing may be served.
            context.close(promise: nil)
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
