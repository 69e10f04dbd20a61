internal import ChargingModel

/// The faults that a seed stands for: the same seed, duration and network make the same plan.
public struct ChaosPlan: Hashable, Sendable {
    public struct Settings: Hashable, Sendable {
        public var seed: UInt64
        public var duration: Duration
        /// The mean time from one fault to the next.
        public var every: Duration
        public var victims: [FaultTarget]
        public var harms: [Harm]

        public init(seed: UInt64, duration: Duration, every: Duration, victims: [FaultTarget], harms: [Harm]) {
            self.seed = seed
            self.duration = duration
            self.every = every
            self.victims = victims
            self.harms = harms
        }
    }

    public private(set) var faults: [Fault] = []

    public init(_ settings: Settings) {
        var random = SplitMix64(seed: settings.seed)
        let roles = Dictionary(grouping: settings.victims.sorted(), by: \.role)
        let names = roles.keys.sorted { $0.rawValue < $1.rawValue }
        guard !names.isEmpty, !settings.harms.isEmpty else { return }
        /// Nobody is harmed twice at a time.
        var busyUntil: [FaultTarget: Duration] = [:]
        var at = random.duration(below: settings.every)
        while at < settings.duration {
            // A role first, then one of its kind: there are ten engines for one broker.
            let weighted = names.flatMap { role in Array(repeating: role, count: ChaosPlan.weight(of: role)) }
            let candidates = roles[weighted[Int.random(in: 0..<weighted.count, using: &random)]] ?? []
            let target = candidates[Int.random(in: 0..<candidates.count, using: &random)]
            let harm = settings.harms[Int.random(in: 0..<settings.harms.count, using: &random)]
            let lasting: Duration
            switch harm {
            case .kill, .restart: lasting = .zero
            case .hang, .cut: lasting = .seconds(1) + random.duration(below: .seconds(19))
            }
            if busyUntil[target, default: .zero] <= at {
                faults.append(Fault(at: at, harm: harm, target: target, lasting: lasting))
                // Time to come back before it is hit again.
                busyUntil[target] = at + lasting + .seconds(3)
            }
            at += .milliseconds(100) + random.duration(below: settings.every * 2 - .milliseconds(100))
        }
    }

    private static func weight(of role: FaultTarget.Role) -> Int {
        switch role {
        case .broker, .central: 1
        case .driver: 1
        case .engine: 3
        case .monitor, .gateway: 2
        }
    }
}
