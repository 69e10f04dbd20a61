internal import NIOCore
internal import NIOHTTP1

/// A check of each request's head before the codec hides its version and its target: one that breaks RFC 9112 is a `RequestFault` and the last of its
/// connection, an address in place of a path names the host, and HTTP/1.0 gets one answer that ends with the connection.
final class HeadCheck: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var isOver = false
    private var asked = 0
    private var answered = 0
    /// The number of the request that came by HTTP/1.0; it is the last, and what comes behind it is not looked at.
    private var old: Int?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        guard case .head(let head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        guard old == nil else {
            isOver = true
            return
        }
        do throws(RequestFault) {
            let checked = try HeadCheck.checked(head)
            asked += 1
            if head.version == .http1_0 { old = asked }
            context.fireChannelRead(wrapInboundOut(.head(checked)))
        } catch {
            isOver = true
            context.fireErrorCaught(error)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        answered += 1
        // So that a body without a length is not sent in pieces: its end is the connection's.
        if answered == old { head.version = .http1_0 }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    /// The head in the form that the handlers behind take.
    static func checked(_ original: HTTPRequestHead) throws(RequestFault) -> HTTPRequestHead {
        var head = original
        guard head.version == .http1_1 || head.version == .http1_0 else { throw .version("\(head.version)") }
        let hosts = head.headers["host"]
        guard hosts.count <= 1 else { throw .manyHosts }
        if let host = hosts.first {
            guard Authority(host) != nil else { throw .badHost(host) }
        } else if head.version == .http1_1 {
            throw .noHost
        }
        try check(&head)
        if head.version == .http1_0 {
            guard head.headers["transfer-encoding"].isEmpty else { throw .piecesInOldVersion }
            head.headers.replaceOrAdd(name: "connection", value: "close")
        }
        return head
    }

    /// Checks the target, which must be a path. An address in its place is the same, and its host is the one that is meant, whatever Host says (RFC
    /// 9112, 3.2.2).
    private static func check(_ head: inout HTTPRequestHead) throws(RequestFault) {
        let target = head.uri
        if target.hasPrefix("/") || head.method == .CONNECT || (target == "*" && head.method == .OPTIONS) { return }
        let scheme = ["http://", "https://"].first { target.prefix($0.count).lowercased() == $0 }
        guard let scheme else { throw .badTarget(target) }
        let rest = target.dropFirst(scheme.count)
        let name = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let authority = Authority(name) else { throw .badHost(String(name)) }
        let path = rest.dropFirst(name.count)
        head.uri = path.hasPrefix("/") ? String(path) : "/" + path
        head.headers.replaceOrAdd(name: "host", value: authority.text)
    }
}
