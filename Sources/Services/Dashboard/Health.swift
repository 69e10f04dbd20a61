internal import ChargingModel
internal import JSON
internal import Services

/// The health of Central: ready, or the reason why it can't do all of its work.
struct Health: Hashable, Sendable {
    enum Status: String, Sendable {
        case starting
        case ready
        case degraded
        /// Another Central is at work, and this one waits for its turn.
        case standby
    }

    var status = Status.starting
    var reasons: [String] = ["Central is starting"]
    var broker = "not connected"
    var ledger = "not read yet"
    /// False for a Central that waits for its turn, or does not know of it yet: it knows nothing of the points.
    var isOnTheBus = true
    /// The end of those of TLS, by what they are for; of clients' the next one. Empty without TLS.
    var certificates: [String: WallTime] = [:]

    init() {}

    init(_ condition: CentralUpdate.Condition, brokerReason: String?) {
        broker = condition.isConnected ? "connected" : brokerReason ?? "not connected"
        ledger = condition.isLedgerWorking ? "working" : "can't be used"
        reasons = []
        switch condition.standing {
        case .active: break
        case .unknown:
            ledger = "not read yet"
            reasons = ["the ledger's server was not reached yet"]
            status = .degraded
            isOnTheBus = false
            return
        case .waiting:
            (broker, ledger) = ("not needed", "another Central's turn")
            // By which one, its log says: not everybody need know.
            reasons = ["this Central stands by: another one is at work"]
            status = .standby
            isOnTheBus = false
            return
        }
        if !condition.isConnected { reasons.append("not connected to the broker") }
        if !condition.isLedgerWorking { reasons.append("the ledger can't be used: no request is answered until it can") }
        status = reasons.isEmpty ? .ready : .degraded
    }

    var isReady: Bool { status == .ready }

    /// True while nothing is wrong with it: also for one that waits.
    var isWell: Bool { isReady || status == .standby }

    func write(_ json: inout JSONWriter) {
        json.string("status", status.rawValue)
        json.array("reasons") { array in for reason in reasons { array.string(nil, reason) } }
        writeCertificates(&json)
    }

    private func writeCertificates(_ json: inout JSONWriter) {
        guard !certificates.isEmpty else { return }
        json.object("certificates") { ends in
            for (kind, end) in certificates.sorted(by: { $0.key < $1.key }) { ends.string(kind, end.text) }
        }
    }

    /// The body of the answer to `GET /health`; `reason` is what `wattline health` tells.
    /// - Parameter now: from when the days to the ends of certificates are counted.
    func body(at now: WallTime) -> [UInt8] {
        var json = JSONWriter()
        json.object { object in
            object.string("role", "central")
            object.string("status", isReady ? "ready" : status == .standby ? "standby" : "not ready")
            object.bool("live", true)
            object.bool("ready", isReady)
            if !reasons.isEmpty { object.string("reason", reasons.joined(separator: "; ")) }
            object.array("reasons") { array in for reason in reasons { array.string(nil, reason) } }
            if status != .standby { object.string("broker", broker) }
            object.string("ledger", ledger)
            writeCertificates(&object)
            if !certificates.isEmpty {
                object.object("certificate_days") { days in
                    for (kind, end) in certificates.sorted(by: { $0.key < $1.key }) {
                        // Rounded down: one that has ended has less than no day left.
                        let left = end.milliseconds - now.milliseconds
                        days.integer(kind, (left - (left < 0 ? 86_399_999 : 0)) / 86_400_000)
                    }
                }
            }
        }
        json.lineBreak()
        return json.bytes
    }
}
