public import EventLoop
public import MQTT

/// An MQTT 5 client that does nothing by itself: it acknowledges, pings and reads only when it is told to. Its calls block, for as long as its patience.
/// Of one thread at a time.
public final class RawClient {
    private let socket: RawSocket
    private let patience: Duration
    private var buffer: [UInt8] = []
    private var position = 0

    /// Connects; the CONNECT is the caller's.
    /// - Parameters:
    ///   - receiveBuffer: bytes that the kernel keeps for it at most, so that its broker notices early that it does not read.
    ///   - interruption: ends any wait.
    public init(
        to address: MQTTAddress, receiveBuffer: Int32? = nil, patience: Duration = .seconds(15), interruption: Interruption? = nil
    ) throws(RawFailure) {
        self.patience = patience
        socket = try RawSocket(to: address, receiveBuffer: receiveBuffer, interruption: interruption, by: EventLoop.now() + patience)
    }

    public func send(_ bytes: [UInt8]) throws(RawFailure) { try socket.send(bytes, by: EventLoop.now() + patience) }

    /// Ends its side without a DISCONNECT; what the broker still sends can be read.
    public func hangUp() { socket.hangUp() }

    /// Ends without a word, as a process that dies.
    public func close() { socket.close() }

    /// True when there is something to read, or the end. Without TLS only.
    public var isReadable: Bool { socket.isReadable }

    /// The next packet; `nil` when the broker closed the connection.
    /// - Parameter deadline: before the patience ends.
    public func next(by deadline: LoopTime? = nil) throws(RawFailure) -> RawPacket? {
        let deadline = deadline ?? EventLoop.now() + patience
        while true {
            if let (head, body) = RawCodec.firstPacket(of: buffer[position...]) {
                position = body.endIndex
                guard let packet = RawCodec.decode(head, body) else {
                    throw RawFailure(
                        .notUnderstood, "it sent what is not MQTT 5: \(head), then \(body.prefix(32).map { "\($0)" }.joined(separator: " "))")
                }
                return packet
            }
            // What came of a packet stays, also after a time-out.
            guard try fill(by: deadline) else { return nil }
        }
    }

    private func fill(by deadline: LoopTime) throws(RawFailure) -> Bool {
        guard !socket.isClosed, let bytes = try socket.receive(by: deadline) else { return false }
        buffer.removeFirst(position)
        position = 0
        buffer += bytes
        return true
    }
}
