internal import ChargingModel
internal import ChargingProtocol
internal import Glibc
internal import Identities
internal import Platform
internal import Settings

extension CertificateStore {
    func makeAuthority(at now: WallTime) throws(CertificateError) {
        let key = try newKeyText()
        // So that two networks' authorities are told apart.
        let name = "Wattline authority \(String(UInt32.random(in: 0x1000_0000 ... .max), radix: 16))"
        let certificate = try Certificate.make(
            Certificate.Wish(name: name, days: CertificateStore.authorityDays, key: key, isAuthority: true), at: now)
        try write(key, to: authorityKeyFile)
        try write(certificate, to: authorityFile)
    }

    func makeServer(hosts: [String], days: Int, at now: WallTime) throws(CertificateError) {
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

    @discardableResult
    func makeClient(_ identity: Identity, days: Int, at now: WallTime) throws(CertificateError) -> Certificate {
        // X.509's own limit of a common name.
        guard identity.username.utf8.count <= 64 else {
            throw CertificateError("the name \(identity.username) has more than 64 bytes, and does not fit into a certificate: use its password")
        }
        let key = try newKeyText()
        let wish = Certificate.Wish(name: identity.username, days: days, key: key, authority: try authority())
        try create("\(directory)/\(identity.role.rawValue)")
        let text = try Certificate.make(wish, at: now)
        try write(text + key, to: file(of: identity))
        return try Certificate(pem: text, of: file(of: identity), help: identity.helpWithCertificate)
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

    func newKeyText() throws(CertificateError) -> String {
        guard let key = Certificate.newKey() else { throw CertificateError("OpenSSL made no key") }
        return key
    }

    /// Changes something, and tells the broker.
    func change<Result>(_ body: (inout KnownCertificates) throws(CertificateError) -> Result) throws(CertificateError) -> Result {
        try create(directory)
        let lock: DirectoryLock
        do throws(DataDirectoryError) { lock = try DirectoryLock.take(directory + "/lock", for: directory, waits: true) } catch {
            throw CertificateError("\(error)", error.processExit)
        }
        defer { withExtendedLifetime(lock) {} }
        var known = KnownCertificates(text: readText(clientsFile) ?? "")
        do throws(CertificateError) {
            let result = try body(&known)
            try publish(known)
            return result
        } catch {
            // What was done before it failed holds.
            try publish(known)
            throw error
        }
    }

    /// Tells the broker which certificates count now, as the files have it: whoever changed one and died before this is made good for.
    ///
    /// Of one that can't be read what the broker knew holds: somebody may have a copy, and has lost nothing.
    private func publish(_ known: KnownCertificates) throws(CertificateError) {
        var told = KnownCertificates()
        for identity in identities() {
            let before = known.entries[identity.username]
            guard let present = readText(file(of: identity)).flatMap({ Certificate(pem: $0) })?.fingerprint else {
                told.entries[identity.username] = before
                continue
            }
            told.entries[identity.username] = before?.present == present ? before : KnownCertificates.Entry(present: present)
        }
        if readText(clientsFile) != told.text { try write(told.text, to: clientsFile) }
    }

    private func create(_ path: String) throws(CertificateError) {
        do throws(DataDirectoryError) { try DataDirectory.create(path) } catch { throw CertificateError("\(error)", error.processExit) }
    }

    func write(_ text: String, to path: String) throws(CertificateError) {
        if let code = replaceText(of: path, with: text, isSynced: true) { throw CertificateError("can't write \(path): \(errorText(code))") }
    }
}
