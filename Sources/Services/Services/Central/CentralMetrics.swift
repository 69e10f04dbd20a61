internal import ChargingModel
internal import ChargingProtocol
internal import MQTT
internal import Metrics
internal import Prometheus

/// What Central measures of itself. Bound to its loop, as what it measures is.
struct CentralMetrics {
    private var received = Kinds("wattline_bus_received_messages_total")
    private var sent = Kinds("wattline_bus_sent_messages_total")
    private let accepted = Counter(label: "wattline_requests_total", dimensions: [("answer", "accepted"), ("code", "")])
    private let denied = Dictionary(
        uniqueKeysWithValues: DenialCode.allCases.map { code in
            (
                code,
                Counter(
                    label: "wattline_requests_total", dimensions: [("answer", code.isAnswer ? "denied" : "put_off"), ("code", code.rawValue)])
            )
        })
    private let sessions = Dictionary(
        uniqueKeysWithValues: EndReason.allCases.map { reason in
            (
                reason,
                Counter(
                    label: "wattline_sessions_total",
                    dimensions: [("outcome", reason.outcome.rawValue.lowercased()), ("end_reason", reason.rawValue)])
            )
        })
    private let completed = Counter(label: "wattline_records_late_total")
    private let orphans = Counter(label: "wattline_records_stray_total", dimensions: [("kind", "orphan")])
    private let contradictions = Counter(label: "wattline_records_stray_total", dimensions: [("kind", "contradiction")])
    private let faults = Counter(label: "wattline_faults_total", dimensions: [("state", "FAULTY")])
    private let disconnections = Counter(label: "wattline_faults_total", dimensions: [("state", "DISCONNECTED")])
    private let ledgerFailures = Counter(label: "wattline_ledger_failures_total")
    private let connects = Counter(label: "wattline_bus_connects_total")
    private let brokerDropped = Counter(label: "wattline_broker_dropped_messages_total")
    private let commits = Timer(label: "wattline_ledger_commit_seconds")
    private let operations = Recorder(label: "wattline_ledger_commit_operations", aggregate: true)
    private let decisions = Timer(label: "wattline_decide_seconds")
    private let answers = Timer(label: "wattline_request_answer_seconds")
    private let connected = Gauge(label: "wattline_bus_connected")
    private let working = Gauge(label: "wattline_ledger_working")
    private let standby = Gauge(label: "wattline_standby")
    private let told = Told()
    private var waiting = Waiting()
    private var commitBegan: [UInt64: Instant] = [:]

    // MARK: The bus

    mutating func hears(_ message: BusMessage, at now: Instant) {
        received.count(message.topic)
        if case .request(let driver, .charge(let request)) = message, let id = request.id { waiting.add(driver, id, now) }
    }

    mutating func says(_ message: BusMessage, at now: Instant) {
        sent.count(message.topic)
        guard case .status(let status) = message, let request = status.request else { return }
        switch status.kind {
        case .accepted, .denied: if let since = waiting.remove(status.driver, request) { answers.recordNanoseconds((now - since).nanoseconds) }
        case .inProgress, .completed, .failed: break
        }
    }

    func decided(in time: Duration) { decisions.recordNanoseconds(time.nanoseconds) }

    mutating func online() { connects.increment() }
    mutating func offline() { waiting = Waiting() }
    func brokerDropped(_ count: UInt64) { brokerDropped.increment(by: Int64(clamping: count)) }

    // MARK: The ledger

    mutating func commits(_ number: UInt64, _ count: Int, at now: Instant) {
        commitBegan[number] = now
        operations.record(count)
    }

    mutating func committed(_ number: UInt64, at now: Instant) {
        guard let began = commitBegan.removeValue(forKey: number) else { return }
        commits.recordNanoseconds((now - began).nanoseconds)
    }

    // MARK: What it decides

