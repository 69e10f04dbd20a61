import Synchronization
import Testing

/// What happened, in its order, for a test to wait for. Events before those already waited for are not looked at again.
final class Record<Event: Sendable>: Sendable {
    struct TimedOut: Error, CustomStringConvertible { let description: String }

    private struct State {
        var events: [Event] = []
        var cursor = 0
        var waiter: (id: Int, matches: @Sendable (Event) -> Bool, continuation: CheckedContinuation<Event?, Never>)?
        var lastID = 0
    }

    private let state = Mutex(State())

    func add(_ event: Event) {
        let resumed = state.withLock { state -> CheckedContinuation<Event?, Never>? in
            state.events.append(event)
            guard let waiter = state.waiter, waiter.matches(event) else { return nil }
            state.cursor = state.events.count
            state.waiter = nil
            return waiter.continuation
        }
        resumed?.resume(returning: event)
    }

    /// All events so far.
    var all: [Event] { state.withLock { $0.events } }

    /// The next event that matches; at most one task may wait at a time.
    @discardableResult func next(within seconds: Int = 15, _ what: String = "event", _ matches: @escaping @Sendable (Event) -> Bool = { _ in true })
        async throws -> Event
    {
        let found = await withCheckedContinuation { (continuation: CheckedContinuation<Event?, Never>) in
            let (event, id) = state.withLock { state -> (Event?, Int) in
                if let index = state.events[state.cursor...].firstIndex(where: matches) {
                    state.cursor = index + 1
                    return (state.events[index], 0)
                }
                state.lastID += 1
                state.waiter = (state.lastID, matches, continuation)
                return (nil, state.lastID)
            }
            if let event { return continuation.resume(returning: event) }
            Task {
                try await Task.sleep(for: .seconds(seconds))
                let late = state.withLock { state -> CheckedContinuation<Event?, Never>? in
                    guard let waiter = state.waiter, waiter.id == id else { return nil }
                    state.waiter = nil
                    return waiter.continuation
                }
                late?.resume(returning: nil)
            }
        }
        guard let found else { throw TimedOut(description: "no \(what) in \(seconds) s; the last events: \(all.suffix(8))") }
        return found
    }
}
