import EventLoop
import WebSocket

@testable import WebSocketDoor

/// The station's side on a loop of its own. Any thread.
final class TestSockets: @unchecked Sendable {
    let loop: EventLoop
    let events = Recorder<DialEvent>()
    // On the loop.
    private var sockets: StationSockets?

    init(_ settings: StationSockets.Settings) async throws {
        loop = try EventLoop(name: "stations")
        try loop.start()
        let events = events
        await loop.run { [self] in sockets = StationSockets(loop: loop, settings: settings) { events.add($0) } }
    }

    func take(_ order: DialOrder) { loop.execute { self.sockets?.take(order) } }

    /// All at once, in one round of the loop.
    func take(all orders: [DialOrder]) { loop.execute { for order in orders { self.sockets?.take(order) } } }

    func end() async throws {
        loop.execute { self.sockets?.stop() }
        try await events.next("stopped") { if case .stopped = $0 { () } else { nil } }
        await loop.run { self.sockets = nil }
        loop.shutdown()
    }

    /// Connects; the subprotocol that was chosen.
    @discardableResult
    func open(_ number: UInt64, _ dial: Dial) async throws -> String? {
        let id = SocketID(number: number)
        take(.connect(id, dial))
        let outcome = try await events.next("opened or failed of \(id)") { event -> Result<String?, DialProblem>? in
            switch event {
            case .opened(id, let subprotocol): .success(subprotocol)
            case .failed(id, let problem): .failure(problem)
            default: nil
            }
        }
        return try outcome.get()
    }

    func problem(_ number: UInt64, _ dial: Dial) async -> DialProblem? {
        do { try await open(number, dial) } catch { return error as? DialProblem ?? .other("\(error)") }
        return nil
    }

    func text(_ number: UInt64) async throws -> String {
        let id = SocketID(number: number)
        return try await events.next("text of \(id)") { if case .text(id, let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { nil } }
    }

    func closed(_ number: UInt64) async throws -> SocketEnd {
        let id = SocketID(number: number)
        return try await events.next("closed of \(id)") { if case .closed(id, let end) = $0 { end } else { nil } }
    }
}

extension StationSockets.Settings {
    static func test(_ change: (inout StationSockets.Settings) -> Void = { _ in }) -> StationSockets.Settings {
        var settings = StationSockets.Settings()
        change(&settings)
        return settings
    }
}

/// The station's side for the time of the body.
func withSockets<Value: Sendable>(
    _ settings: StationSockets.Settings = .test(), _ body: (TestSockets) async throws -> Value
) async throws -> Value {
    let sockets = try await TestSockets(settings)
    let result: Result<Value, any Error>
    do { result = .success(try await body(sockets)) } catch { result = .failure(error) }
    try await sockets.end()
    return try result.get()
}

extension Dial {
    /// `ws://127.0.0.1:PORT/ocpp/ST-1`, with `ocpp1.6`.
    static func station(_ id: String = "ST-1", at port: UInt16, _ subprotocols: [String] = ["ocpp1.6"]) -> Dial {
        Dial(WebSocketURL(host: "127.0.0.1", port: port, path: "/ocpp").appending(station: id), subprotocols: subprotocols)
    }
}
