internal import ChargingModel

/// The plan of all that will go wrong in a run, drawn before it begins: so one incident can be left out and the others stay.
struct TroublePlan: Sendable {
    let incidents: [Incident]
    private let clocks: [Int: MachineClock]

    init(_ scenario: Scenario) {
        var random = SplitMix(scenario.seed, .incidents)
        var incidents: [Incident] = []
        var clocks: [Int: MachineClock] = [:]
        let cast = Cast(scenario)
        if scenario.trouble == .wild {
            for index in 0..<cast.count {
                var clock = MachineClock()
                clock.drift = Int64.random(in: -100...100, using: &random)
                if random.chance(200) { clock.ahead = Int64.random(in: -3_600_000...3_600_000, using: &random) }
                clocks[index] = clock
            }
        }
        if let every = scenario.trouble.meanInterval {
            // More machines, more trouble, but never so much that nothing can be served.
            let mean = max(.milliseconds(300), every * 24 / max(24, cast.count))
            var at = Duration.seconds(3)
            while true {
                at += random.duration(below: mean * 2)
                guard at < scenario.duration else { break }
                let kind = Incident.Kind.draw(scenario.trouble, cast, &random)
                let lasts = kind.drawLength(&random)
                incidents.append(Incident(number: incidents.count, at: Instant(nanoseconds: at.nanoseconds), lasts: lasts, kind: kind))
            }
        }
        for var incident in TroublePlan.stations(scenario) + TroublePlan.strangers(scenario)
            + TroublePlan.names(scenario, cast) + TroublePlan.centrals(scenario, cast)
        {
            incident.number = incidents.count
            incidents.append(incident)
        }
        self.incidents = incidents
        self.clocks = clocks
    }

    /// Stations' own trouble, drawn apart from the rest, too.
    private static func stations(_ scenario: Scenario) -> [Incident] {
        let stations = scenario.stationConnectors.compactMap(\.first)
        guard !stations.isEmpty, scenario.trouble == .mild || scenario.trouble == .wild else { return [] }
        var random = SplitMix(scenario.seed, .troubleOfStations)
        let mean = max(.seconds(2), .seconds(30) / stations.count)
        var incidents: [Incident] = []
        var at = Duration.seconds(5)
        while true {
            at += random.duration(below: mean * 2)
            guard at < scenario.duration else { return incidents }
            let who = 1 + 2 * stations[Int.random(in: 0..<stations.count, using: &random)]
            let kinds: [Incident.Kind] = [
                .stationAway(who), .stationAway(who), .stationRestarts(who), .socketBreaks(who, silently: false), .socketBreaks(who, silently: true),
            ]
            let kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
            let lasts = random.chance(800) ? random.duration(below: .seconds(20)) : random.duration(below: .seconds(120))
            incidents.append(Incident(number: 0, at: Instant(nanoseconds: at.nanoseconds), lasts: lasts, kind: kind))
        }
    }

    /// The trouble of two Centrals, drawn apart from the rest, too.
    private static func centrals(_ scenario: Scenario, _ cast: Cast) -> [Incident] {
        guard scenario.centrals > 1, scenario.trouble == .mild || scenario.trouble == .wild else { return [] }
        var random = SplitMix(scenario.seed, .troubleOfCentrals)
        var incidents: [Incident] = []
        var at = Duration.seconds(5)
        while true {
            at += random.duration(below: .seconds(24))
            guard at < scenario.duration else { return incidents }
            let who = random.chance(500) ? Cast.central : cast.count
            let kinds: [Incident.Kind] = [
                .kill(who, inTheMiddle: nil), .kill(who, inTheMiddle: Int.random(in: 0...12, using: &random)), .hang(who), .hang(who), .stop(who),
                .ledgerCut(who), .ledgerCut(who), .cut(who, up: true, down: true),
            ]
            let kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
            let lasts = random.chance(700) ? random.duration(below: .seconds(12)) : random.duration(below: .seconds(60))
            incidents.append(Incident(number: 0, at: Instant(nanoseconds: at.nanoseconds), lasts: lasts, kind: kind))
        }
    }

