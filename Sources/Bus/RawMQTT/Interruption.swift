internal import EventLoop
internal import Glibc

/// A word to whoever waits for a broker that he need not wait any more. Any thread.
public final class Interruption: Sendable {
    /// Readable from the first word on.
    let descriptor: Int32
    private let writer: Int32

    /// - Throws: when no descriptor is left.
    public init() throws(RawFailure) {
        var pair: [Int32] = [0, 0]
        guard pipe(&pair) == 0 else { throw RawFailure(.system, "pipe: \(RawFailure.text(errno))") }
        for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (descriptor, writer) = (pair[0], pair[1])
    }

    deinit {
        close(descriptor)
        close(writer)
    }

    public func raise() { _ = write(writer, [1], 1) }

    public var isRaised: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) == 1
    }
}

/// A failure of a connection.
public struct RawFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// Nobody is there, or the name has no address.
        case unreachable
        /// No TLS, or none that is believed.
        case tls
        case timedOut
        case interrupted
        /// The other speaks another language.
        case notUnderstood
        case system
    }

    public let kind: Kind
    public let description: String

    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    static func text(_ number: Int32) -> String { EventLoopError.text(of: number) }
}

extension Interruption {
    /// Waits for the time.
    /// - Throws: when it is interrupted.
    public func wait(_ time: Duration) throws(RawFailure) {
        do throws(RawFailure) { try RawSocket.wait(for: -1, POLLIN, self, by: EventLoop.now() + time) } catch {
            if error.kind != .timedOut { throw error }
        }
    }
}
