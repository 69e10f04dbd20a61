internal import ChargingModel
internal import Ledger
internal import SQL

extension StoredLedger {
    /// Holds, until the end of the transaction, what operations may change of the accounts that all sites of a server share. In an order of the keys, so
    /// that two sites never wait for each other; and whoever waited sees what the other did.
    func holdAccounts(of operations: [LedgerOperation]) throws(DatabaseError) {
        var keys: Set<String> = []
        for operation in operations {
            switch operation {
            case .decide(let decision, _): keys.insert("driver \(decision.driver.text)")
            case .token: keys.insert("tokens")
            case .find, .findSession, .confirm, .askStop, .close, .record, .judge, .fault, .recovery, .availability, .forget, .recent, .tickets: break
            }
        }
        guard !keys.isEmpty else { return }
        try database.execute(
            """
            SELECT pg_advisory_xact_lock(key) FROM
                (SELECT DISTINCT hashtextextended(name, 0) AS key FROM unnest(string_to_array(?, ',')) AS name ORDER BY key) AS keys
            """, [.text(keys.joined(separator: ","))])
    }
}