    /// A stranger's visits, drawn apart from the rest: those seeds that have none are what they were. After each there is time to come to rest.
    private static func strangers(_ scenario: Scenario) -> [Incident] {
        var random = SplitMix(scenario.seed, .visits)
        guard scenario.trouble == .stranger || (scenario.trouble == .wild && random.chance(333)) else { return [] }
        var visits: [Incident] = []
        var at = Duration.seconds(3) + random.duration(below: .seconds(20))
        while at < scenario.duration {
            let lasts = Duration.seconds(1) + random.duration(below: .seconds(19))
            let pause = Duration.milliseconds(Int64.random(in: 10...1000, using: &random))
            visits.append(Incident(number: 0, at: Instant(nanoseconds: at.nanoseconds), lasts: lasts, kind: .stranger(pause: pause)))
            at += lasts + World.recovery + random.duration(below: .seconds(20))
        }
        return visits
    }

    /// Names that are taken away, and cards that are blocked, drawn apart from the rest: every ten seconds one.
    private static func names(_ scenario: Scenario, _ cast: Cast) -> [Incident] {
        guard scenario.hasNames else { return [] }
        var random = SplitMix(scenario.seed, .troubleOfNames)
        var incidents: [Incident] = []
        var at = Duration.seconds(3)
        while true {
            at += random.duration(below: .seconds(20))
            guard at < scenario.duration else { return incidents }
            let isOfDriver = cast.drivers > 0 && random.chance(650)
            let who = isOfDriver ? 1 + 2 * cast.points + Int.random(in: 0..<cast.drivers, using: &random) : cast.engine(&random)
            // Whoever is thrown out can't unsay what a stranger says in its place.
            let thrownOut = random.chance(300) && scenario.trouble != .stranger
            let kind = isOfDriver && random.chance(400) ? Incident.Kind.cardBlocked(who) : .revoked(who, thrownOut: thrownOut)
            let lasts = random.duration(below: random.chance(700) ? .seconds(15) : .seconds(60))
            incidents.append(Incident(number: 0, at: Instant(nanoseconds: at.nanoseconds), lasts: lasts, kind: kind))
        }
    }

    func clock(of index: Int) -> MachineClock { clocks[index] ?? MachineClock() }
}

/// The processes by their indices: Central, then engine and monitor of each point, then the drivers.
struct Cast: Sendable {
    let points: Int
    let drivers: Int

    init(_ scenario: Scenario) {
        points = scenario.roster.points.count
        drivers = scenario.roster.drivers.count
    }

    /// The number of those of which there is one of each; a second Central has this index.
    var count: Int { 1 + 2 * points + drivers }
    static let central = 0

    func anyone(_ random: inout SplitMix) -> Int {
        // Central is one of many, but the one that matters most.
        random.chance(120) ? Cast.central : Int.random(in: 0..<count, using: &random)
    }

    func engine(_ random: inout SplitMix) -> Int { 1 + 2 * Int.random(in: 0..<points, using: &random) }
    func monitor(_ random: inout SplitMix) -> Int { engine(&random) + 1 }
    /// A process that has a journal.
    func keeper(_ random: inout SplitMix) -> Int { random.chance(150) ? Cast.central : Int.random(in: 1...(2 * points), using: &random) }
    func anyoneBut(central: Int, _ random: inout SplitMix) -> Int { Int.random(in: 1..<count, using: &random) }
}

extension Scenario.Trouble {
    /// The mean time from one incident to the next, for a network of the demo's size.
    var meanInterval: Duration? {
        switch self {
        case .none, .stranger: nil
        case .mild: .seconds(20)
        case .wild: .milliseconds(2500)
        }
    }
}

