internal import ChargingProtocol

/// A broker that is somebody else's, and asks for names by means of its own.
public enum ForeignBroker: String, Hashable, Sendable, CaseIterable {
    /// Stock mosquitto 2.0, with an acl_file and a password_file.
    case mosquitto
    /// EMQX 5, with an ACL file and its built-in database of users.
    case emqx

    /// The name with which an identity logs in there. mosquitto's password_file parts name and password by a colon.
    public func username(of identity: Identity) -> String {
        switch self {
        case .mosquitto: identity.username.replacing(":", with: ".")
        case .emqx: identity.username
        }
    }
}

/// The files for a broker that is somebody else's, with hashes of the passwords alone.
public struct BrokerExport: Hashable, Sendable {
    public struct File: Hashable, Sendable {
        public let name: String
        public let text: String
    }

    /// A name with what is to be known of it.
    struct Account {
        var identity: Identity
        var password: String
        /// Random bytes, at least 12, the same each time: an export that changes nothing is the same text.
        var salt: [UInt8]

        var rights: (writes: [String], reads: [String]) = ([], [])

        init(_ identity: Identity, password: String, salt: [UInt8], site: String?) {
            (self.identity, self.password, self.salt) = (identity, password, salt)
            let rights = Rights(of: identity.role, site: site)
            self.rights = (rights.writes.map(own), rights.reads.map(own))
        }

        /// The filter with the own id in place of `%i`.
        func own(_ filter: String) -> String { filter.replacing("%i", with: identity.id) }
    }

    public let files: [File]

    init(for broker: ForeignBroker, _ accounts: [Account], site: String?, anonymous: AccessFile.Anonymous) throws(IdentityError) {
        // A station is never on the bus.
        let accounts = accounts.filter { $0.identity.role != .station }.sorted { $0.identity < $1.identity }
        switch broker {
        case .mosquitto: files = try BrokerExport.mosquitto(accounts, site: site, anonymous: anonymous)
        case .emqx: files = try BrokerExport.emqx(accounts, site: site, anonymous: anonymous)
        }
    }

    /// The lines of a comment.
    static func comment(_ mark: String, _ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? mark : "\(mark) \($0)" }
    }

    static func text(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }
}
