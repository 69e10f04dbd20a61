internal import JSON

/// The figures of a fleet, or of one of its processes.
public struct FleetCounts: Sendable, Hashable {
    /// Points whose engine and monitor are both online now.
    public var connected = 0
    /// Points that supply now.
    public var supplying = 0
    public var requests: UInt64 = 0
    public var accepted: UInt64 = 0
    public var denied: UInt64 = 0
    public var sessionsCompleted: UInt64 = 0
    public var sessionsFailed: UInt64 = 0
    public var readingsSent: UInt64 = 0
    /// Messages of all kinds, sent and received.
    public var messages: UInt64 = 0
    /// Connections after each party's first.
    public var reconnects: UInt64 = 0
    /// The number of things that should not happen to an honest client: words that the broker refused or that were lost with a connection, parties and processes that ended.
    public var errors: UInt64 = 0
    /// Drivers that were told that all their vehicles are charging, when they were not.
    public var tooFewVehicles: UInt64 = 0
    /// Requests of drivers that Central does not know.
    public var unknown: UInt64 = 0
    /// The time from a request to its answer.
    public var requestTimes = Histogram()

    public init() {}

    private static let gauges: [(String, any WritableKeyPath<FleetCounts, Int> & Sendable)] = [
        ("connected", \.connected), ("supplying", \.supplying),
    ]
    private static let counters: [(String, any WritableKeyPath<FleetCounts, UInt64> & Sendable)] = [
        ("requests", \.requests), ("accepted", \.accepted), ("denied", \.denied), ("sessions_completed", \.sessionsCompleted),
        ("sessions_failed", \.sessionsFailed), ("readings_sent", \.readingsSent), ("messages", \.messages), ("reconnects", \.reconnects),
        ("errors", \.errors), ("too_few_vehicles", \.tooFewVehicles), ("unknown", \.unknown),
    ]

    public mutating func add(_ other: FleetCounts) {
        for (_, path) in FleetCounts.gauges { self[keyPath: path] += other[keyPath: path] }
        for (_, path) in FleetCounts.counters { self[keyPath: path] += other[keyPath: path] }
        requestTimes.add(other.requestTimes)
    }

    /// A line for the process that sums up.
    var line: String {
        var json = JSONWriter()
        json.object { json in
            for (name, path) in FleetCounts.gauges { json.integer(name, self[keyPath: path]) }
            for (name, path) in FleetCounts.counters { json.integer(name, self[keyPath: path]) }
            json.array("request_times") { json in for number in requestTimes.numbers { json.integer(nil, number) } }
        }
        return json.text
    }

    /// - Returns: `nil` for anything else than a `line`.
    public init?(line: String) {
        guard let object = try? JSONObject(Array(line.utf8)) else { return nil }
        func number(_ value: JSONValue?) -> UInt64? { value?.number?.integer.flatMap { UInt64(exactly: $0) } }
        for (name, path) in FleetCounts.gauges {
            guard let value = number(object[name]) else { return nil }
            self[keyPath: path] = Int(clamping: value)
        }
        for (name, path) in FleetCounts.counters {
            guard let value = number(object[name]) else { return nil }
            self[keyPath: path] = value
        }
        guard let elements = object["request_times"]?.elements else { return nil }
        let numbers = elements.compactMap { number($0) }
        guard numbers.count == elements.count, let times = Histogram(numbers: numbers) else { return nil }
        requestTimes = times
    }
}
