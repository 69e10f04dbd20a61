internal import ChargingProtocol
internal import Glibc
internal import Platform
public import Settings

/// The names of a network: a directory with a file for each, mode 0600, and the file from which the broker knows them all.
///
/// ```
/// {directory}/                 {data}/credentials
///   engine/CP-001.json         what the program connects with
///   access                     what the broker's plugin reads: rights, and names with hashes of their passwords
///   lock                       held while something is changed
/// ```
public struct IdentityStore: Sendable, Hashable {
    public let directory: String
    public let site: String?

    public init(directory: String, site: String?) {
        self.directory = directory
        self.site = site
    }

    /// The broker's file.
    public var accessFile: String { directory + "/access" }

    /// The text of the broker's file; `nil` where nobody has a name.
    /// - Throws: when it is there and can't be read.
    func accessText() throws(IdentityError) -> String? {
        if let text = readText(accessFile) { return text }
        let code = errno
        if code == ENOENT || code == ENOTDIR { return nil }
        throw IdentityError("can't read who has a name from \(accessFile): \(errorText(code))", .configuration)
    }

    /// The file of an identity's credentials.
    public func file(of identity: Identity) -> String { "\(directory)/\(identity.role.rawValue)/\(identity.key).json" }

    /// True when somebody has a name here.
    public var exists: Bool { access(accessFile, F_OK) == 0 }

    /// All that have a name, in order.
    public func identities() -> [Identity] {
        Role.allCases.flatMap { role in
            names(in: "\(directory)/\(role.rawValue)").filter { $0.hasSuffix(".json") }.compactMap { Identity(role, key: String($0.dropLast(5))) }
        }.sorted()
    }

    public func credentials(of identity: Identity) throws(IdentityError) -> Credentials {
        guard access(file(of: identity), F_OK) == 0 else {
            throw IdentityError("nobody is called \(identity): wattline credentials add \(identity.arguments) gives the name")
        }
        return try Credentials(file: file(of: identity))
    }

    /// Gives names to those who have none yet, or of whose file a power cut left nothing; the others keep theirs. Changes nothing when all have one.
    /// - Returns: those that are new.
    @discardableResult
    public func add(
        _ wanted: [Identity], broker: BrokerURL, authority: String? = nil, anonymous: AccessFile.Anonymous? = nil
    ) throws(IdentityError) -> [Identity] {
        if without(wanted).isEmpty, exists, anonymous == nil || anonymous == present { return [] }
        return try change(anonymous: anonymous) { () throws(IdentityError) in
            let added = without(wanted)
            for role in Set(added.map(\.role)) { try create("\(directory)/\(role.rawValue)") }
            let areMany = added.count > IdentityStore.mostSyncedOneByOne
            for identity in added { try make(identity, broker: broker, authority: authority, isSynced: !areMany) }
            if areMany { sync() }
            return added
        }
    }

    /// More new files than these are synced at once.
    private static let mostSyncedOneByOne = 64

    /// Those that the broker knows under no name, or whose credentials can't be read.
    private func without(_ wanted: [Identity]) -> [Identity] {
        let known = AccessFile.secrets(in: readText(accessFile) ?? "")
        return wanted.filter { known[$0.username] == nil || (try? Credentials(file: file(of: $0))) == nil }
    }

    /// Takes a name away: whoever is connected under it is thrown out within a second.
    public func revoke(_ identity: Identity) throws(IdentityError) {
        try change { () throws(IdentityError) in
            for program in Self.mosquittoClients { unlink("\(placeForMosquitto(identity))/\(program)") }
            rmdir(placeForMosquitto(identity))
            // One that was killed after the first half of this leaves the broker's line.
            let isKnown = AccessFile.secrets(in: readText(accessFile) ?? "")[identity.username] != nil
            guard unlink(file(of: identity)) == 0 || (errno == ENOENT && isKnown) else {
                throw IdentityError(errno == ENOENT ? "nobody is called \(identity)" : "\(file(of: identity)) can't be removed: \(errorText(errno))")
            }
        }
    }

    /// Gives a name another password: whoever is connected with the old one is thrown out within a second.
    public func rotate(_ identity: Identity) throws(IdentityError) {
        try change { () throws(IdentityError) in
            let broker = try credentials(of: identity).broker
            try make(identity, broker: broker)
            let place = placeForMosquitto(identity)
            // As they were told last where the broker is, which need not be where it was when the name was given.
            guard let former = readText("\(place)/\(Self.mosquittoClients[0])") else { return }
            let kept = former.split(separator: "\n").filter { line in
                ["-h ", "-p ", "--cafile ", "--tls-use-os-certs"].contains { line.hasPrefix($0) }
            }
            try writeClients(kept.joined(separator: "\n") + "\n" + loginText(of: identity), in: place)
        }
    }

    private func make(_ identity: Identity, broker: BrokerURL, authority: String? = nil, isSynced: Bool = true) throws(IdentityError) {
        var client = Rights(of: identity.role, site: site).clients.first ?? identity.username
        client.replace("%i", with: identity.key)
        let former = try? Credentials(file: file(of: identity))
        let credentials = Credentials(
            username: identity.username, password: Random.text(for: identity.role), clientID: client, broker: broker,
            certificateAuthority: authority ?? former?.certificateAuthority)
        try write(credentials.json, to: file(of: identity), isSynced: isSynced)
    }

