public import ChargingModel
internal import ChargingProtocol
internal import Glibc
public import Identities
internal import Platform
internal import Settings

/// The network's own authority, and the certificates by it: a directory for its owner alone, with files in PEM form, mode 0600.
///
/// ```
/// {directory}/            {data}/certificates
///   ca.pem, ca.key        the authority: whom everybody believes
///   server.pem, .key      the broker's and the dashboard's
///   engine/CP-001.pem     somebody's who shows by it who it is, the key in the same file
///   lock                  held while something is changed
/// ```
public struct CertificateStore: Sendable, Hashable {
    public let directory: String

    public init(directory: String) { self.directory = directory }

    public var authorityFile: String { directory + "/ca.pem" }
    public var serverFile: String { directory + "/server.pem" }
    public var serverKeyFile: String { directory + "/server.key" }
    var authorityKeyFile: String { directory + "/ca.key" }

    /// The file of an identity's certificate and its key.
    public func file(of identity: Identity) -> String { "\(directory)/\(identity.role.rawValue)/\(identity.id).pem" }

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
    }

    /// All certificates: the authority's, the server's, then those of identities in order.
    /// - Throws: when one that is there can't be read.
    public func entries() throws(CertificateError) -> [Entry] {
        var entries: [Entry] = []
        for (name, file) in [("ca", authorityFile), ("server", serverFile)] where access(file, F_OK) == 0 {
            entries.append(Entry(name: name, file: file, certificate: try Certificate(file: file)))
        }
        for identity in identities() {
            entries.append(Entry(name: identity.username, file: file(of: identity), certificate: try Certificate(file: file(of: identity))))
        }
        return entries
    }

    /// All that have a certificate, in order.
    public func identities() -> [Identity] {
        Role.allCases.flatMap { role in
            names(in: "\(directory)/\(role.rawValue)").filter { $0.hasSuffix(".pem") }.compactMap { try? Identity(role, String($0.dropLast(4))) }
        }.sorted()
    }

    // MARK: Changing

    /// Makes the authority and the server's certificate, where they are missing or don't belong to each other. A server's that lacks one of the hosts is made
    /// anew with it, and keeps its others.
    /// - Returns: the files that are new.
    @discardableResult
    public func make(hosts: [String] = [], days: Int = days, at now: WallTime) throws(CertificateError) -> [String] {
        try change { () throws(CertificateError) in
            var made: [String] = []
            if !exists {
                try makeAuthority(at: now)
                made.append(authorityFile)
            }
            let present = serverHosts()
            let wanted = hosts.filter { present?.contains($0) != true }
            try checkCount(of: (present ?? []) + wanted)
            if !isServerUsable || !wanted.isEmpty {
                try makeServer(hosts: (present ?? (hosts.isEmpty ? CertificateStore.usualHosts : [])) + wanted, days: days, at: now)
                made.append(serverFile)
            }
            return made
        }
    }

    /// Gives an identity a certificate; a new one when it has one.
    public func add(_ identity: Identity, days: Int = days, at now: WallTime) throws(CertificateError) {
        guard exists else { throw CertificateError("there is no authority in \(directory): wattline certificates init makes one") }
        try change { () throws(CertificateError) in try makeClient(identity, days: days, at: now) }
    }

    /// Takes an identity's certificate away, if there is one. Whoever has a copy can still show it: what ends that is that the name is gone.
    public func remove(_ identity: Identity) throws(CertificateError) {
        guard access(file(of: identity), F_OK) == 0 else { return }
        try change { () throws(CertificateError) in
            guard unlink(file(of: identity)) == 0 || errno == ENOENT else {
                throw CertificateError("\(file(of: identity)) can't be removed: \(errorText(errno))")
            }
        }
    }

    /// Makes certificates anew that are there, for the same names, by the same authority. The server's key stays, unless a new one is asked for: then its
    /// file changes first.
    /// - Parameters:
    ///   - hosts: more of the server's.
    ///   - isDue: whether one is to be made anew.
    /// - Returns: their files.
    public func renew(
        hosts: [String] = [], days: Int = days, newKey: Bool = false, at now: WallTime, where isDue: (Certificate) -> Bool = { _ in true }
    ) throws(CertificateError) -> [String] {
        guard exists else { throw CertificateError("there is no authority in \(directory): wattline certificates init makes one") }
        return try change { () throws(CertificateError) in
            var made: [String] = []
            if try renewServer(hosts: hosts, days: days, newKey: newKey, at: now, where: isDue) { made.append(serverFile) }
            for identity in identities() {
                let certificate = try Certificate(file: file(of: identity))
                guard isDue(certificate) else { continue }
                try makeClient(identity, days: days, at: now)
                made.append(file(of: identity))
            }
            return made
        }
    }

    /// - Returns: true when there is a new one.
    private func renewServer(
        hosts: [String], days: Int, newKey: Bool, at now: WallTime, where isDue: (Certificate) -> Bool
    ) throws(CertificateError) -> Bool {
        guard let present = serverHosts() else { return false }
        let more = hosts.filter { !present.contains($0) }
        try checkCount(of: present + more)
        let certificate = try Certificate(file: serverFile)
        guard newKey || !more.isEmpty || isDue(certificate) else { return false }
        if newKey { try write(newKeyText(), to: serverKeyFile) }
        try makeServer(hosts: present + more, days: days, at: now)
        return true
    }

    private func checkCount(of hosts: [String]) throws(CertificateError) {
        guard hosts.count <= CertificateStore.mostHosts else {
            throw CertificateError("\(hosts.count) hosts are too many: expected at most \(CertificateStore.mostHosts) in one certificate")
        }
    }

    private static let mostHosts = 16

    /// The hosts of the server's certificate; `nil` when there is none.
    private func serverHosts() -> [String]? { readText(serverFile).flatMap { Certificate(pem: $0) }?.hosts }

    /// True when the server's certificate belongs to its key and is by the authority.
    private var isServerUsable: Bool {
        guard let text = readText(serverFile), let key = readText(serverKeyFile), let authority = readText(authorityFile) else { return false }
        return Certificate.has(text, key: key) && Certificate.is(text, by: authority)
    }

    private func makeAuthority(at now: WallTime) throws(CertificateError) {
        let key = try newKeyText()
        // So that two networks' authorities are told apart.
        let name = "Wattline authority \(String(UInt32.random(in: 0x1000_0000 ... .max), radix: 16))"
        let certificate = try Certificate.make(
            Certificate.Wish(name: name, days: CertificateStore.authorityDays, key: key, isAuthority: true), at: now)
        try write(key, to: authorityKeyFile)
        try write(certificate, to: authorityFile)
    }

    private func makeServer(hosts: [String], days: Int, at now: WallTime) throws(CertificateError) {
        let key: String
        // One that was left by somebody who was killed before its certificate was written is as good.
        if let present = readText(serverKeyFile), Certificate.isKey(present) {
            key = present
        } else {
            key = try newKeyText()
            try write(key, to: serverKeyFile)
        }
        // A common name has at most 64 letters.
        let name = hosts.first { $0.utf8.count <= 64 } ?? "server"
        let wish = Certificate.Wish(name: name, hosts: hosts, days: days, key: key, authority: try authority())
        try write(try Certificate.make(wish, at: now), to: serverFile)
    }

    private func makeClient(_ identity: Identity, days: Int, at now: WallTime) throws(CertificateError) {
        let key = try newKeyText()
        let wish = Certificate.Wish(name: identity.username, days: days, key: key, authority: try authority())
        try create("\(directory)/\(identity.role.rawValue)")
        try write(try Certificate.make(wish, at: now) + key, to: file(of: identity))
    }

    private func authority() throws(CertificateError) -> (certificate: String, key: String) {
        guard let certificate = readText(authorityFile), let key = readText(authorityKeyFile) else {
            throw CertificateError("the authority in \(directory) can't be read: \(errorText(errno)); expected ca.pem and ca.key")
        }
        guard Certificate.has(certificate, key: key) else {
            throw CertificateError("\(authorityKeyFile) is not the key of \(authorityFile); bring back a copy of both")
        }
        return (certificate, key)
    }

    private func newKeyText() throws(CertificateError) -> String {
        guard let key = Certificate.newKey() else { throw CertificateError("OpenSSL made no key") }
        return key
    }

    private func change<Result>(_ body: () throws(CertificateError) -> Result) throws(CertificateError) -> Result {
        try create(directory)
        let lock: DirectoryLock
        do throws(DataDirectoryError) { lock = try DirectoryLock.take(directory + "/lock", for: directory, waits: true) } catch {
            throw CertificateError("\(error)", error.processExit)
        }
        defer { withExtendedLifetime(lock) {} }
        return try body()
    }

    private func create(_ path: String) throws(CertificateError) {
        do throws(DataDirectoryError) { try DataDirectory.create(path) } catch { throw CertificateError("\(error)", error.processExit) }
    }

    private func write(_ text: String, to path: String) throws(CertificateError) {
        if let code = replaceText(of: path, with: text, isSynced: true) { throw CertificateError("can't write \(path): \(errorText(code))") }
    }
}
