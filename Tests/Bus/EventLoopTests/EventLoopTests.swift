import EventLoop
import Glibc
import Synchronization
import Testing

/// A loop for the time of the body.
func withLoop<Value>(_ body: (EventLoop) async throws -> Value) async throws -> Value {
    let loop = try EventLoop(name: "test")
    try loop.start()
    defer { loop.shutdown() }
    return try await body(loop)
}

/// An actor whose executor is the loop.
actor Resident {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    var count = 0

    init(loop: EventLoop) { self.loop = loop }

    func increment() -> Bool {
        count += 1
        return loop.isCurrent
    }

    /// Resumes from a timer of the loop, which enters the actor without a hop.
    func ticks(_ number: Int) async -> Int { await withCheckedContinuation { continuation in tick(number, continuation) } }

    private func tick(_ left: Int, _ continuation: CheckedContinuation<Int, Never>) {
        guard left > 0 else { return continuation.resume(returning: count) }
        loop.schedule(after: .milliseconds(1)) { [self] in
            assumeIsolated { actor in
                actor.count += 1
                actor.tick(left - 1, continuation)
            }
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct ExecutorTests {
    @Test("An actor on the loop runs there, one job after the other") func actors() async throws {
        try await withLoop { loop in
            let resident = Resident(loop: loop)
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<1000 { group.addTask { await resident.increment() } }
                for await onLoop in group { #expect(onLoop) }
            }
            #expect(await resident.count == 1000)
            #expect(!loop.isCurrent)
        }
    }

    @Test("A callback of the loop enters an actor by assumeIsolated") func isolation() async throws {
        try await withLoop { loop in #expect(await Resident(loop: loop).ticks(10) == 10) }
    }

    @Test("Work enqueued before the start is run after it; work after the end is run all the same") func beforeAndAfter() async throws {
        let loop = try EventLoop(name: "test")
        let resident = Resident(loop: loop)
        async let early = resident.increment()
        try loop.start()
        #expect(await early)
        loop.shutdown()
        loop.shutdown()
        #expect(await resident.increment())
        let unused = try EventLoop(name: "unused")
        unused.shutdown()
        #expect(await Resident(loop: unused).increment())
    }

    @Test("A thousand loops come and go without a hang") func churn() async throws {
        for _ in 0..<1000 {
            let loop = try EventLoop(name: "churn")
            try loop.start()
            let task = Task { await Resident(loop: loop).increment() }
            loop.shutdown()
            #expect(await task.value)
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct TimerTests {
    @Test("Timers fire in the order of their deadlines, equal ones as they were made, cancelled ones never") func order() async throws {
        try await withLoop { loop in
            let order: [Int] = await withCheckedContinuation { continuation in
                loop.execute {
                    nonisolated(unsafe) var fired: [Int] = []
                    let now = EventLoop.now()
                    for number in [5, 1, 3, 2, 4] { loop.schedule(at: now + .milliseconds(number)) { fired.append(number) } }
                    loop.schedule(at: now + .milliseconds(3)) { fired.append(33) }
                    let never = loop.schedule(at: now + .milliseconds(2)) { fired.append(99) }
                    loop.cancel(never)
                    loop.schedule(at: now + .milliseconds(8)) { continuation.resume(returning: fired) }
                }
            }
            #expect(order == [1, 2, 3, 33, 4, 5])
        }
    }

    @Test("Many timers, most of them cancelled, stay few in the heap") func cancelled() async throws {
        try await withLoop { loop in
            let fired: Int = await withCheckedContinuation { continuation in
                loop.execute {
                    nonisolated(unsafe) var fired = 0
                    for number in 0..<100_000 {
                        let token = loop.schedule(after: .milliseconds(1 + number % 7)) { fired += 1 }
                        if number % 100 != 0 { loop.cancel(token) }
                    }
                    loop.schedule(after: .milliseconds(10)) { continuation.resume(returning: fired) }
                }
            }
            #expect(fired == 1000)
        }
    }

    @Test("A timer is never early, deadlines may be in the past or at the end of time") func punctual() async throws {
        try await withLoop { loop in
            let late: Duration = await withCheckedContinuation { continuation in
                loop.execute {
                    let due = EventLoop.now() + .milliseconds(20)
                    loop.schedule(after: .seconds(Int64.max / 2)) {}
                    loop.schedule(at: LoopTime(nanoseconds: .min)) {}
                    loop.schedule(at: due) { continuation.resume(returning: EventLoop.now() - due) }
                }
            }
            #expect(late >= .zero)
            #expect(late < .milliseconds(500))
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct StallTests {
    @Test("P12: a stall is told before any descriptor is read, with its length") func stall() async throws {
        let loop = try EventLoop(name: "test", stallThreshold: .milliseconds(1500))
        try loop.start()
        defer { loop.shutdown() }
        var pipe: [Int32] = [0, 0]
        #expect(Glibc.pipe(&pipe) == 0)
        let (input, output) = (pipe[0], pipe[1])
        let events: [String] = await withCheckedContinuation { continuation in
            loop.execute {
                nonisolated(unsafe) var events: [String] = []
                _ = loop.observeStalls { events.append($0 > .milliseconds(1500) && $0 < .seconds(30) ? "stalled" : "stalled for \($0)") }
                _ = try? loop.watch(input, .read) { _ in
                    var byte: UInt8 = 0
                    read(input, &byte, 1)
                    events.append("read")
                    continuation.resume(returning: events)
                }
                write(output, "x", 1)
                usleep(1_700_000)
            }
        }
        #expect(events == ["stalled", "read"])
        await loop.run {}
        close(input)
        close(output)
    }

    @Test("An idle loop sees no stall") func idle() async throws {
        let loop = try EventLoop(name: "test", stallThreshold: .milliseconds(1500))
        try loop.start()
        defer { loop.shutdown() }
        let stalls: Int = await withCheckedContinuation { continuation in
            loop.execute {
                nonisolated(unsafe) var stalls = 0
                _ = loop.observeStalls { if $0 < .seconds(3) { stalls += 1 } }
                loop.schedule(after: .milliseconds(2500)) { continuation.resume(returning: stalls) }
            }
        }
        #expect(stalls == 0)
    }
}
