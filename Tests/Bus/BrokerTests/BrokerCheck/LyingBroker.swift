import EventLoop
import RawMQTT

/// A broker that lies: a proxy before a real one that changes what goes through.
final class LyingBroker {
    let port: UInt16
    private let loop: EventLoop

    init(before port: UInt16, _ lie: Lie) async throws {
        let loop = try EventLoop(name: "liar")
        try loop.start()
        self.loop = loop
        let upstream = try NumericAddress(host: "127.0.0.1", port: port)
        self.port = try await loop.run {
            Result {
                let listener = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { LyingWire.open(loop, $0, upstream, lie) }
                _ = loop.sharedInstance(of: Holder.self) { Holder(listener) }
                return listener.port
            }
        }.get()
    }

    deinit { loop.shutdown() }

    private final class Holder {
        let listener: TCPListener
        init(_ listener: TCPListener) { self.listener = listener }
    }
}

/// A lie: what becomes of packets on their way.
struct Lie: Sendable {
    typealias Change = @Sendable (LyingWire, LyingWire.Packet) -> Void

    /// For each packet of a client; `send`, `answer` and `hold` say what comes of it.
    var up: Change = { $0.send($1) }
    /// For each packet of the broker.
    var down: Change = { $0.answer($1) }
    /// False where the client is not told that the broker hung up.
    var closes = true
}

/// One connection through a lying broker. On its loop.
final class LyingWire {
    struct Packet {
        var head: UInt8
        var body: [UInt8]

        var kind: UInt8 { head >> 4 }
        var bytes: [UInt8] { RawCodec.packet(head, body) }

        /// The message in it, if it is a PUBLISH.
        var message: RawPublish? {
            guard kind == 3, case .publish(let message) = RawCodec.decode(head, body[...]) else { return nil }
            return message
        }

        init(head: UInt8, body: [UInt8]) {
            self.head = head
            self.body = body
        }

        init(_ message: RawPublish) {
            let bytes = RawCodec.publish(message)
            let parts = RawCodec.firstPacket(of: bytes[...])
            self.init(head: bytes[0], body: Array(parts?.body ?? []))
        }
    }

    /// Packets that come later, if at all.
    var held: [Packet] = []
    /// For lies that count.
    var count = 0
    private let client: TCPConnection
    private var broker: TCPConnection?
    private var unsent: [UInt8] = []
    private var fromClient: [UInt8] = []
    private var fromBroker: [UInt8] = []

    private init(_ client: TCPConnection) { self.client = client }

    static func open(_ loop: EventLoop, _ client: TCPConnection, _ upstream: NumericAddress, _ lie: Lie) {
        let wire = LyingWire(client)
        client.onRead = { wire.take($0, &wire.fromClient, lie.up) }
        client.onClose = { _ in wire.broker?.close() }
        TCPConnection.connect(loop: loop, to: upstream, timeout: .seconds(10)) { result in
            guard !client.isClosed, case .success(let broker) = result else { return client.close() }
            wire.broker = broker
            broker.onRead = { wire.take($0, &wire.fromBroker, lie.down) }
            broker.onClose = { _ in if lie.closes { client.finish() } }
            broker.write(wire.unsent)
        }
    }

    /// To the broker.
    func send(_ packet: Packet) { if let broker { broker.write(packet.bytes) } else { unsent += packet.bytes } }

    /// To the client.
    func answer(_ packet: Packet) { client.write(packet.bytes) }

    func hold(_ packet: Packet) { held.append(packet) }

    /// To the client, what was held.
    func answerHeld() {
        for packet in held { answer(packet) }
        held = []
    }

    private func take(_ bytes: [UInt8], _ buffer: inout [UInt8], _ change: Lie.Change) {
        var rest = buffer + bytes
        var packets: [Packet] = []
        while let (head, body) = RawCodec.firstPacket(of: rest[...]) {
            packets.append(Packet(head: head, body: Array(body)))
            rest.removeFirst(body.endIndex)
        }
        buffer = rest
        for packet in packets { change(self, packet) }
    }
}
