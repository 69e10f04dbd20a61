internal import ChargingModel

/// mosquitto 2.0.11 as far as MQTT 5 clients with Clean Start, Session Expiry 0 and Will Delay 0 (P8) can tell: what it sends to whom and in which
/// order, as a pure value. Where it does other than one would think, so does the model; `docs/simulation-broker.md` has the list, and
/// `BrokerModelTests` compares the two.
///
/// Each call is one packet that the broker reads, or one thing that happens to it, at a time that must not go back. What it sends is appended to
/// `output` in the order in which it sends it. Calls for a connection that is not there do nothing: nobody reads its socket any more.
///
/// Not in the model: QoS 2, sessions that outlive their connection, shared subscriptions, `$SYS`, subscription identifiers, Retain As
/// Published 1, ACLs, the size of packets.
struct MQTTBroker<Content: Sendable>: Sendable {
    /// A subscriber list that was looked up, good while its version is.
    struct Route: Sendable {
        var subscribers: [FilterTree.Subscriber] = []
        var version: UInt64 = 0
    }

    struct SimulatedConnection: Sendable {
        let number: UInt64
        let client: String
        /// A number that counts up: the order of mosquitto's lists.
        let serial: UInt64
        /// The keepalive in whole seconds, 0 for none.
        let keepAlive: Int64
        var will: Message?
        var subscriptions: [Subscription] = []
    }

    struct Subscription: Sendable {
        let node: Int32
        let levels: [Int32]
        /// The topic of a filter without wildcards.
        let topic: BrokerTopic?
    }

    struct Change: Sendable {
        let before: Stored?
    }

    let limits: BrokerLimits
    private let wallOrigin: Int64
    var table = TopicTable()
    var filters = FilterTree()
    var retained = RetainedTree<Stored>()
    /// The connections by place; `nil` is free.
    var connections: ContiguousArray<SimulatedConnection?> = []
    var freeSlots: [Int] = []
    /// The messages on their way, by place, since every packet needs them; beside them the second of the monotonic clock in which the last packet
    /// came.
    var lines: ContiguousArray<Outgoing> = []
    var lastHeard: ContiguousArray<Int64> = []
    /// The places by connection number.
    var slots = NumberTable()
    var clients: [String: Int] = [:]
    var lastSerial: UInt64 = 0
    /// The lists of subscribers by topic.
    var routes: ContiguousArray<Route> = []
    /// A version for each level, which counts up when a wildcard subscription comes or goes that begins with this level, or with a wildcard: lists of
    /// other topics stay good.
    var levelVersions: ContiguousArray<UInt64> = []
    var anyLevelVersion: UInt64 = 1
    /// The number of changes since the last save, and what was retained before them, by node.
    var changes = 0
    var unsaved: [Int32: Change] = [:]
    /// The second of the monotonic clock of the last look at the keepalives.
    var lastSweep: Int64 = 0
    var isRunning = true
    var tally = BrokerCounts()

    /// Makes a broker that starts now, without a persistence file.
    init(limits: BrokerLimits = BrokerLimits(), at now: Instant) {
        self.limits = limits
        wallOrigin = limits.wallOrigin.nanoseconds
        lastSweep = Self.second(now)
    }

    /// The number of a topic.
    mutating func topic(_ name: String) -> BrokerTopic {
        let topic = table.topic(name)
        if routes.count < table.topics.count { routes.append(Route()) }
        growVersions()
        return topic
    }

    func name(_ topic: BrokerTopic) -> String { table.topics[Int(topic.number)].name }

    var counts: BrokerCounts {
        var counts = tally
        for (slot, connection) in connections.enumerated() where connection != nil {
            counts.delivered += lines[slot].delivered
            counts.expired += lines[slot].expired
        }
        return counts
    }

    /// The open connection of a client.
    func connection(of client: String) -> UInt64? { clients[client].flatMap { connections[$0]?.number } }

    func isOpen(_ connection: UInt64) -> Bool { slots[connection] != nil }

    /// The monotonic clock in whole seconds, for keepalives.
    static func second(_ now: Instant) -> Int64 { floorSecond(now.nanoseconds) }

    /// The wall clock in whole seconds, for expiry.
    func wallSecond(_ now: Instant) -> Int64 { Self.floorSecond(now.nanoseconds + wallOrigin) }

    private static func floorSecond(_ nanoseconds: Int64) -> Int64 {
        nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : (nanoseconds - 999_999_999) / 1_000_000_000
    }

    mutating func growVersions() {
        while levelVersions.count < table.levelCount { levelVersions.append(0) }
    }

    /// The open connections in the order in which they came.
    var slotsInOrder: [Int] {
        connections.indices.filter { connections[$0] != nil }.sorted { (connections[$0]?.serial ?? 0) < (connections[$1]?.serial ?? 0) }
    }
}