extension Incident.Kind {
    static func draw(_ trouble: Scenario.Trouble, _ cast: Cast, _ random: inout SplitMix) -> Incident.Kind {
        let draw = Int.random(in: 0..<100, using: &random)
        switch trouble {
        case .none, .mild, .stranger:
            switch draw {
            case ..<45: return .kill(cast.anyone(&random), inTheMiddle: nil)
            case ..<60: return .hang(cast.anyone(&random))
            case ..<75: return .cut(cast.anyone(&random), up: true, down: true)
            case ..<85: return .stop(cast.anyone(&random))
            case ..<90: return .killPoint(cast.engine(&random))
            case ..<95: return .brokerKilled(.current)
            default: return .brokerStopped(.current)
            }
        case .wild:
            switch draw {
            case ..<14: return .kill(cast.anyone(&random), inTheMiddle: nil)
            case ..<26: return .kill(cast.anyone(&random), inTheMiddle: Int.random(in: 0...12, using: &random))
            case ..<30: return .stop(cast.anyone(&random))
            case ..<36: return .powerCut(cast.anyone(&random))
            case ..<40: return .killPoint(cast.engine(&random))
            case ..<48: return .hang(cast.anyone(&random))
            case ..<56:
                let (up, down) = [(true, true), (true, false), (false, true)][Int.random(in: 0..<3, using: &random)]
                return .cut(cast.anyone(&random), up: up, down: down)
            case ..<58: return .storm
            case ..<62: return .lag(cast.anyone(&random), .milliseconds(Int64.random(in: 50...3000, using: &random)))
            case ..<65: return .loss(cast.anyone(&random), Int.random(in: 50...1000, using: &random))
            case ..<67: return .doubling(Int.random(in: 20...500, using: &random))
            case ..<68: return .garbage(Int.random(in: 20...300, using: &random))
            case ..<73: return .brokerKilled([.current, .old, .none][Int.random(in: 0..<3, using: &random)])
            case ..<76: return .brokerStopped([.current, .old, .none][Int.random(in: 0..<3, using: &random)])
            case ..<78: return .copy(cast.anyoneBut(central: Cast.central, &random))
            case ..<80: return .diskFull(cast.keeper(&random))
            case ..<83: return .diskSlow(cast.keeper(&random), .milliseconds(Int64.random(in: 20...4000, using: &random)))
            case ..<84: return random.chance(300) ? .diskLost(cast.engine(&random)) : .blind(cast.monitor(&random))
            case ..<87: return .ledgerFails(Int.random(in: 50...1000, using: &random))
            case ..<89: return .ledgerSlow(.milliseconds(Int64.random(in: 20...2500, using: &random)))
            case ..<92: return .clockJump(cast.anyone(&random), Int64.random(in: -7_200_000...7_200_000, using: &random))
            case ..<94: return .hardware(cast.engine(&random))
            case ..<96: return .outOfOrder(cast.engine(&random))
            case ..<97: return .removal(cast.engine(&random))
            case ..<99: return .stopSession(cast.engine(&random))
            default: return .blind(cast.monitor(&random))
            }
        }
    }

    /// The length of an incident: mostly shorter, sometimes longer than what waits for it.
    func drawLength(_ random: inout SplitMix) -> Duration {
        switch self {
        case .kill, .stop, .powerCut: random.chance(850) ? random.duration(below: .seconds(6)) : random.duration(below: .seconds(40))
        case .stationRestarts, .socketBreaks: .zero
        case .killPoint, .removal, .cut, .stationAway:
            random.chance(700) ? random.duration(below: .seconds(10)) : random.duration(below: .seconds(95))
        case .hang: random.chance(800) ? random.duration(below: .seconds(16)) : random.duration(below: .seconds(40))
        case .brokerKilled, .brokerStopped: random.duration(below: .seconds(6))
        case .lag, .loss, .doubling, .garbage, .copy, .diskFull, .diskSlow, .ledgerFails, .ledgerSlow, .ledgerCut, .hardware, .outOfOrder, .blind,
            .stranger, .revoked, .cardBlocked:
            random.duration(below: .seconds(20))
        case .storm, .diskLost, .clockJump, .stopSession: .zero
        }
    }
}
