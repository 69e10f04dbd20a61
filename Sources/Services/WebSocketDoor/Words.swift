internal import EventLoop
internal import NIOCore
internal import NIOSSL
internal import WebSocket

/// Errors in words.
enum Words {
    static func of(_ error: any Error) -> String {
        switch error {
        case let error as IOError: line(EventLoopError.text(of: error.errnoCode))
        case NIOSSLError.uncleanShutdown: "it hung up without a word"
        default: line("\(error)")
        }
    }

    /// The text on one line, without control characters, at most 200 characters of it.
    static func line(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(200) {
            scalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        while scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }
}

/// The payload of a close frame.
enum CloseFrame {
    static func payload(_ code: CloseCode?, _ words: String) -> [UInt8] {
        guard let code else { return [] }
        var text = words[...]
        // A control frame has 125 bytes at most.
        while text.utf8.count > 123 { text.removeLast() }
        return [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)] + Array(text.utf8)
    }
}

extension ByteBufferAllocator {
    /// The bytes with room for a frame's header in front of them.
    func frame(_ bytes: ArraySlice<UInt8>) -> ByteBuffer {
        var buffer = self.buffer(capacity: bytes.count + 14)
        buffer.moveWriterIndex(to: 14)
        buffer.moveReaderIndex(to: 14)
        buffer.writeBytes(bytes)
        return buffer
    }
}
