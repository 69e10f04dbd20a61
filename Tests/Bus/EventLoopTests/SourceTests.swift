import EventLoop
import Glibc
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct SourceTests {
    @Test("A descriptor whose number is used again within one batch of events never reaches the old handler, nor the old event the new one")
    func reuse() async throws {
        try await withLoop { loop in
            let calls: [String] = await withCheckedContinuation { continuation in
                loop.execute {
                    nonisolated(unsafe) var calls: [String] = []
                    func makePipe() -> (Int32, Int32) {
                        var ends: [Int32] = [0, 0]
                        pipe(&ends)
                        return (ends[0], ends[1])
                    }
                    let (first, second) = (makePipe(), makePipe())
                    nonisolated(unsafe) var tokens: [SourceToken] = []
                    nonisolated(unsafe) var isReplaced = false
                    // Both are ready in the same batch; whichever comes first closes the other one and takes its number for something silent.
                    func replace(_ own: (Int32, Int32), _ other: (Int32, Int32), _ otherToken: Int) {
                        guard !isReplaced else { return calls.append("stale") }
                        isReplaced = true
                        calls.append("first")
                        loop.unwatch(tokens[1 - otherToken])
                        // Forgotten: closed without being unwatched, as libmosquitto does. dup2 closes and uses the number again at once.
                        let silent = makePipe()
                        dup2(silent.0, other.0)
                        _ = try? loop.watch(other.0, .read) { _ in calls.append("new") }
                        // An old token must not take the new watch away.
                        loop.unwatch(tokens[otherToken])
                        write(silent.1, "x", 1)
                        loop.schedule(after: .milliseconds(5)) { continuation.resume(returning: calls) }
                    }
                    if let token = try? loop.watch(first.0, .read, { _ in replace(first, second, 1) }) { tokens.append(token) }
                    if let token = try? loop.watch(second.0, .read, { _ in replace(second, first, 0) }) { tokens.append(token) }
                    write(first.1, "x", 1)
                    write(second.1, "x", 1)
                }
            }
            // The new one is level-triggered and unread, so it is called again and again, but only for its own byte.
            #expect(calls.first == "first")
            #expect(!calls.contains("stale"))
            #expect(calls.dropFirst().allSatisfy { $0 == "new" } && calls.count > 1)
        }
    }

    @Test("What can't be watched is refused with the system's reason") func refused() async throws {
        try await withLoop { loop in
            let number = await loop.run { () -> Int32? in
                do throws(EventLoopError) {
                    _ = try loop.watch(1_000_000, .read) { _ in }
                    return nil
                } catch { return error.systemError }
            }
            #expect(number == EBADF)
        }
    }

    @Test("Signals arrive on the loop") func signals() async throws {
        // The test's threads exist already and may not block it; the loop's thread does, and gets it directly.
        try await withLoop { loop in
            let received: Int32 = await withCheckedContinuation { continuation in
                loop.execute {
                    EventLoop.blockSignals([SIGUSR2])
                    _ = try? loop.watchSignals([SIGUSR2]) { continuation.resume(returning: $0) }
                    pthread_kill(pthread_self(), SIGUSR2)
                }
            }
            #expect(received == SIGUSR2)
        }
    }
}

/// Waits until there is something to read.
private func waitReadable(_ descriptor: Int32) -> Int32 {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 10_000)
}

