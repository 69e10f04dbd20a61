internal import NIOCore
internal import NIOHTTP1

/// Streams of events.
extension OperatorClient {
    /// Reads a stream of server-sent events until it ends. Blocks.
    /// - Parameters:
    ///   - opened: called when the stream begins, on a thread of its own.
    ///   - each: called with each event's name and data, on the same.
    /// - Returns: the answer, where it is no stream.
    /// - Throws: when nothing answers there, or not in HTTP, or not with a certificate that is believed.
    public func follow(
        _ path: String, opened: @escaping @Sendable () -> Void = {}, each: @escaping @Sendable (_ name: String, _ data: [UInt8]) -> Void
    ) throws(OperatorClientError) -> Answer? {
        let head = head(.GET, path)
        return try wait(within: .seconds(5), isEndless: true) { promise in [Following(head, promise: promise, opened: opened, each: each)] }
    }

    /// Sends the request, and hands on the events of the answer.
    private final class Following: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        typealias OutboundOut = HTTPClientRequestPart

        /// The longest event, and the longest answer that is none.
        private static let limit = 4 << 20

        private let head: HTTPRequestHead
        private let promise: EventLoopPromise<Answer?>
        private let opened: @Sendable () -> Void
        private let each: @Sendable (String, [UInt8]) -> Void
        private var status = 0
        private var pending: [UInt8] = []

        init(
            _ head: HTTPRequestHead, promise: EventLoopPromise<Answer?>, opened: @escaping @Sendable () -> Void,
            each: @escaping @Sendable (String, [UInt8]) -> Void
        ) {
            self.head = head
            self.promise = promise
            self.opened = opened
            self.each = each
        }

        func channelActive(context: ChannelHandlerContext) {
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                status = Int(head.status.code)
                if status == 200 { opened() }
            case .body(let buffer):
                pending += buffer.readableBytesView
                if status == 200 { handOn() }
                if pending.count > Following.limit { context.close(promise: nil) }
            case .end: context.close(promise: nil)
            }
        }

        private func handOn() {
            while let end = pending.firstRange(of: Array("\n\n".utf8)) {
                let event = pending[..<end.lowerBound]
                var name = ""
                var data: [UInt8] = []
                for line in event.split(separator: UInt8(ascii: "\n")) {
                    if line.starts(with: "event: ".utf8) { name = String(decoding: line.dropFirst(7), as: UTF8.self) }
                    if line.starts(with: "data: ".utf8) { data += line.dropFirst(6) }
                }
                pending.removeSubrange(..<end.upperBound)
                if !name.isEmpty { each(name, data) }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            promise.fail(error)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            if status == 0 { promise.fail(ChannelError.eof) } else { promise.succeed(status == 200 ? nil : Answer(status: status, body: pending)) }
        }
    }
}
