import ChargingModel
import EventLoop
import Foundation
import Services
import Settings
import Testing

/// A loop for the time of the body.
func withLoop<Value>(_ body: (EventLoop) async throws -> Value) async throws -> Value {
    let loop = try EventLoop(name: "test")
    try loop.start()
    defer { loop.shutdown() }
    return try await body(loop)
}

/// Lets something of the loop's be handed around; it is used on the loop alone.
struct OnLoop<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}

extension EventLoop {
    /// Runs the body on the loop and waits for what it hands to its callback.
    func wait<Value: Sendable>(_ body: @escaping @Sendable (@escaping (Value) -> Void) -> Void) async -> Value {
        await withCheckedContinuation { continuation in execute { body { continuation.resume(returning: $0) } } }
    }

    /// Runs the body on the loop.
    func on<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in execute { continuation.resume(with: Result(catching: body)) } }
    }

    func check(_ endpoint: Endpoint, for cp: String? = nil, timeout: Duration = .seconds(5)) async -> HealthCheck.Result {
        await check(endpoint, cp.map { .engine(.init(known: $0)) } ?? .anybody, timeout: timeout)
    }

    func check(_ endpoint: Endpoint, _ who: HealthCheck.Expectation, timeout: Duration = .seconds(5)) async -> HealthCheck.Result {
        await wait { done in HealthCheck.ask(endpoint, expecting: who, timeout: timeout, on: self, completion: done) }
    }

    /// What a peer answers to some bytes, until it closes.
    func ask(_ port: UInt16, _ parts: [String]) async -> String {
        await wait { done in
            guard let address = try? NumericAddress(host: "127.0.0.1", port: port) else { return done("no address") }
            TCPConnection.connect(loop: self, to: address, timeout: .seconds(5)) { result in
                guard case .success(let connection) = result else { return done("no connection") }
                var answer: [UInt8] = []
                connection.onRead = { answer += $0 }
                connection.onClose = { _ in
                    _ = connection
                    done(String(decoding: answer, as: UTF8.self))
                }
                for (index, part) in parts.enumerated() {
                    self.schedule(after: .milliseconds(index)) { connection.write(Array(part.utf8)) }
                }
            }
        }
    }
}

/// Runs what waits on a thread of its own: those of the pool are few, and others need them.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}

func withDirectory<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("wattline-test-\(UUID().uuidString.prefix(8))")
    defer { try? FileManager.default.removeItem(at: url) }
    return try await body(url.path)
}
