import EventLoop
import WebSocket

@testable import WebSocketDoor

/// A door on a loop of its own. Any thread.
final class TestDoor: @unchecked Sendable {
    typealias Policy = @Sendable (SocketID, Knock) -> Admission?

    let loop: EventLoop
    let events = Recorder<DoorEvent>()
    private(set) var port: UInt16 = 0
    // On the loop.
    private var door: StationDoor?

    /// Opens a door that lets in whoever offers `ocpp1.6`, unless the policy says otherwise; `nil`: it does not answer.
    init(_ settings: DoorSettings, policy: @escaping Policy) async throws {
        loop = try EventLoop(name: "door")
        try loop.start()
        let events = events
        await loop.run { [self] in
            let door = StationDoor(loop: loop, settings: settings) { [weak self] event in
                if case .knocked(let id, let knock) = event, let admission = policy(id, knock) { self?.door?.take(.answer(id, admission)) }
                events.add(event)
            }
            self.door = door
            door.open()
        }
        port = try await events.next("listening") {
            switch $0 {
            case .listening(let port): port
            case .failed(let words): words.isEmpty ? 0 : 1
            default: nil
            }
        }
    }

    static let usual: Policy = { _, knock in
        knock.subprotocols.contains("ocpp1.6")
            ? .accept(subprotocol: "ocpp1.6") : .refuse(.subprotocol(offered: knock.subprotocols, spoken: ["ocpp2.0.1", "ocpp1.6"]))
    }

    static let undecided: Policy = { _, _ in nil }

    func take(_ order: DoorOrder) { loop.execute { self.door?.take(order) } }
    func stop() { loop.execute { self.door?.stop() } }

    /// Stops it, and its loop.
    func end() async throws {
        stop()
        try await events.next("stopped") { if case .stopped = $0 { () } else { nil } }
        await loop.run { self.door = nil }
        loop.shutdown()
    }

    func counts() async -> DoorCounts { await loop.run { self.door?.counts ?? DoorCounts() } }
    /// While the loop is busy, too.
    var mailbox: Mailbox? { door?.mailbox }

    /// The bytes that wait for the loop, when they have not become more for a while.
    func settled() async throws -> Int {
        var (bytes, same) = (0, 0)
        while same < 10 {
            try await Task.sleep(for: .milliseconds(20))
            let now = mailbox?.waitingBytes ?? 0
            same = now == bytes && now > 0 ? same + 1 : 0
            bytes = now
        }
        return bytes
    }

    func opened() async throws -> SocketID {
        try await events.next("opened") { if case .opened(let id) = $0 { id } else { nil } }
    }

    func knocked() async throws -> (id: SocketID, knock: Knock) {
        try await events.next("knocked") { if case .knocked(let id, let knock) = $0 { (id, knock) } else { nil } }
    }

    func text(_ id: SocketID) async throws -> String {
        try await events.next("text of \(id)") { if case .text(id, let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { nil } }
    }

    func bytes(_ id: SocketID) async throws -> [UInt8] {
        try await events.next("text of \(id)") { if case .text(id, let bytes) = $0 { bytes } else { nil } }
    }

    func closed(_ id: SocketID, within time: Duration = .seconds(20)) async throws -> SocketEnd {
        try await events.next("closed of \(id)", within: time) { if case .closed(id, let end) = $0 { end } else { nil } }
    }
}

extension DoorSettings {
    /// Any port of this machine, one thread, and what the body changes.
    static func test(_ change: (inout DoorSettings) -> Void = { _ in }) -> DoorSettings {
        var settings = DoorSettings(port: 0)
        settings.threads = 1
        change(&settings)
        return settings
    }
}

/// A door for the time of the body.
func withDoor<Value: Sendable>(
    _ settings: DoorSettings = .test(), policy: @escaping TestDoor.Policy = TestDoor.usual, _ body: (TestDoor) async throws -> Value
) async throws -> Value {
    let door = try await TestDoor(settings, policy: policy)
    let result: Result<Value, any Error>
    do { result = .success(try await body(door)) } catch { result = .failure(error) }
    try await door.end()
    return try result.get()
}
