internal import ChargingModel
internal import ChargingProtocol

/// The names and cards of a network in which not everybody is known (P15, S11): what Central is told when it looks, and since when. Belongs to its world.
final class NameBook {
    /// Drivers who are in no list, and ask all the same.
    static let guests = [DriverID(known: "guest-1"), DriverID(known: "guest-2")]

    private let drivers: Set<DriverID>
    private let points: Set<ChargePointID>
    /// The number of reasons for which a name counts no more just now.
    private var revoked: [Party: Int] = [:]
    /// The clients that the broker lets in no more, with the number of reasons.
    private var refused: [String: Int] = [:]
    /// The last change of each name.
    private var changed: [Party: Instant] = [:]
    /// Counts the changes, as the mark of a file does.
    private var edition = 0
    private var readEdition = 0
    /// The points that the present life of Central's was ever told of.
    private var admitted: Set<ChargePointID> = []
    /// The wishes of the operator's for a card: so many that it be blocked.
    private var barred: [TokenID: Int] = [:]
    /// The time at which the ledger had a card blocked last, and at which it had it unblocked.
    private var blockings: [TokenID: (since: Instant, until: Instant?)] = [:]
    /// The beginnings of sessions without Central.
    private var beginnings: [SessionID: Instant] = [:]
    private var random: SplitMix

    init(_ scenario: Scenario) {
        drivers = Set(scenario.roster.drivers.map(\.driver))
        points = Set(scenario.roster.points.map(\.cp))
        random = SplitMix(scenario.seed, .names)
    }

    // MARK: The list

    private var list: AccessList {
        AccessList(
            drivers: .known(drivers.filter { revoked[.driver($0)] == nil }), points: .known(points.filter { revoked[.engine($0)] == nil }))
    }

    /// The list as Central finds it at its start.
    func read() -> AccessList {
        readEdition = edition
        let list = list
        admitted = points.filter { list.admits($0) }
        return list
    }

    /// The list, if it is another one than when Central looked last.
    func news() -> AccessList? {
        guard readEdition != edition else { return nil }
        readEdition = edition
        let list = list
        admitted.formUnion(points.filter { list.admits($0) })
        return list
    }

    /// Takes a name away, from those that Central knows, and where the broker asks for names from those that it lets in.
    func revoke(_ party: Party, _ clients: [String], at now: Instant) {
        revoked[party, default: 0] += 1
        for client in clients { refused[client, default: 0] += 1 }
        changed[party] = now
        edition += 1
    }

    /// Takes one such reason back.
    func giveBack(_ party: Party, _ clients: [String], at now: Instant) {
        NameBook.takeOne(from: &revoked, party)
        for client in clients { NameBook.takeOne(from: &refused, client) }
        changed[party] = now
        edition += 1
    }

    func isRefused(_ client: String) -> Bool { !refused.isEmpty && refused[client] != nil }

    /// True for a driver who has been in no list for longer than Central may go by one that it read.
    func isUnknown(_ driver: DriverID, at now: Instant) -> Bool {
        guard drivers.contains(driver) else { return true }
        guard revoked[.driver(driver)] != nil, let since = changed[.driver(driver)] else { return false }
        return now - since > NameBook.listAge
    }

    /// True for a driver who has been in the list for so long that whatever Central found before is said and heard.
    func isKnown(_ driver: DriverID, at now: Instant) -> Bool {
        guard drivers.contains(driver), revoked[.driver(driver)] == nil else { return false }
        return changed[.driver(driver)].map { now - $0 > NameBook.newsAge } ?? true
    }

    /// True for a point that was in a list which the present life of Central's has read.
    func isAdmitted(_ cp: ChargePointID) -> Bool { admitted.contains(cp) }

    /// P15 lets a list be a second old; clocks drift.
    private static let listAge = Duration.milliseconds(1010)
    private static let newsAge = Duration.seconds(120)

    // MARK: Cards

    /// Somebody shows a card at a station, now and then another one than usual, with which nobody can charge.
    func shows(_ start: inout OfflineStart, at now: Instant) {
        beginnings[start.session] = now
        switch Int.random(in: 0..<10, using: &random) {
        case 0: start.token = Cards.blocked
        case 1: start.token = Cards.expired
        default: break
        }
    }

    /// Changes by one the wishes that a card be blocked.
    func wish(_ token: TokenID, blocked: Bool) {
        if blocked { barred[token, default: 0] += 1 } else { NameBook.takeOne(from: &barred, token) }
    }

    func isToBeBlocked(_ token: TokenID) -> Bool { barred[token] != nil }

    /// Notes a card as the ledger has it from now on.
    func sets(_ token: AccountToken, at now: Instant) {
        if token.isBlocked { blockings[token.id] = (now, nil) } else { blockings[token.id]?.until = now }
    }

    /// True when a session was begun without Central while its card was blocked, and is since.
    func wasBlocked(_ token: TokenID, in session: SessionID) -> Bool {
        guard let began = beginnings[session], let blocking = blockings[token], blocking.until == nil else { return false }
        return blocking.since < began - NameBook.listAge
    }

    /// True when a session was begun without Central with a card that was not blocked then, nor since.
    /// - Parameter areClocksRight: else a card that was ever blocked may not have counted.
    func wasValid(_ token: TokenID, in session: SessionID, _ areClocksRight: Bool) -> Bool {
        guard let blocking = blockings[token] else { return true }
        guard areClocksRight, let began = beginnings[session] else { return false }
        return blocking.until.map { $0 < began - NameBook.listAge } ?? false
    }

    private static func takeOne<Key: Hashable>(from counts: inout [Key: Int], _ key: Key) {
        counts[key] = counts[key].flatMap { $0 > 1 ? $0 - 1 : nil }
    }
}
