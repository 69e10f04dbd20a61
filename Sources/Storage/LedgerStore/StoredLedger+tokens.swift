public import ChargingModel
internal import Ledger
public import SQL

extension AccountToken {
    /// The columns, in the order of `init(row:)`.
    static let columns = "token, driver, expires_ms, since_ms, blocked_ms, unblocked_ms"

    init(row: Row) throws(DatabaseError) {
        self.init(
            try row.id(0), of: try row.id(1), expires: row.optionalTime(2), since: row.optionalTime(3), blocked: row.optionalTime(4),
            unblocked: row.optionalTime(5))
    }
}

extension Database {
    /// Reads tokens, by their ids.
    func tokens() throws(DatabaseError) -> [AccountToken] {
        try rows("SELECT \(AccountToken.columns) FROM tokens ORDER BY token") { row throws(DatabaseError) in try AccountToken(row: row) }
    }
}

extension StoredLedger {
    public func token(_ id: TokenID) throws(DatabaseError) -> AccountToken? {
        try database.row("SELECT \(AccountToken.columns) FROM tokens WHERE token = ?", [.text(id.text)]) { row throws(DatabaseError) in
            try AccountToken(row: row)
        }
    }

    public func tokens() throws(DatabaseError) -> [AccountToken] { try database.tokens() }

    public func set(_ token: AccountToken) throws(DatabaseError) {
        try database.execute(
            "INSERT INTO tokens (\(AccountToken.columns)) VALUES (?, ?, ?, ?, ?, ?) "
                + "ON CONFLICT (token) DO UPDATE SET driver = excluded.driver, expires_ms = excluded.expires_ms, since_ms = excluded.since_ms, "
                + "blocked_ms = excluded.blocked_ms, unblocked_ms = excluded.unblocked_ms",
            [
                .text(token.id.text), .text(token.driver.text), .optional(token.expires?.milliseconds), .optional(token.since?.milliseconds),
                .optional(token.blocked?.milliseconds), .optional(token.unblocked?.milliseconds),
            ])
    }
}

extension LedgerReader {
    /// The tokens that operators gave to accounts, by their ids.
    public func tokens() throws(DatabaseError) -> [AccountToken] { try database.tokens() }
}
