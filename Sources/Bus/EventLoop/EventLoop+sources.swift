internal import CLinux
internal import Glibc

/// The readiness of a descriptor that somebody wants to know of. Errors and hang-ups are always told.
public struct Interest: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let read = Interest(rawValue: 1)
    public static let write = Interest(rawValue: 2)

    var epollEvents: UInt32 { (contains(.read) ? EPOLLIN.rawValue | EPOLLRDHUP.rawValue : 0) | (contains(.write) ? EPOLLOUT.rawValue : 0) }
}

/// The readiness of a descriptor.
public struct Readiness: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let readable = Readiness(rawValue: 1)
    public static let writable = Readiness(rawValue: 2)
    /// An error or the end of the connection: what is left can be read, and reading or writing says what it is.
    public static let closed = Readiness(rawValue: 4)

    init(epollEvents events: UInt32) {
        self = []
        if events & EPOLLIN.rawValue != 0 { insert(.readable) }
        if events & EPOLLOUT.rawValue != 0 { insert(.writable) }
        if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue | EPOLLRDHUP.rawValue) != 0 { insert(.closed) }
    }
}

/// A watched descriptor. The generation tells it from a later one that got the same number.
public struct SourceToken: Hashable, Sendable {
    let descriptor: Int32
    let generation: UInt32
}

struct Source {
    var generation: UInt32
    var interest: Interest
    var handler: (Readiness) -> Void
}

extension EventLoop {
    /// Calls the handler whenever the descriptor is ready (level-triggered). A forgotten watch on a descriptor that was closed
    /// and whose number came back is replaced. The loop does not own the descriptor: unwatch, then close. On the loop only.
    /// - Throws: when the descriptor can't be watched, or the kernel has no room for it.
    public func watch(_ descriptor: Int32, _ interest: Interest, _ handler: @escaping (Readiness) -> Void) throws(EventLoopError) -> SourceToken {
        preconditionOnLoop()
        lastGeneration &+= 1
        let token = SourceToken(descriptor: descriptor, generation: lastGeneration)
        if !control(EPOLL_CTL_ADD, token, interest) {
            guard errno == EEXIST, control(EPOLL_CTL_MOD, token, interest) else { throw .system("epoll_ctl") }
        }
        while sources.count <= Int(descriptor) { sources.append(nil) }
        sources[Int(descriptor)] = Source(generation: token.generation, interest: interest, handler: handler)
        return token
    }

    /// Changes what is asked of a descriptor; cheap when nothing changes. On the loop only.
    public func change(_ token: SourceToken, to interest: Interest) {
        preconditionOnLoop()
        guard isWatched(token), sources[Int(token.descriptor)]?.interest != interest else { return }
        sources[Int(token.descriptor)]?.interest = interest
        _ = control(EPOLL_CTL_MOD, token, interest)
    }

    /// Ends a watch: its handler is not called any more, not even for events already in hand. Harmless when the descriptor is closed, or watched anew
    /// by somebody else. On the loop only.
    public func unwatch(_ token: SourceToken) {
        preconditionOnLoop()
        guard isWatched(token) else { return }
        _ = control(EPOLL_CTL_DEL, token, [])
        sources[Int(token.descriptor)] = nil
    }

    private func isWatched(_ token: SourceToken) -> Bool {
        sources.indices.contains(Int(token.descriptor)) && sources[Int(token.descriptor)]?.generation == token.generation
    }

    private func control(_ operation: Int32, _ token: SourceToken, _ interest: Interest) -> Bool {
        var event = epoll_event(events: interest.epollEvents, data: epoll_data_t(u64: Self.key(token.descriptor, token.generation)))
        return epoll_ctl(epoll, operation, token.descriptor, &event) == 0
    }

    static func key(_ descriptor: Int32, _ generation: UInt32) -> UInt64 { UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor)) }

    func dispatch(_ event: epoll_event) {
        let key = event.data.u64
        let descriptor = Int32(bitPattern: UInt32(truncatingIfNeeded: key))
        if key == Self.key(waker, 0) {
            var count: UInt64 = 0
            read(waker, &count, 8)
            return
        }
        // The process may also have stood still in the handler before.
        noticeStall()
        let token = SourceToken(descriptor: descriptor, generation: UInt32(truncatingIfNeeded: key >> 32))
        guard isWatched(token), let handler = sources[Int(descriptor)]?.handler else { return }
        handler(Readiness(epollEvents: event.events))
    }
}