    func notes(_ notice: CentralCore.Notice) {
        switch notice {
        case .assigned: accepted.increment()
        case .denied(_, _, let code, _), .cardDenied(_, _, let code, _): denied[code]?.increment()
        case .sessionCompleted(_, _, _, let reason), .sessionFailed(_, _, _, let reason): sessions[reason]?.increment()
        case .recordCompleted: completed.increment()
        case .orphan: orphans.increment()
        case .contradiction: contradictions.increment()
        case .faulty: faults.increment()
        case .disconnected: disconnections.increment()
        case .ledgerFailed: ledgerFailures.increment()
        case .registered, .recovered, .requested, .sessionStarted, .ledgerBack, .ledgerRefused, .tooManyPoints, .unknownPoint, .tooManyRequests,
            .tooManyRecords,
            .tokenChanged, .tokenDisputed, .recordIsGone, .enteredOffline, .doubted, .judged:
            break
        }
    }

    /// The counters of others as they stand now: read when somebody asks, and not told with every event.
    func sample(_ core: CentralCore, isConnected: Bool, isWaiting: Bool, rejections: [String: UInt64], bus: BusCounters) {
        received.sample(told)
        sent.sample(told)
        connected.record(isConnected ? 1 : 0)
        working.record(core.isLedgerWorking ? 1 : 0)
        standby.record(isWaiting ? 1 : 0)
        told.raise("wattline_messages_stale_total", to: core.counters.staleDropped)
        told.raise("wattline_messages_repeated_total", to: core.counters.repeatedDropped)
        told.raise("wattline_state_gaps_total", to: core.counters.stateGaps)
        told.raise("wattline_telemetry_lost_total", to: core.counters.telemetryLost)
        told.raise("wattline_readings_doubted_total", to: core.counters.readingsDoubted)
        told.raise("wattline_messages_refused_total", to: bus.rejected)
        told.raise("wattline_messages_unsent_total", ("reason", "too_large"), to: bus.tooLarge)
        told.raise("wattline_messages_unsent_total", ("reason", "queue_full"), to: bus.droppedQueueFull.adding(clamped: bus.refusedQueueFull))
        told.raise("wattline_messages_beyond_limit_total", to: core.counters.pointsIgnored)
        told.raise("wattline_messages_of_strangers_total", to: core.counters.strangersIgnored)
        told.raise("wattline_denials_unrecorded_total", to: core.counters.denialsUnrecorded)
        told.raise("wattline_records_refused_total", to: core.counters.recordsRefused)
        for (reason, count) in rejections { told.raise("wattline_messages_rejected_total", ("reason", reason), to: count) }
    }
}

/// The number of messages of each kind of topic.
private struct Kinds {
    private let label: String
    private var counts = InlineArray<14, UInt64>(repeating: 0)

    init(_ label: String) {
        precondition(Topic.kinds.count == counts.count)
        self.label = label
    }

    mutating func count(_ topic: Topic) { counts[topic.kindIndex] &+= 1 }

    func sample(_ told: Told) {
        for (index, kind) in Topic.kinds.enumerated() { told.raise(label, ("kind", kind), to: counts[index]) }
    }
}

/// Counters that follow others, which were counted elsewhere.
private final class Told {
    private var counters: [String: (counter: Counter, at: UInt64)] = [:]

    func raise(_ label: String, _ dimension: (String, String)? = nil, to count: UInt64) {
        let key = label + (dimension?.1 ?? "")
        let known = counters[key] ?? (Counter(label: label, dimensions: dimension.map { [$0] } ?? []), 0)
        if count > known.at { known.counter.increment(by: Int64(clamping: count - known.at)) }
        counters[key] = (known.counter, count)
    }
}

/// When requests came that wait for their answers; the oldest are forgotten when there are too many.
private struct Waiting {
    private struct Key: Hashable {
        var driver: DriverID
        var request: RequestID
    }

    private var since: [Key: Instant] = [:]

    mutating func add(_ driver: DriverID, _ request: RequestID, _ now: Instant) {
        // Whoever is never answered asks again within seconds.
        if since.count >= 10_000 { since = since.filter { now - $0.value < .seconds(10) } }
        guard since.count < 10_000 else { return }
        let key = Key(driver: driver, request: request)
        if since[key] == nil { since[key] = now }
    }

    mutating func remove(_ driver: DriverID, _ request: RequestID) -> Instant? { since.removeValue(forKey: Key(driver: driver, request: request)) }
}
