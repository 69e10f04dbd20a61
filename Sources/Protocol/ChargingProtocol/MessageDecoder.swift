internal import ChargingModel

/// Reads what arrives, and may remember the last payloads: where the same bytes are delivered to many (in a simulated network), they are parsed once.
///
/// Belongs to one thread.
public final class MessageDecoder {
    private struct Remembered {
        var topic: String
        /// Kept, so that its memory is nobody else's.
        var payload: [UInt8]
        var result: Result<Wire.Received, Rejection>
    }

    public let wire: Wire
    private var remembered: [Remembered?]

    /// - Parameter places: how many payloads are remembered at most; a power of two, or 0 for none.
    public init(_ wire: Wire, remembering places: Int = 0) {
        precondition(places & (places - 1) == 0)
        self.wire = wire
        remembered = Array(repeating: nil, count: places)
    }

    /// Reads what arrived.
    /// - Throws: why it is not accepted.
    public func decode(topic: String, payload: [UInt8]) throws(Rejection) -> Wire.Received {
        guard !remembered.isEmpty, !payload.isEmpty else { return try wire.decode(topic: topic, payload: payload) }
        let address = MessageDecoder.address(of: payload)
        let place = Int(truncatingIfNeeded: address >> 5) & (remembered.count - 1)
        if let known = remembered[place], MessageDecoder.address(of: known.payload) == address, known.payload.count == payload.count,
            known.topic == topic
        {
            return try known.result.get()
        }
        let result: Result<Wire.Received, Rejection>
        do throws(Rejection) { result = .success(try wire.decode(topic: topic, payload: payload)) } catch { result = .failure(error) }
        remembered[place] = Remembered(topic: topic, payload: payload, result: result)
        return try result.get()
    }

    private static func address(of payload: [UInt8]) -> UInt { payload.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } }
}
