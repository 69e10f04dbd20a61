import EventLoop

struct Missed: Error, CustomStringConvertible { let description: String }

/// What was told, in order, for tests that wait for a certain thing.
final class Recorder<Event: Sendable>: Sendable {
    private struct Waiter {
        let id: Int
        let take: @Sendable (Event) -> Bool
    }

    private struct State {
        /// Those before `first` are taken out.
        var events: [Event] = []
        var first = 0
        var waiters: [Waiter] = []
        var lastID = 0

        mutating func remove(at index: Int) {
            guard index == first else {
                events.remove(at: index)
                return
            }
            first += 1
            guard first > 1000, first > events.count / 2 else { return }
            events.removeFirst(first)
            first = 0
        }
    }

    private struct Count {
        var left = 0
        var isCounted: (@Sendable (Event) -> Bool)?
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Guarded(State())
    private let count = Guarded(Count())

    /// From now on events of a kind are counted, not kept.
    func count(until number: Int, _ isCounted: @escaping @Sendable (Event) -> Bool) {
        count.withLock {
            $0.left = number
            $0.isCounted = isCounted
        }
    }

    /// Waits until so many have come.
    func counted() async {
        await withCheckedContinuation { continuation in
            let isThere = count.withLock { count in
                if count.left > 0 { count.waiter = continuation }
                return count.left <= 0
            }
            if isThere { continuation.resume() }
        }
    }

    private func isCounted(_ event: Event) -> Bool {
        let (isCounted, waiter) = count.withLock { count -> (Bool, CheckedContinuation<Void, Never>?) in
            guard count.isCounted?(event) == true else { return (false, nil) }
            count.left -= 1
            guard count.left == 0 else { return (true, nil) }
            defer { count.waiter = nil }
            return (true, count.waiter)
        }
        waiter?.resume()
        return isCounted
    }

    func add(_ event: Event) {
        guard !isCounted(event) else { return }
        state.withLock { state in
            if let index = state.waiters.firstIndex(where: { $0.take(event) }) { state.waiters.remove(at: index) } else { state.events.append(event) }
        }
    }

    var waiting: [Event] { state.withLock { Array($0.events[$0.first...]) } }

    /// The first event of which the function makes something, now or within the time; it is taken out.
    func next<Value: Sendable>(_ what: String, within time: Duration = .seconds(20), _ function: @escaping @Sendable (Event) -> Value?) async throws
        -> Value
    {
        let (values, told) = AsyncStream<Value>.makeStream()
        let (found, id) = state.withLock { state -> (Value?, Int) in
            for index in state.first..<state.events.count {
                guard let value = function(state.events[index]) else { continue }
                state.remove(at: index)
                return (value, 0)
            }
            state.lastID += 1
            state.waiters.append(
                Waiter(id: state.lastID) { event in
                    guard let value = function(event) else { return false }
                    told.yield(value)
                    return true
                })
            return (nil, state.lastID)
        }
        if let found { return found }
        let limit = Task {
            do { try await Task.sleep(for: time) } catch { return }
            self.state.withLock { $0.waiters.removeAll { $0.id == id } }
            told.finish()
        }
        defer { limit.cancel() }
        for await value in values { return value }
        throw Missed(description: "\(what) did not come; there are \(waiting.suffix(20))")
    }
}
