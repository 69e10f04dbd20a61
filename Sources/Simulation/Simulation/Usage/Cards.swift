internal import ChargingModel

/// People who charge with a card at a station that asks nobody: the records of such sessions come to Central unannounced (S11).
enum Cards {
    /// A card that is no account's.
    static let lost = TokenID(known: "card-lost")
    /// Cards of an account, with which nobody can charge since before the world began.
    static let blocked = TokenID(known: "card-blocked")
    static let expired = TokenID(known: "card-expired")

    static func token(of driver: DriverID) -> TokenID { TokenID(known: "card-" + driver.text.suffix(24)) }

    /// The accounts that Central knows of.
    static func accounts(_ roster: Roster) -> [TokenID: DriverID] {
        Dictionary(roster.drivers.map { (token(of: $0.driver), $0.driver) }) { first, _ in first }
    }

    /// True when nobody is billed for a session that was begun with it.
    static func isLost(_ provenance: Provenance) -> Bool {
        provenance.origin == .offline && [lost, blocked, expired].contains(provenance.token)
    }

    /// The cards that the ledger has before the world begins, by no clock that is a few hours off.
    static func spoilt(_ roster: Roster) -> [AccountToken] {
        guard let driver = roster.drivers.first?.driver else { return [] }
        let before = WallTime(milliseconds: MachineClock.beginning - 40 * 86_400_000)
        return [AccountToken(blocked, of: driver, blocked: before), AccountToken(expired, of: driver, expires: before)]
    }

    /// The next session that somebody begins, one of four with a card that nobody knows.
    static func start(at now: WallTime, _ roster: Roster, using random: inout SplitMix64) -> OfflineStart? {
        guard !roster.drivers.isEmpty else { return nil }
        let driver = roster.drivers[Int(random.next() % UInt64(roster.drivers.count))].driver
        return OfflineStart(
            session: SessionID(known: ULID.make(at: now, using: &random)), driver: driver, token: random.next() % 4 == 0 ? lost : token(of: driver),
            duration: .seconds(3 + Int64(random.next() % 15)))
    }
}
