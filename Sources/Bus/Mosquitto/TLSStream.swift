internal import CMosquitto
package import MQTT

/// A TLS client's stream over a connected socket that does not block, for whoever speaks MQTT without libmosquitto. Of one thread at a time; the socket
/// stays the caller's.
package final class TLSStream {
    package enum Progress {
        case bytes(Int)
        case end
        case waitsToRead
        case waitsToWrite
        /// No handshake: whose fault it is, if that is known.
        case failed(TLSProblem)
    }

    private let trust: TLSTrust
    private let stream: OpaquePointer

    /// Reads the files of the address; blocks.
    package init(_ address: MQTTAddress, socket: Int32) throws(TLSProblem) {
        let trust = try TLSTrust(address)
        guard let stream = trust.open(socket) else { throw .other("OpenSSL has no memory") }
        self.trust = trust
        self.stream = stream
    }

    deinit { wattline_tls_close(stream) }

    /// Makes the handshake, too.
    package func receive(_ buffer: UnsafeMutableRawBufferPointer) -> Progress {
        progress(wattline_tls_receive(stream, buffer.baseAddress, Int32(clamping: buffer.count)))
    }

    /// Makes the handshake, too. The rest of what was sent in part may lie elsewhere the next time.
    package func send(_ buffer: UnsafeRawBufferPointer) -> Progress {
        progress(wattline_tls_send(stream, buffer.baseAddress, Int32(clamping: buffer.count)))
    }

    private func progress(_ result: Int32) -> Progress {
        switch result {
        case 1...: .bytes(Int(result))
        case Int32(WATTLINE_TLS_END): .end
        case Int32(WATTLINE_TLS_WAIT_TO_READ): .waitsToRead
        case Int32(WATTLINE_TLS_WAIT_TO_WRITE): .waitsToWrite
        default: .failed(trust.objection ?? .hungUp)
        }
    }
}
