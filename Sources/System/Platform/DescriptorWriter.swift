import Glibc

/// The one loop that writes to a descriptor: until all is written, or it can't be.
package enum DescriptorWriter {
    package enum End: Equatable {
        case complete
        /// A non-blocking descriptor stayed full for longer than `patience`.
        case full
        /// Nobody reads any more (EPIPE).
        case readerGone
        /// The system refused, with this error number.
        case system(Int32)

        /// Why not all was written, in words; `nil` when all was.
        package var failure: String? {
            switch self {
            case .complete: nil
            case .full: "nobody reads it"
            case .readerGone: errorText(EPIPE)
            case .system(let code): errorText(code)
            }
        }
    }

    /// Writes the bytes. A descriptor that somebody else made non-blocking is waited for.
    /// - Parameter patience: the longest wait each time, in milliseconds; -1 without end.
    /// - Returns: the number of bytes that were written, and the reason why no more were.
    package static func write(_ bytes: [UInt8], on descriptor: Int32, patience: Int32) -> (count: Int, end: End) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
                continue
            }
            let written = bytes.count - rest.count
            switch errno {
            case EINTR: continue
            case EAGAIN:
                var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                if poll(&wanted, 1, patience) == 0 { return (written, .full) }
            case EPIPE: return (written, .readerGone)
            case let error: return (written, .system(error))
            }
        }
        return (bytes.count, .complete)
    }
}
