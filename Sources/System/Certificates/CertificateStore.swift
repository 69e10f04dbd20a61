internal import ChargingProtocol
internal import Glibc
public import Identities
internal import Platform

/// The network's own authority, and the certificates by it: a directory for its owner alone, with files in PEM form, mode 0600.
///
/// ```
/// {directory}/            {data}/certificates
///   ca.pem, ca.key        the authority: whom everybody believes
///   server.pem, .key      the broker's and the dashboard's
///   engine/CP-001.pem     somebody's who shows by it who it is, the key in the same file
///   clients               what the broker's plugin reads: which of these count
///   lock                  held while something is changed
/// ```
public struct CertificateStore: Sendable, Hashable {
    public let directory: String

    public init(directory: String) { self.directory = directory }

    public var authorityFile: String { directory + "/ca.pem" }
    public var serverFile: String { directory + "/server.pem" }
    public var serverKeyFile: String { directory + "/server.key" }
    /// The file by which the broker knows whom it may let in.
    public var clientsFile: String { directory + "/clients" }
    var authorityKeyFile: String { directory + "/ca.key" }

    /// The file of an identity's certificate and its key.
    public func file(of identity: Identity) -> String { "\(directory)/\(identity.role.rawValue)/\(identity.key).pem" }

    /// True when there is an authority here.
    public var exists: Bool { access(authorityFile, F_OK) == 0 }

    /// The names and addresses of a server that are asked for when nobody says others: this machine's.
    public static let usualHosts = ["localhost", "127.0.0.1", "::1"]

    /// The days that certificates hold.
    public static let days = 365
    /// The days that the authority holds: it is in everybody's hands.
    static let authorityDays = 3650

    // MARK: Reading

    /// A certificate of the directory.
    public struct Entry: Sendable, Hashable {
        /// Its name: `ca`, `server`, or whose it is.
        public let name: String
        public let file: String
        public let certificate: Certificate
        /// False for one that the authority here did not sign; `nil` when there is none that can be read.
        public let isOurs: Bool?
    }

    /// All that is in the directory. A file that can't be read costs no other.
    public struct Contents: Sendable, Hashable {
        /// The authority's, the server's, then those of identities in order.
        public var entries: [Entry] = []
        /// The faults of the other files, and what helps.
        public var damage: [CertificateError] = []
    }

    public func contents() -> Contents {
        var contents = Contents()
        let authority = readText(authorityFile)
        func look(_ name: String, _ file: String, help: String) {
            do throws(CertificateError) {
                let text = try Certificate.text(of: file, help: help)
                let certificate = try Certificate(pem: text, of: file, help: help)
                let isOurs = authority.flatMap { Certificate(pem: $0) == nil ? nil : Certificate.is(text, by: $0) }
                contents.entries.append(Entry(name: name, file: file, certificate: certificate, isOurs: isOurs))
            } catch { contents.damage.append(error) }
        }
        if access(authorityFile, F_OK) == 0 { look("ca", authorityFile, help: "bring back a copy of it") }
        if access(serverFile, F_OK) == 0 { look("server", serverFile, help: "wattline certificates init makes another one") }
        for identity in identities() { look(identity.username, file(of: identity), help: identity.helpWithCertificate) }
        return contents
    }

    /// All that have a certificate, in order.
    public func identities() -> [Identity] {
        Role.allCases.flatMap { role in
            names(in: "\(directory)/\(role.rawValue)").filter { $0.hasSuffix(".pem") }.compactMap { Identity(role, key: String($0.dropLast(4))) }
        }.sorted()
    }
}

extension Identity {
    /// The command that helps when the file of its certificate can't be used.
    var helpWithCertificate: String { "wattline certificates add \(arguments) makes another one" }
}