@Suite(.timeLimit(.minutes(1))) struct WorkerTests {
    @Test("Work is done off the loop, in order; results come back on it") func results() async throws {
        try await withLoop { loop in
            let worker = try BlockingWorker(loop: loop)
            let results: [Int] = await withCheckedContinuation { continuation in
                loop.execute {
                    nonisolated(unsafe) var results: [Int] = []
                    for number in 0..<100 {
                        let accepted = worker.submit({ loop.isCurrent ? -1 : number }) { value in
                            results.append(loop.isCurrent ? value : -2)
                            if results.count == 100 { continuation.resume(returning: results) }
                        }
                        if !accepted { results.append(-3) }
                    }
                }
            }
            #expect(results == Array(0..<100))
            worker.shutdown()
            #expect(await loop.run { worker.submit({}) { _ in } } == false)
        }
    }

    @Test("A full mailbox refuses; shutdown finishes what was accepted") func bounded() async throws {
        try await withLoop { loop in
            let worker = try BlockingWorker(loop: loop, capacity: 2)
            var gate: [Int32] = [0, 0]
            pipe(&gate)
            let (entry, exit) = (gate[1], gate[0])
            let done = Mutex(0)
            let accepted = await loop.run { () -> Int in
                var accepted = 0
                for _ in 0..<10 where worker.submit({ _ = waitReadable(exit) }, then: { done.withLock { $0 += 1 } }) { accepted += 1 }
                return accepted
            }
            write(entry, "x", 1)
            worker.shutdown()
            await loop.run {}
            close(entry)
            close(exit)
            #expect((2...3).contains(accepted))
            #expect(done.withLock { $0 } == accepted)
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct TCPTests {
    @Test("Bytes go there and back, more than a socket holds; then the peer closes") func echo() async throws {
        try await withLoop { loop in
            let size = 900_000
            let (received, ending): (Int, String) = await withCheckedContinuation { continuation in
                loop.execute {
                    nonisolated(unsafe) var held: [TCPConnection] = []
                    nonisolated(unsafe) var received = 0
                    let listener = try? TCPListener(loop: loop, host: "127.0.0.1", port: 0) { connection in
                        connection.onRead = { connection.write($0) }
                    }
                    guard let listener, let address = try? NumericAddress(host: "127.0.0.1", port: listener.port) else { return }
                    TCPConnection.connect(loop: loop, to: address, timeout: .seconds(5)) { result in
                        guard case .success(let connection) = result else { return }
                        held.append(connection)
                        connection.onRead = { bytes in
                            received += bytes.count
                            guard received == size else { return }
                            connection.close()
                            listener.close()
                            continuation.resume(returning: (received, "done"))
                        }
                        connection.onClose = { continuation.resume(returning: (received, "\(String(describing: $0))")) }
                        connection.write([UInt8](repeating: 7, count: size))
                    }
                }
            }
            #expect(received == size)
            #expect(ending == "done")
        }
    }

    @Test("Nobody there, nobody who answers, and a host that is not numeric") func failures() async throws {
        try await withLoop { loop in
            func attempt(_ host: String, _ port: UInt16) async throws -> String {
                let address = try NumericAddress(host: host, port: port)
                return await withCheckedContinuation { continuation in
                    loop.execute {
                        TCPConnection.connect(loop: loop, to: address, timeout: .milliseconds(50)) { result in
                            switch result {
                            case .success(let connection):
                                connection.close()
                                continuation.resume(returning: "connected")
                            case .failure(let error): continuation.resume(returning: "\(error)")
                            }
                        }
                    }
                }
            }
            #expect(try await attempt("127.0.0.1", 1).contains("Connection refused"))
            // TEST-NET-1: either nothing answers, or there is no route; never a crash or a hang.
            #expect(try await attempt("192.0.2.1", 9) != "connected")
            #expect((try? NumericAddress(host: "localhost", port: 1)) == nil)
            let bracketed = try NumericAddress(host: "[::1]", port: 1)
            #expect(bracketed.description == "[::1]:1")
        }
    }

    @Test("A port that is taken is an error that says so") func taken() async throws {
        try await withLoop { loop in
            let text = await loop.run { () -> String in
                do throws(EventLoopError) {
                    let first = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { _ in }
                    defer { first.close() }
                    let second = try TCPListener(loop: loop, host: "127.0.0.1", port: first.port) { _ in }
                    second.close()
                    return "both"
                } catch { return "\(error)" }
            }
            #expect(text.contains("Address already in use"))
        }
    }
}
