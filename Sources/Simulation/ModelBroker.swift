internal import ChargingModel
internal import ChargingProtocol

/// A publication on its way.
struct Frame: Hashable, Sendable {
    var topic: String
    var payload: [UInt8]
    var atLeastOnce: Bool
    var retain: Bool
    /// Central's number for the receipt it waits for.
    var delivery: UInt64?
    var expires: Instant?
}

/// mosquitto as far as the protocol depends on it: retained messages, wills, takeover, per-connection order.
struct ModelBroker: Sendable {
    struct Connection: Sendable {
        /// Tells this connection from earlier ones of the same client.
        var number: UInt64
        var filters: [[Substring]] = []
        var will: Frame?
    }

    private(set) var connections: [Party: Connection] = [:]
    /// The connected clients in a fixed order, since that of a dictionary is none.
    private var order: [Party] = []
    private(set) var retained: [String: Frame] = [:]

    /// Who gets a frame; the flag says whether it is a retained copy.
    struct Delivery: Sendable {
        var to: Party
        var connection: UInt64
        var frame: Frame
    }

    /// A client connects; an older connection of the same id is closed and its will published.
    mutating func connect(_ node: Party, number: UInt64, will: Frame?) -> [Delivery] {
        let deliveries = drop(node)
        connections[node] = Connection(number: number, will: will)
        order.append(node)
        return deliveries
    }

    /// Retained messages are sent with the flag set, in the order of their topics.
    mutating func subscribe(_ node: Party, _ filters: [String]) -> [Delivery] {
        guard var connection = connections[node] else { return [] }
        let new = filters.map { $0.split(separator: "/", omittingEmptySubsequences: false) }
        connection.filters += new
        connections[node] = connection
        return retained.keys.sorted().compactMap { topic in
            let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
            guard let frame = retained[topic], new.contains(where: { ModelBroker.matches($0, levels) }) else { return nil }
            return Delivery(to: node, connection: connection.number, frame: frame)
        }
    }

    mutating func publish(_ frame: Frame) -> [Delivery] {
        if frame.retain { retained[frame.topic] = frame.payload.isEmpty ? nil : frame }
        var live = frame
        live.retain = false
        let levels = frame.topic.split(separator: "/", omittingEmptySubsequences: false)
        return order.compactMap { node in
            guard let connection = connections[node], connection.filters.contains(where: { ModelBroker.matches($0, levels) }) else { return nil }
            return Delivery(to: node, connection: connection.number, frame: live)
        }
    }

    /// The connection breaks: the will speaks.
    mutating func drop(_ node: Party) -> [Delivery] {
        guard let connection = remove(node), let will = connection.will else { return [] }
        return publish(will)
    }

    /// A clean DISCONNECT: the will is discarded.
    mutating func disconnect(_ node: Party) { _ = remove(node) }

    private mutating func remove(_ node: Party) -> Connection? {
        order.removeAll { $0 == node }
        return connections.removeValue(forKey: node)
    }

    /// The broker dies; on SIGTERM it publishes every will before, on SIGKILL none.
    mutating func die(publishingWills: Bool, losingRetained: Bool) {
        if publishingWills {
            for node in order { _ = drop(node) }
        }
        connections = [:]
        order = []
        if losingRetained { retained = [:] }
    }

    static func matches(_ filter: [Substring], _ levels: [Substring]) -> Bool {
        for (index, level) in filter.enumerated() {
            if level == "#" { return true }
            guard index < levels.count, level == "+" || level == levels[index] else { return false }
        }
        return filter.count == levels.count
    }
}
