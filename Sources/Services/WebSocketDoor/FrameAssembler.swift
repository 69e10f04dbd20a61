internal import NIOCore
internal import NIOWebSocket
internal import WebSocket

/// Makes messages out of frames, and finds what is wrong with them (RFC 6455, 5).
struct FrameAssembler {
    /// The meaning of a frame.
    enum Outcome {
        /// A part of a message.
        case nothing
        case text([UInt8])
        case ping([UInt8])
        case pong
        case close(CloseCode?, String)
        case fault(CloseCode, String)
    }

    /// The most bytes of a message.
    let limit: Int
    /// True where frames must be masked: at the server.
    let expectsMask: Bool
    /// The message as far as it has come; `nil` between messages.
    private var parts: [UInt8]?

    init(limit: Int, expectsMask: Bool) {
        self.limit = limit
        self.expectsMask = expectsMask
    }

    /// The bytes of the message that is not whole.
    var heldBytes: Int { parts?.count ?? 0 }

    mutating func take(_ frame: WebSocketFrame) -> Outcome {
        guard frame.reservedBits.isEmpty else { return .fault(.protocolError, "a frame has a reserved bit set, though no extension was agreed on") }
        guard (frame.maskKey != nil) == expectsMask else {
            return .fault(.protocolError, expectsMask ? "a frame is not masked" : "a frame of the server is masked")
        }
        switch frame.opcode {
        case .text:
            guard parts == nil else { return .fault(.protocolError, "a message begins before the last one has ended") }
            return add(frame, to: [])
        case .continuation:
            guard let begun = parts else { return .fault(.protocolError, "a message goes on that has not begun") }
            parts = nil
            return add(frame, to: begun)
        case .binary: return .fault(.unsupportedData, "a frame is binary, expected text")
        case .ping: return .ping(FrameAssembler.payload(of: frame))
        case .pong: return .pong
        case .connectionClose: return FrameAssembler.close(FrameAssembler.payload(of: frame))
        default: return .fault(.protocolError, "a frame has an opcode that means nothing")
        }
    }

    private mutating func add(_ frame: WebSocketFrame, to begun: [UInt8]) -> Outcome {
        guard begun.count + frame.length <= limit else { return .fault(.tooBig, "a message has more than \(limit) bytes") }
        var message = begun
        if message.isEmpty { message = FrameAssembler.payload(of: frame) } else { message += FrameAssembler.payload(of: frame) }
        guard frame.fin else {
            parts = message
            return .nothing
        }
        guard FrameAssembler.isText(message) else { return .fault(.invalidText, "a message is not UTF-8") }
        return .text(message)
    }

    private static func close(_ payload: [UInt8]) -> Outcome {
        guard !payload.isEmpty else { return .close(nil, "") }
        guard payload.count >= 2 else { return .fault(.protocolError, "a close frame has half a code") }
        let code = CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        guard code.maySay else { return .fault(.protocolError, "a close frame has the code \(code), which nobody may send") }
        guard let words = String(validating: payload[2...], as: UTF8.self) else {
            return .fault(.invalidText, "the words of a close frame are not UTF-8")
        }
        return .close(code, words)
    }

    private static func isText(_ bytes: [UInt8]) -> Bool { (try? UTF8Span(validating: bytes.span)) != nil }

    /// The payload without its mask.
    private static func payload(of frame: WebSocketFrame) -> [UInt8] {
        let masked = frame.data
        guard let key = frame.maskKey else { return Array(buffer: masked) }
        return masked.withUnsafeReadableBytes { masked in
            [UInt8](unsafeUninitializedCapacity: masked.count) { bytes, count in
                let key = (key[0], key[1], key[2], key[3])
                var index = 0
                while index + 4 <= masked.count {
                    bytes[index] = masked[index] ^ key.0
                    bytes[index + 1] = masked[index + 1] ^ key.1
                    bytes[index + 2] = masked[index + 2] ^ key.2
                    bytes[index + 3] = masked[index + 3] ^ key.3
                    index += 4
                }
                let rest = [key.0, key.1, key.2]
                while index < masked.count {
                    bytes[index] = masked[index] ^ rest[index % 4]
                    index += 1
                }
                count = masked.count
            }
        }
    }
}
