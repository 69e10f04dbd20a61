import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOWebSocket

/// The answer to a client's key, by NIO.
enum AcceptKey {
    static func of(_ key: String) -> String {
        let loop = EmbeddedEventLoop()
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/", headers: ["Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13"])
        let headers = try? upgrader.buildUpgradeResponse(channel: EmbeddedChannel(loop: loop), upgradeRequest: head, initialResponseHeaders: [:])
            .wait()
        return headers?["Sec-WebSocket-Accept"].first ?? ""
    }
}
