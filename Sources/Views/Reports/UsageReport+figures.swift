public import ChargingModel
public import Demand

extension UsageReport {
    /// The longest wait that counts as none: a driver accepted within this time of arriving waited for the answer, not in a queue.
    public static let atOnce = Duration.seconds(10)

    /// The length of the time that was played.
    public var span: Duration { slotLength * slots.count }
    public var ends: WallTime { time(atSlot: slots.count) }

    /// The time at which the slot begins.
    public func time(atSlot index: Int) -> WallTime {
        WallTime(milliseconds: begins.milliseconds + (slotLength * index).milliseconds)
    }

    /// The usage of all kinds together.
    public var total: Usage { kinds.reduce(into: Usage()) { $0.add($1.usage) } }
    /// The sum of all slots; `peak` is the greatest.
    public var whole: Slot { slots.reduce(into: Slot()) { $0.add($1) } }

    /// The greatest power and the slot that saw it first; `nil` when there was none.
    public var peak: (power: Power, slot: Int)? {
        var found: (power: Power, slot: Int)?
        for (index, slot) in slots.enumerated() where slot.peak > found?.power ?? Power(watts: 0) { found = (slot.peak, index) }
        return found
    }

    /// The number of accepted drivers who did not wait.
    public var acceptedAtOnce: Int { waits.count { $0 <= Self.atOnce } }
    /// The waits of those who waited, the shortest first.
    public var realWaits: [Duration] { waits.filter { $0 > Self.atOnce }.sorted() }

    /// The share of the span in which the points were occupied, 0…1; `nil` when there is no point or no span.
    public func utilisation(_ usage: Usage) -> Double? { share(usage.occupied, of: usage) }
    /// The share of the span in which the points supplied, 0…1; `nil` when there is no point or no span.
    public func supplyingShare(_ usage: Usage) -> Double? { share(usage.supplying, of: usage) }

    private func share(_ time: Duration, of usage: Usage) -> Double? {
        let all = span * usage.points
        return all > .zero ? time / all : nil
    }
}

extension UsageReport.Usage {
    /// The mean energy of a session; `nil` without any.
    public var meanEnergy: Energy? { sessions > 0 ? Energy(wattHours: billed.wattHours / Int64(sessions)) : nil }

    mutating func add(_ other: Self) {
        points += other.points
        sessions += other.sessions
        failed += other.failed
        energy = energy + other.energy
        billed = billed + other.billed
        income = income + other.income
        occupied += other.occupied
        supplying += other.supplying
    }
}

extension UsageReport.Slot {
    var denied: Int { denials.values.reduce(0, +) }
    /// The codes that were given, the most frequent first.
    var denialsByCount: [(code: DenialCode, count: Int)] {
        let given = denials.filter { $0.value > 0 }.map { (code: $0.key, count: $0.value) }
        return given.sorted { ($1.count, $0.code.rawValue) < ($0.count, $1.code.rawValue) }
    }

    /// Adds the other slot; `peak` becomes the greater one.
    mutating func add(_ other: Self) {
        arrivals += other.arrivals
        accepted += other.accepted
        for (code, count) in other.denials { denials[code, default: 0] += count }
        unserved += other.unserved
        energy = energy + other.energy
        income = income + other.income
        occupied += other.occupied
        peak = max(peak, other.peak)
    }
}

extension DenialCode {
    /// The code in words, for people.
    var words: String {
        switch self {
        case .unknownChargePoint: "no such point"
        case .unknownDriver: "nobody knew the driver"
        case .busy: "the point was taken"
        case .faulty: "the point was faulty"
        case .stopped: "the point was out of service"
        case .disconnected: "the point was not connected"
        case .breakerOpen: "the point had failed too often"
        case .driverBusy: "the driver was charging already"
        case .noneAvailable: "no point was free"
        case .badRequest: "the request made no sense"
        case .centralStarting: "Central was starting"
        case .centralStopping: "Central was stopping"
        case .ledgerUnavailable: "Central could not write"
        case .tooManyRequests: "too many were asked for"
        case .tokenUnknown: "nobody knew the card"
        case .tokenBlocked: "the card was blocked"
        case .tokenExpired: "the card had expired"
        }
    }
}

extension [Duration] {
    /// The smallest element that is not below `share` (over 0, up to 1) of all: the nearest rank. The array is sorted; `nil` when it is empty.
    func percentile(_ share: Double) -> Element? { rank(share, of: count).map { self[$0] } }
}

extension [Energy] {
    /// The smallest element that is not below `share` (over 0, up to 1) of all: the nearest rank. The array is sorted; `nil` when it is empty.
    func percentile(_ share: Double) -> Element? { rank(share, of: count).map { self[$0] } }
}

private func rank(_ share: Double, of count: Int) -> Int? {
    // A little is taken off, so that 0.95 × 20, which is a hair over 19, stays 19.
    count > 0 ? min(count, max(1, Int((share * Double(count) - 1e-9).rounded(.up)))) - 1 : nil
}
