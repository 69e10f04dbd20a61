internal import Platform

extension IdentityStore {
    /// The files for a broker of somebody else, with the names here.
    /// - Throws: when nobody has a name, or a name's file can't be read.
    public func export(for broker: ForeignBroker) throws(IdentityError) -> BrokerExport {
        let known = AccessFile.secrets(in: readText(accessFile) ?? "")
        let identities = identities()
        guard !identities.isEmpty else {
            throw IdentityError("nobody has a name in \(directory): wattline credentials init gives some", .configuration)
        }
        var accounts: [BrokerExport.Account] = []
        for identity in identities {
            guard let secret = known[identity.username] else {
                throw IdentityError("\(accessFile) does not know \(identity): wattline credentials init mends it")
            }
            accounts.append(
                BrokerExport.Account(identity, password: try credentials(of: identity).password, salt: secret.salt, site: site))
        }
        return try BrokerExport(for: broker, accounts, site: site, anonymous: present)
    }

    /// The credentials with the name that the identity has on that broker.
    public func credentials(of identity: Identity, for broker: ForeignBroker) throws(IdentityError) -> Credentials {
        var credentials = try credentials(of: identity)
        credentials.username = broker.username(of: identity)
        return credentials
    }

    /// Writes the files of an export into a directory, which is made when it is not there: mode 0600, each as a whole or not at all.
    /// - Returns: their paths.
    public func write(_ export: BrokerExport, into directory: String) throws(IdentityError) -> [String] {
        try create(directory)
        var paths: [String] = []
        for file in export.files {
            try write(file.text, to: "\(directory)/\(file.name)")
            paths.append("\(directory)/\(file.name)")
        }
        return paths
    }
}
