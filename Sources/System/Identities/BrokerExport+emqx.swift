internal import ChargingProtocol

extension BrokerExport {
    private static let limits = """
        What this can't say, and wattline-access.so can:
        - A name has its rights under its own client ids alone; but anybody with a name may still take over a connection by its id.
        - A subscription is asked for once, and allowed as a whole or not at all: a driver that subscribes to # is refused
          what is its own, too. Nothing is left out when a message is passed on.
        - Nobody looks on without a name: give viewers one.
        - What a revoked name is connected with lives until it is kicked out (emqx ctl clients kick), and its last will is
          published by the broker's own rules.
        """

    /// `acl.conf` and `users.csv`.
    static func emqx(_ accounts: [Account], site: String?, anonymous: AccessFile.Anonymous) throws(IdentityError) -> [File] {
        [File(name: "acl.conf", text: rules(accounts, site)), File(name: "users.csv", text: try users(accounts))]
    }

    private static func rules(_ accounts: [Account], _ site: String?) -> String {
        var lines = comment(
            "%%",
            """
            Rights on the bus, as docs/security.md has them, by wattline credentials export --for emqx: EMQX 5's acl.conf.
            It was written from EMQX's documentation, and tried with none.

            authorization { no_match = deny, sources = [{ type = file, enable = true, path = "/etc/emqx/acl.conf" }] }
            authentication = [{
              mechanism = password_based, backend = built_in_database, user_id_type = username
              password_hash_algorithm { name = sha256, salt_position = prefix }
            }]
            The users are imported: Access Control, Authentication, Import Users, the file users.csv.

            \(limits)
            """)
        for account in accounts {
            let (writes, reads) = account.rights
            lines.append("")
            if !writes.isEmpty { lines.append("{allow, \(who(account, site)), publish, \(list(writes))}.") }
            if !reads.isEmpty { lines.append("{allow, \(who(account, site)), subscribe, \(list(reads))}.") }
        }
        return text(lines + ["", "{deny, all}."])
    }

    /// Who logs in under the name, with a client id that is its own.
    private static func who(_ account: Account, _ site: String?) -> String {
        let name = "{username, \"\(ForeignBroker.emqx.username(of: account.identity))\"}"
        let clients = Rights(of: account.identity.role, site: site).clients
        if clients.contains("*") { return name }
        let patterns = clients.map { account.own($0).replacing("*", with: ".+") }
        return "{'and', [\(name), {clientid, {re, \"^(\(patterns.joined(separator: "|")))$\"}}]}"
    }

    private static func list(_ filters: [String]) -> String { "[" + filters.map { "\"\($0)\"" }.joined(separator: ", ") + "]" }

    private static func users(_ accounts: [Account]) throws(IdentityError) -> String {
        var lines = ["user_id,password_hash,salt,is_superuser"]
        for account in accounts {
            // The salt is text there: 16 letters of it stand for 64 random bits.
            let salt = Array(Array(account.salt.prefix(8)).hex.utf8)
            let secret = try AccessFile.Secret(of: account.password, salt: salt)
            lines.append("\(ForeignBroker.emqx.username(of: account.identity)),\(secret.hash.hex),\(String(decoding: salt, as: UTF8.self)),false")
        }
        return text(lines)
    }
}
