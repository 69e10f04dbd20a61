import EventLoop
import Synchronization

struct Missed: Error, CustomStringConvertible { let description: String }

/// What was told, in order, for tests that wait for a certain thing.
final class Recorder<Event: Sendable>: Sendable {
    private struct Waiter {
        let id: Int
        let take: @Sendable (Event) -> Bool
    }

    private struct State {
        var events: [Event] = []
        var waiters: [Waiter] = []
        var lastID = 0
    }

    private let state = Mutex(State())

    func add(_ event: Event) {
        state.withLock { state in
            if let index = state.waiters.firstIndex(where: { $0.take(event) }) { state.waiters.remove(at: index) } else { state.events.append(event) }
        }
    }

    var waiting: [Event] { state.withLock { $0.events } }

    /// The first event of which the function makes something, now or within the time; it is taken out.
    func next<Value: Sendable>(_ what: String, within time: Duration = .seconds(20), _ function: @escaping @Sendable (Event) -> Value?) async throws
        -> Value
    {
        let (values, told) = AsyncStream<Value>.makeStream()
        let id = state.withLock { state -> Int? in
            for (index, event) in state.events.enumerated() {
                guard let value = function(event) else { continue }
                state.events.remove(at: index)
                told.yield(value)
                return nil
            }
            state.lastID += 1
            state.waiters.append(
                Waiter(id: state.lastID) { event in
                    guard let value = function(event) else { return false }
                    told.yield(value)
                    return true
                })
            return state.lastID
        }
        let limit = Task {
            do { try await Task.sleep(for: time) } catch { return }
            if let id { self.state.withLock { $0.waiters.removeAll { $0.id == id } } }
            told.finish()
        }
        defer { limit.cancel() }
        for await value in values { return value }
        throw Missed(description: "\(what) did not come; there are \(waiting.suffix(20))")
    }
}
