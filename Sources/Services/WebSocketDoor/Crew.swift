internal import EventLoop
internal import NIOCore

/// The channels that are open, for whoever waits until none is. Any thread.
final class Crew: Sendable {
    private struct State {
        var count = 0
        var waiter: CheckedContinuation<Void, Never>?

        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            defer { waiter = nil }
            return waiter
        }
    }

    private let state = Guarded(State())

    func add(_ channel: any Channel) {
        state.withLock { $0.count += 1 }
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { state in
                state.count -= 1
                return state.count == 0 ? state.takeWaiter() : nil
            }?.resume()
        }
    }

    /// Waits until all are closed, or the time is over. Once.
    func end(within time: Duration) async {
        let limit = Task.detached { [self] in
            do { try await Task.sleep(for: time) } catch { return }
            state.withLock { $0.takeWaiter() }?.resume()
        }
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.count > 0 { state.waiter = continuation }
                return state.count == 0
            }
            if isEmpty { continuation.resume() }
        }
        limit.cancel()
    }
}