    // MARK: Changing

    /// Changes something, and tells the broker.
    private func change<Result>(
        anonymous: AccessFile.Anonymous? = nil, _ body: () throws(IdentityError) -> Result
    ) throws(IdentityError) -> Result {
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        for role in Role.allCases where access("\(directory)/\(role.rawValue)", R_OK | X_OK) != 0 && errno != ENOENT {
            throw IdentityError("can't read \(directory)/\(role.rawValue): \(errorText(errno))")
        }
        let whence = anonymous ?? present
        // Whoever is killed before the names are told must leave the answer to who may look on.
        if !exists, identities().isEmpty { try write(AccessFile(site: site, anonymous: whence).text, to: accessFile) }
        let result = try body()
        try publish(whence)
        return result
    }

    private func lock() throws(IdentityError) -> DirectoryLock {
        try create(directory)
        try checkOwner(of: directory)
        do throws(DataDirectoryError) {
            return try DirectoryLock.take(directory + "/lock", for: directory, waits: true)
        } catch {
            throw IdentityError(error)
        }
    }

    /// The answer to who may come without a name, as the broker's file has it; nobody, when that was lost.
    public var present: AccessFile.Anonymous {
        AccessFile.anonymous(in: readText(accessFile) ?? "") ?? (identities().isEmpty ? .loopback : .none)
    }

    /// Tells the broker who has a name now, as the files have it: whoever changed one and died before this is made good for.
    ///
    /// A name that keeps its password keeps its line: another one would throw out who is connected.
    /// - Throws: when a name's file can't be read; all others are told, and for that one what the broker knew holds.
    private func publish(_ anonymous: AccessFile.Anonymous) throws(IdentityError) {
        var file = AccessFile(site: site, anonymous: anonymous)
        let known = AccessFile.secrets(in: readText(accessFile) ?? "")
        var damage: IdentityError?
        for identity in identities() {
            do throws(IdentityError) {
                let password = try Credentials(file: self.file(of: identity)).password
                if let secret = known[identity.username], try secret == AccessFile.Secret(of: password, salt: secret.salt) {
                    file.secrets[identity] = secret
                } else {
                    file.secrets[identity] = try AccessFile.Secret(of: password, salt: Random.bytes(16))
                }
            } catch {
                file.secrets[identity] = known[identity.username]
                damage = IdentityError("this is done; but \(error.description): wattline credentials revoke \(identity.arguments)")
            }
        }
        if readText(accessFile) != file.text { try write(file.text, to: accessFile) }
        if let damage { throw damage }
    }

    func create(_ path: String) throws(IdentityError) {
        do throws(DataDirectoryError) { try DataDirectory.create(path) } catch { throw IdentityError(error) }
    }

    func write(_ text: String, to path: String, isSynced: Bool = true) throws(IdentityError) {
        if let code = replaceText(of: path, with: text, isSynced: isSynced) { throw IdentityError("can't write \(path): \(errorText(code))") }
    }
}

extension IdentityStore {
    private static let mosquittoClients = ["mosquitto_pub", "mosquitto_sub", "mosquitto_rr"]

    private func placeForMosquitto(_ identity: Identity) -> String { "\(directory)/mosquitto/\(identity.role.rawValue)-\(identity.key)" }

    /// Writes a configuration of mosquitto's clients with a name's credentials.
    /// - Parameter authority: the file of whom to believe that they are a broker with TLS; `nil`: whom the system trusts.
    /// - Returns: the directory for `XDG_CONFIG_HOME`.
    public func writeForMosquitto(_ identity: Identity, broker: BrokerURL, authority: String? = nil) throws(IdentityError) -> String {
        let place = placeForMosquitto(identity)
        let trust = !broker.isSecure ? "" : authority.map { "--cafile \($0)\n" } ?? "--tls-use-os-certs\n"
        let text = try "-h \(broker.host)\n-p \(broker.port)\n\(trust)" + loginText(of: identity)
        guard Self.mosquittoClients.contains(where: { readText("\(place)/\($0)") != text }) else { return place }
        // Two that write at once would find each other's neighbour gone.
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        try writeClients(text, in: place)
        return place
    }

    private func writeClients(_ text: String, in place: String) throws(IdentityError) {
        try create(place)
        for program in Self.mosquittoClients { try write(text, to: "\(place)/\(program)", isSynced: false) }
    }

    private func loginText(of identity: Identity) throws(IdentityError) -> String {
        let credentials = try credentials(of: identity)
        var lines = ["-u \(credentials.username)", "-P \(credentials.password)", "-V 5"]
        // With -I each run has an id of its own, so that two do not end each other.
        lines.append(identity.role.mayBeMany ? "-I \(credentials.clientID):" : "-i \(credentials.clientID)")
        return lines.joined(separator: "\n") + "\n"
    }
}
