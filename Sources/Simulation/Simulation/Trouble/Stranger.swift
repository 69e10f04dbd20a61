public import ChargingModel
public import ChargingProtocol

/// Somebody who publishes on the topics of others what none of them could have said: under epochs that nobody has, with numbers that nobody gave, of
/// engines that are not dead, of points that do not exist, no JSON at all, and once more what was said before.
///
/// It does not say what the owner of a topic could well have said (a plausible record, an ACK, a request): that ends with identities.
public struct Stranger: Sendable {
    /// A publication of it.
    public struct Word {
        public var topic: Topic
        public var payload: [UInt8]
        /// Its meaning; `nil` for what means nothing.
        var message: BusMessage?
        public var retain: Bool
        public var isAtLeastOnce = true
        /// Its owner said the very same before, or has it said when it dies.
        var isHonest = false

        init(_ message: BusMessage, retain: Bool, isHonest: Bool = false, _ wire: Wire) {
            let publication = wire.publication(message, at: WallTime(milliseconds: 0))
            topic = message.topic
            payload = publication.payload
            self.message = message
            self.retain = retain
            self.isHonest = isHonest
            isAtLeastOnce = publication.qos == .atLeastOnce
        }

        init(_ topic: Topic, _ payload: [UInt8], retain: Bool) {
            self.topic = topic
            self.payload = payload
            self.retain = retain
        }
    }

    /// The network as it sees it.
    public struct Sight {
        var wire: Wire
        var points: [ChargePointID]
        var drivers: [DriverID]
        /// The message that the broker keeps on a topic.
        var kept: (Topic) -> BusMessage?

        /// - Parameter points: not empty, as `drivers`.
        public init(wire: Wire, points: [ChargePointID], drivers: [DriverID], kept: @escaping (Topic) -> BusMessage?) {
            self.wire = wire
            self.points = points
            self.drivers = drivers
            self.kept = kept
        }
    }

    var random: SplitMix
    /// The epochs that it has claimed: what it says under them elsewhere, somebody may believe.
    private var claimed: Set<Epoch> = []
    /// The last words of others, to be said again.
    private(set) var overheard: [BusMessage] = []
    private static let mostOverheard = 128
    private let inventsPoints: Bool

    /// - Parameter inventsPoints: also speaks of points that do not exist; a network remembers those.
    public init(seed: UInt64, inventsPoints: Bool = true) {
        random = SplitMix(seed, .stranger)
        self.inventsPoints = inventsPoints
    }

    /// Listens to others.
    public mutating func overhear(_ message: BusMessage) {
        overheard.append(message)
        if overheard.count > Stranger.mostOverheard { overheard.removeFirst(Stranger.mostOverheard / 2) }
    }

    /// Forgets the words of others: what it heard at its last visit is old.
    mutating func forget() { overheard = [] }

    /// Until its next word: now and then many come at once.
    public mutating func pause(_ mean: Duration) -> Duration { random.chance(200) ? .zero : random.duration(below: mean * 2) }

    public mutating func word(_ sight: Sight) -> Word {
        let cp = pick(sight.points)
        let retain = random.chance(500)
        func word(_ message: BusMessage, _ retain: Bool = false) -> Word { Word(message, retain: retain, isHonest: isWill(message), sight.wire) }
        switch Int.random(in: 0..<20, using: &random) {
        case ..<3: return word(.state(state(of: cp, claim(sight.epoch(on: .state(cp))))), retain)
        case ..<5: return word(.health(health(of: cp, claim(sight.epoch(on: .health(cp))))), retain)
        case ..<6: return word(.centralStatus(status(claim(sight.epoch(on: .centralStatus)))), retain)
        case ..<7: return word(will(cp, sight), retain)
        case ..<8: return word(.state(ahead(of: cp, sight)), retain)
        case ..<9: return word(.health(health(of: cp, sight.epoch(on: .health(cp)))), retain)
        case ..<11: return word(.info(info(of: cp, any(sight.epoch(on: .state(cp))))), random.chance(800))
        case ..<12: return word(.verdict(verdict(on: cp, sight)), retain)
        case ..<13: return word(.tickets(TicketList(epoch: any(sight.epoch(on: .centralStatus)), driver: pick(sight.drivers), tickets: [])), retain)
        case ..<14: return word(.event(event(of: cp, sight)))
        case ..<15: return word(.command(command(to: cp, sight)))
        case ..<16: return word(reading(of: cp, sight))
        case ..<17: return again().map { Word($0, retain: retain, isHonest: true, sight.wire) } ?? word(.command(command(to: cp, sight)))
        case ..<18: return inventsPoints ? word(invented()) : nonsense(cp, sight, retain)
        default: return random.chance(500) ? word(.stationRequest(stationRequest(at: cp, sight))) : nonsense(cp, sight, retain)
        }
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int.random(in: elements.indices, using: &random)] }

    /// An epoch that is not the one that is kept.
    mutating func other(_ kept: Epoch) -> Epoch {
        let highest: Epoch = (1 << 53) - 2
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return highest
        case 1: return highest - UInt64.random(in: 0..<1000, using: &random)
        case 2: return UInt64.random(in: 0...highest, using: &random)
        case 3: return kept - min(kept, UInt64.random(in: 1..<10_000_000, using: &random))
        default: return min(highest, kept + UInt64.random(in: 1..<10_000_000, using: &random))
        }
    }

    /// An epoch that is not the one that is kept, for a claim.
    mutating func claim(_ kept: Epoch) -> Epoch {
        let epoch = other(kept)
        claimed.insert(epoch)
        return epoch
    }

    /// An epoch that nobody believes.
    mutating func unclaimed(_ kept: Epoch) -> Epoch {
        while true {
            let epoch = other(kept)
            if !claimed.contains(epoch) { return epoch }
        }
    }

    /// True for the last will of a connection that there is.
    private func isWill(_ message: BusMessage) -> Bool {
        guard let epoch = message.epoch, !claimed.contains(epoch) else { return false }
        return switch message {
        case .state(let state): state == .will(epoch: epoch, cp: state.cp)
        case .health(let health): health == .will(epoch: epoch, cp: health.cp)
        case .info, .telemetry, .event, .command, .centralStatus, .fence, .verdict, .request, .stationRequest, .status, .tickets, .gateway, .station:
            false
        }
    }

    /// Any epoch, the one that is kept among them.
    mutating func any(_ kept: Epoch) -> Epoch { random.chance(500) ? kept : other(kept) }

    mutating func number() -> UInt64 {
        pick([1, 2, 1000, (1 << 53) - 1, UInt64.random(in: 1..<(1 << 53), using: &random)])
    }
}

extension Stranger.Sight {
    /// The epoch that the broker keeps on a topic; 0 for none.
    func epoch(on topic: Topic) -> Epoch { kept(topic)?.epoch ?? 0 }

    /// The session that is at a point, by Central's word.
    func session(at cp: ChargePointID) -> SessionID? { if case .verdict(let report)? = kept(.verdict(cp)) { report.session } else { nil } }
}
