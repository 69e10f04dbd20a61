import ChargingModel
import ChargingProtocol
import Foundation
import Glibc
import Identities
import LedgerStore
import NIOCore
import Platform
import Services
import Settings
import Synchronization

@testable import Dashboard

/// A Central that knows nobody.
private struct Nobody: Steerable {
    func ask(_ request: OperatorRequest) async -> OperatorAnswer { .unknown }
    func sampleMetrics() async {}
    func ask(_ wish: StationWish.Written, of station: ChargePointID) async -> StationResult { StationResult(.unknown, "no gateway knows it") }
    func station(_ station: ChargePointID) async -> StationAbout? { nil }
    func stationBook() async -> StationBook { StationBook(gateways: [], stations: []) }
    func follow(_ station: ChargePointID, _ reader: AsyncStream<StationNews?>.Continuation) async -> UInt64? { nil }
    func unfollow(_ number: UInt64) async {}
}

/// The lines of a log.
final class Lines: LineSink {
    private let bytes = Mutex<[UInt8]>([])

    func write(_ line: [UInt8]) { bytes.withLock { $0 += line } }

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
    var log: Log { Log(role: "central", sink: self) }
}

/// The HTTP side on a port of its own, without a Central and a ledger behind it.
/// - Parameter directory: where its operators are; nobody has a name elsewhere.
@discardableResult
func withServer<Value: Sendable>(
    limit: Int = 100, operators directory: String = "/nonexistent", reading: HTTPReading = .open, lines: Lines = Lines(),
    _ body: @Sendable (UInt16) async throws -> Value
) async throws -> Value {
    let feed = NetworkFeed(instance: "test")
    let authenticator = Authenticator(token: AdminToken("0123456789abcdef"), store: OperatorStore(directory: directory), log: lines.log)
    let responder = Responder(
        feed: feed, desk: LedgerQueries(.file("/nonexistent/ledger.db"), site: nil), central: Nobody(), authenticator: authenticator,
        reading: reading,
        log: lines.log, registry: nil, hosts: ["localhost", "127.0.0.1", "[::1]"], stream: EventStream(feed))
    let (ports, told) = AsyncStream<UInt16>.makeStream()
    let server = Task.detached {
        defer { told.finish() }
        try await HTTPServer.run(responder, at: Endpoint(host: "127.0.0.1", port: 0), limit: limit) { told.yield($0) }
    }
    var port: UInt16?
    for await first in ports {
        port = first
        break
    }
    guard let port else {
        try await server.value
        throw RawClient.Failure(what: "no server")
    }
    let result: Result<Value, any Error>
    do { result = .success(try await body(port)) } catch { result = .failure(error) }
    await feed.close()
    server.cancel()
    // It ends by being cancelled.
    _ = await server.result
    return try result.get()
}

/// Runs what waits on a thread of its own: those of the pool are few, and others need them.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}

/// A client that writes and reads bytes, and waits for 10 s at most. Used by one thread at a time.
final class RawClient: @unchecked Sendable {
    struct Failure: Error { let what: String }

    private let descriptor: Int32

    init(_ port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let descriptor = descriptor
        let isConnected = try SocketAddress(ipAddress: "127.0.0.1", port: Int(port)).withSockAddr { connect(descriptor, $0, socklen_t($1)) == 0 }
        guard isConnected else { throw Failure(what: "no connection: \(errno)") }
    }

    deinit { close(descriptor) }

    @discardableResult
    func say(_ text: String) -> RawClient {
        _ = send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL))
        return self
    }

    /// The answer until the other end closes, or until it contains a text.
    func answer(until end: String? = nil) async throws -> String { try await blocking { [self] in try wait(until: end) } }

    private func wait(until end: String?) throws -> String {
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65536)
        while true {
            let text = String(decoding: answer, as: UTF8.self)
            if let end, text.contains(end) { return text }
            let count = read(descriptor, &part, part.count)
            if count == 0 { return text }
            guard count > 0 else { throw Failure(what: "\(errno) after: \(text)") }
            answer += part[..<count]
        }
    }
}
