internal import ChargingModel

struct MQTTBroker<Content> {
    enum QoS: Hashable { case atMostOnce, atLeastOnce }
    struct Limits { var queuedAtMostOnce: Int }
    struct Message {
        var topic: String
        var content: Content
        var isEmpty: Bool
        var qos: QoS
        var retain: Bool
        var expires: Instant?
        var sender: UInt64
    }
    struct Delivery {
        var message: Message
        var isRetained: Bool
        var id: UInt64?
    }
    struct Filter {
        var filter: String
        var qos: QoS
    }
    struct Persisted { var retained: [String: Message] }
    enum Output {
        case deliver(UInt64, Delivery)
        case suback(UInt64, UInt64)
        case puback(UInt64, UInt64)
        case closed(UInt64, String)
        case dropped
    }
    struct Client {
        var id: UInt64
        var name: String
        var will: Message?
        var filters: [[Substring]] = []
        var writable = true
        var queue: [Delivery] = []
        var nextID: UInt64 = 1
    }
    var clients: [UInt64: Client] = [:]
    var order: [UInt64] = []
    var names: [String: UInt64] = [:]
    var kept: [String: Message] = [:]
    let limits: Limits
    init(limits: Limits) { self.limits = limits }
    var persisted: Persisted { Persisted(retained: kept) }
    func retained(on topic: String) -> Message? { kept[topic] }
    mutating func connect(connection: UInt64, client: String, will: Message?, keepAlive: Duration?, at: Instant, into out: inout [Output]) {
        if let old = names[client] {
            out.append(.closed(old, "takeover"))
            drop(old, at: at, into: &out)
        }
        clients[connection] = Client(id: connection, name: client, will: will)
        names[client] = connection
        order.append(connection)
    }
    mutating func subscribe(_ id: UInt64, _ filters: [Filter], token: UInt64, at: Instant, into out: inout [Output]) {
        guard clients[id] != nil else { return }
        let new = filters.map { $0.filter.split(separator: "/", omittingEmptySubsequences: false) }
        clients[id]!.filters += new
        out.append(.suback(id, token))
        for topic in kept.keys.sorted() {
            let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
            if new.contains(where: { Self.matches($0, levels) }) { give(id, kept[topic]!, true, at, &out) }
        }
    }
    mutating func give(_ id: UInt64, _ message: Message, _ retained: Bool, _ at: Instant, _ out: inout [Output]) {
        if let e = message.expires, e <= at { return }
        var d = Delivery(message: message, isRetained: retained, id: nil)
        if message.qos == .atLeastOnce {
            d.id = clients[id]!.nextID
            clients[id]!.nextID += 1
        }
        if clients[id]!.writable {
            out.append(.deliver(id, d))
        } else if message.qos == .atLeastOnce || clients[id]!.queue.count < limits.queuedAtMostOnce {
            clients[id]!.queue.append(d)
        } else {
            out.append(.dropped)
        }
    }
    mutating func publish(_ id: UInt64, _ message: Message, token: UInt64?, at: Instant, into out: inout [Output]) {
        if let token { out.append(.puback(id, token)) }
        spread(message, at, &out)
    }
    mutating func spread(_ message: Message, _ at: Instant, _ out: inout [Output]) {
        if message.retain { kept[message.topic] = message.isEmpty ? nil : message }
        let levels = message.topic.split(separator: "/", omittingEmptySubsequences: false)
        for id in order where clients[id]!.filters.contains(where: { Self.matches($0, levels) }) { give(id, message, false, at, &out) }
    }
    mutating func acknowledge(_ id: UInt64, _ delivery: UInt64, at: Instant, into out: inout [Output]) {}
    mutating func remove(_ id: UInt64) -> Client? {
        guard let c = clients.removeValue(forKey: id) else { return nil }
        if names[c.name] == id { names[c.name] = nil }
        order.removeAll { $0 == id }
        return c
    }
    mutating func disconnect(_ id: UInt64, at: Instant, into out: inout [Output]) { _ = remove(id) }
    mutating func drop(_ id: UInt64, at: Instant, into out: inout [Output]) { if let w = remove(id)?.will { spread(w, at, &out) } }
    mutating func setWritable(_ id: UInt64, _ writable: Bool, at: Instant, into out: inout [Output]) {
        guard clients[id] != nil else { return }
        clients[id]!.writable = writable
        guard writable else { return }
        let q = clients[id]!.queue
        clients[id]!.queue = []
        for d in q {
            if let e = d.message.expires, e <= at { continue }
            out.append(.deliver(id, d))
        }
    }
    mutating func stop(at: Instant, into out: inout [Output]) -> Persisted? {
        for id in order { drop(id, at: at, into: &out) }
        return kill()
    }
    mutating func kill() -> Persisted? {
        let p = persisted
        clients = [:]
        order = []
        names = [:]
        kept = [:]
        return p
    }
    mutating func restart(with file: Persisted?, at: Instant) { kept = file?.retained ?? [:] }
    static func matches(_ filter: [Substring], _ levels: [Substring]) -> Bool {
        for (index, level) in filter.enumerated() {
            if level == "#" { return true }
            guard index < levels.count, level == "+" || level == levels[index] else { return false }
        }
        return filter.count == levels.count
    }
}
