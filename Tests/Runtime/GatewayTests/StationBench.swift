import ChargingModel
import Gateway
import JSON
import OCPP

/// A station's core with a journal that obeys, or is held; frames go in and come out as text.
struct StationBench {
    var clock = HandClock()
    var core: StationCore
    let version: OCPPVersion
    private(set) var gate = StationGate()
    /// True while the disk keeps what it is to write.
    var isHeld = false
    /// True while the station answers what it is asked to say.
    var answersTriggers = true
    /// What is on the disk.
    private(set) var disk: [StationEntry] = []
    private var pending: [StationEntry] = []
    private(set) var link: UInt64 = 0
    private var lastCall = 0
    /// All that was carried out.
    private(set) var log: [StationCore.Action] = []

    init(
        _ version: OCPPVersion = .v16, memory: StationMemory = StationMemory(), connectors: [Int32: StationCore.Connector] = [1: .init()],
        settings: StationCore.Settings = .init(), clock: HandClock = HandClock(), isConnected: Bool = true, seed: UInt64 = 7
    ) {
        self.version = version
        self.clock = clock
        core = StationCore(id: "ST-1", settings: settings, memory: memory, connectors: connectors, seed: seed)
        disk = memory.entries
        _ = carryOut(core.begin(at: clock.now))
        if isConnected { connect() }
    }

    /// Comes with a new connection, and says one word on it.
    @discardableResult
    mutating func connect(saying isSpeaking: Bool = true) -> [StationCore.Action] {
        link += 1
        var actions = feed(.connected(link, version))
        if isSpeaking { actions += call("Heartbeat") }
        return actions
    }

    @discardableResult
    mutating func disconnect() -> [StationCore.Action] { feed(.disconnected(link)) }

    @discardableResult
    mutating func feed(_ event: StationCore.Event) -> [StationCore.Action] {
        carryOut(core.handle(event, at: clock.now))
    }

    @discardableResult
    mutating func text(_ text: String, on link: UInt64? = nil) -> [StationCore.Action] { feed(.text(link ?? self.link, Array(text.utf8))) }

    /// A call of the station's, under an id of its own.
    @discardableResult
    mutating func call(_ action: String, _ payload: String = "{}", id: String? = nil) -> [StationCore.Action] {
        lastCall += 1
        return text("[2,\"\(id ?? "c\(lastCall)")\",\"\(action)\",\(payload)]")
    }

    private mutating func carryOut(_ actions: [StationCore.Action]) -> [StationCore.Action] { perform(gate.admit(actions)) }

    private mutating func perform(_ steps: [StationGate.Step]) -> [StationCore.Action] {
        var done: [StationCore.Action] = []
        for step in steps {
            switch step {
            case .perform(let action): done.append(action)
            case .write(let entries):
                pending = entries
                if !isHeld { done += written() }
            }
        }
        log += steps.compactMap { if case .perform(let action) = $0 { action } else { nil } }
        return done
    }

    /// The disk has written what it was given.
    @discardableResult
    mutating func written() -> [StationCore.Action] {
        disk += pending
        pending = []
        return perform(gate.written())
    }

    /// Lets time pass, and ticks when it is due.
    @discardableResult
    mutating func pass(_ duration: Duration) -> [StationCore.Action] {
        let end = clock.now.monotonic + duration
        var actions: [StationCore.Action] = []
        var ticks = 0
        while let due = core.deadline, due <= end {
            clock.advance(max(.zero, due - clock.now.monotonic))
            actions += feed(.tick)
            while answersTriggers, let trigger = actions.calls.last, trigger.action == "TriggerMessage" {
                actions += answer(trigger.id, #"{"status":"Accepted"}"#)
                if actions.calls.last?.id == trigger.id { break }
            }
            ticks += 1
            if ticks > 1000 { fatalError("it ticks without end") }
        }
        clock.advance(end - clock.now.monotonic)
        return actions
    }

    /// The core of a gateway that was killed and starts anew with what is on its disk; not connected yet.
    func restarted(connectors: [Int32: StationCore.Connector] = [1: .init()]) -> StationBench {
        StationBench(version, memory: StationMemory(replaying: disk), connectors: connectors, clock: clock, isConnected: false, seed: 99)
    }

    var time: String { clock.now.wall.text }
}

/// A call of the gateway's, as a station reads it.
struct GatewayCall {
    let id: String
    let action: String
    let payload: JSONObject

    init?(_ element: [JSONValue]) {
        guard element.first?.text == "2", let id = element[1].string, let action = element[2].string, let payload = element[3].object else {
            return nil
        }
        (self.id, self.action, self.payload) = (id, action, payload)
    }

    init?(text: String) {
        guard let elements = (try? JSONValue(Array(text.utf8)))?.elements, elements.count == 4 else { return nil }
        self.init(elements)
    }

    func number(_ name: String) -> Int64? { payload[name]?.number?.integer }
    var token: String { (payload["idToken"]?.object?["idToken"] ?? payload["idTag"])?.string ?? "" }
    var transaction: String { payload["transactionId"].map { $0.string ?? $0.text } ?? "" }
}

extension [StationCore.Action] {
    /// The frames that were sent.
    var sent: [String] { compactMap { if case .send(_, let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { nil } } }
    var elements: [[JSONValue]] { sent.compactMap { (try? JSONValue([UInt8]($0.utf8)))?.elements } }
    /// The payloads of CALLRESULTs.
    var results: [JSONObject] { elements.compactMap { $0.first?.text == "3" ? $0[2].object : nil } }
    /// Calls of the gateway's.
    var calls: [GatewayCall] { elements.compactMap { GatewayCall($0) } }
    var errors: [String] { elements.compactMap { $0.first?.text == "4" ? $0[2].string : nil } }
    var events: [StationEvent] { compactMap { if case .engine(_, let event) = $0 { event } else { nil } } }
    func events(_ evse: Int32) -> [StationEvent] { compactMap { if case .engine(evse, let event) = $0 { event } else { nil } } }
    var asked: [(evse: Int32, request: RequestID, token: TokenID)] {
        compactMap { if case .ask(let evse, let request, let token) = $0 { (evse, request, token) } else { nil } }
    }
    var notices: [StationCore.Notice] { compactMap { if case .notice(let notice) = $0 { notice } else { nil } } }
    var ended: [MeteredEnd] { events.compactMap { if case .ended(_, let metered) = $0 { metered } else { nil } } }
    var found: [FoundRecord] { events.compactMap { if case .found(let record) = $0 { record } else { nil } } }
    var refused: [SessionID] { events.compactMap { if case .refused(let session, _) = $0 { session } else { nil } } }
    var began: [SessionID] { events.compactMap { if case .began(let session, _, _, _) = $0 { session } else { nil } } }
    var lost: [SessionID] { events.compactMap { if case .lost(let session) = $0 { session } else { nil } } }
    /// The number that a start was given, and the worth of its token.
    var start: (number: Int64, status: String)? {
        guard let result = results.last, let number = result["transactionId"]?.number?.integer,
            let status = result["idTagInfo"]?.object?["status"]?.string
        else { return nil }
        return (number, status)
    }
    var tokenStatus: String? { (results.last?["idTagInfo"] ?? results.last?["idTokenInfo"])?.object?["status"]?.string }
}

extension MeteredEnd {
    var energy: Energy { end - start }
}
