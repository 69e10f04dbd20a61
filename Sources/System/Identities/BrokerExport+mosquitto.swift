internal import CAccessTable
internal import ChargingProtocol

extension BrokerExport {
    private static let limits = """
        What this can't say, and wattline-access.so can:
        - Client ids belong to nobody: any name may take over the connection of any other, Central's too.
          (use_username_as_clientid binds them, and then drivers, viewers and recorders can't be many at once.)
        - A filter with wildcards is accepted whatever is under it, and what may not be read is left out; so it is for
          shared subscriptions ($share), whose members thereby lose messages.
        - Adding and revoking a name needs the files anew and a SIGHUP. Who is thrown out then has no last will.
        - Whoever is not let write is told so by MQTT 5 at QoS 1, and never in the log.
        - $CONTROL topics are passed on to nobody.
        """

    /// `wattline.conf`, `wattline.acl` and `wattline.passwords`.
    static func mosquitto(_ accounts: [Account], site: String?, anonymous: AccessFile.Anonymous) throws(IdentityError) -> [File] {
        [
            File(name: "wattline.conf", text: configuration(anonymous)), File(name: "wattline.acl", text: acl(accounts, site, anonymous)),
            File(name: "wattline.passwords", text: try passwords(accounts)),
        ]
    }

    private static func configuration(_ anonymous: AccessFile.Anonymous) -> String {
        let whence =
            switch anonymous {
            case .none: "Nobody looks on without a name."
            case .loopback:
                "Who is on the broker's machine looks on without a name; mosquitto can't tell who that is, so that nobody does here.\n"
                    + "With a listener on loopback alone, say true."
            case .any: "Anybody looks on without a name: what stands in front of the first user in wattline.acl."
            }
        return text(
            comment(
                "#",
                """
                For mosquitto.conf of stock mosquitto 2.0, by wattline credentials export --for mosquitto.
                The other two files belong to mosquitto's own user, mode 0600: chown mosquitto: FILE
                \(limits)

                \(whence)
                """) + [
                    "allow_anonymous \(anonymous == .any)", "password_file /etc/mosquitto/wattline.passwords", "acl_file /etc/mosquitto/wattline.acl",
                    "# What is kept was allowed when it was published.", "check_retain_source false",
                ])
    }

    private static func acl(_ accounts: [Account], _ site: String?, _ anonymous: AccessFile.Anonymous) -> String {
        var lines = comment("#", "Rights on the bus, as docs/security.md has them, by wattline credentials export --for mosquitto.")
        if anonymous == .any { lines += Rights(of: .viewer, site: site).reads.map { "topic read \($0)" } }
        for account in accounts {
            lines += ["", "user \(ForeignBroker.mosquitto.username(of: account.identity))"]
            lines += account.rights.writes.map { "topic write \($0)" } + account.rights.reads.map { "topic read \($0)" }
        }
        return text(lines)
    }

    private static func passwords(_ accounts: [Account]) throws(IdentityError) -> String {
        var lines: [String] = []
        for account in accounts {
            var hash = [CChar](repeating: 0, count: Int(FOREIGN_HASH_LIMIT))
            guard account.salt.count >= FOREIGN_SALT_SIZE, foreign_hash(account.password, account.salt, &hash) else {
                throw IdentityError("the password of \(account.identity) can't be hashed")
            }
            let text = String(decoding: hash.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            lines.append("\(ForeignBroker.mosquitto.username(of: account.identity)):\(text)")
        }
        return text(lines)
    }
}
