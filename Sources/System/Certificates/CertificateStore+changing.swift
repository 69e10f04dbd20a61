public import ChargingModel
internal import Glibc
public import Identities
internal import Platform

extension CertificateStore {
    /// The hosts of the server's certificate.
    public enum Hosts: Sendable, Hashable {
        /// Those that it has, and these.
        case adding([String])
        /// These alone.
        case only([String])

        var all: [String] {
            switch self {
            case .adding(let hosts), .only(let hosts): hosts
            }
        }

        /// The hosts of the next certificate.
        func after(_ present: [String]) -> [String] {
            var hosts: [String] = if case .adding = self { present } else { [] }
            for host in all where !hosts.contains(host) { hosts.append(host) }
            return hosts
        }
    }

    /// The outcome of a change of all.
    public struct Change: Sendable, Hashable {
        /// The files that are new.
        public var files: [String] = []
        /// The files that could not be made anew, and what helps: the others were.
        public var damage: [CertificateError] = []

        public init() {}
    }

    /// Makes the authority and the server's certificate, where they are missing or don't belong to each other; the server's anew when it is for other hosts
    /// than it is to be.
    /// - Returns: the files that are new.
    @discardableResult
    public func make(hosts: Hosts = .adding([]), days: Int = days, at now: WallTime) throws(CertificateError) -> [String] {
        try change { (_) throws(CertificateError) in
            var made: [String] = []
            if !exists {
                try makeAuthority(at: now)
                made.append(authorityFile)
            }
            let present = serverHosts()
            let wanted = hosts.after(present ?? (hosts.all.isEmpty ? CertificateStore.usualHosts : []))
            try checkCount(of: wanted)
            if !isServerUsable || present.map(Set.init) != Set(wanted) {
                try makeServer(hosts: wanted, days: days, at: now)
                made.append(serverFile)
            }
            return made
        }
    }

    /// Gives an identity a certificate. The one that it had is worth nothing any more: whoever is connected by it is thrown out.
    public func add(_ identity: Identity, days: Int = days, at now: WallTime) throws(CertificateError) {
        try checkExists()
        try change { (known) throws(CertificateError) in
            try makeClient(identity, days: days, at: now)
            known.entries[identity.username] = nil
        }
    }

    /// Gives an identity another certificate, as `add` does, if it has one. The one that it had counts no more, also when there can't be another.
    /// - Returns: true when it had.
    @discardableResult
    public func replace(_ identity: Identity, at now: WallTime) throws(CertificateError) -> Bool {
        guard exists, access(file(of: identity), F_OK) == 0 else { return false }
        do throws(CertificateError) { try add(identity, at: now) } catch {
            try remove(identity)
            throw CertificateError("\(identity) has no certificate any more, since there can't be another one: \(error)", error.processExit)
        }
        return true
    }

    /// Takes an identity's certificate away, if there is one: it is worth nothing any more.
    public func remove(_ identity: Identity) throws(CertificateError) {
        guard exists else { return }
        try change { (_) throws(CertificateError) in
            guard unlink(file(of: identity)) == 0 || errno == ENOENT else {
                throw CertificateError("\(file(of: identity)) can't be removed: \(errorText(errno))")
            }
        }
    }

    /// Makes certificates anew that are there, by the same authority. The server's key stays, unless a new one is asked for: then its file changes first.
    ///
    /// Whoever is connected by a client's former one stays; who comes by it is let in until it ends when it `outlives` this, else no more.
    /// - Parameter isDue: whether one is to be made anew.
    public func renew(
        hosts: Hosts = .adding([]), days: Int = days, newKey: Bool = false, formerOutlives: Bool = false, at now: WallTime,
        where isDue: (Certificate) -> Bool = { _ in true }
    ) throws(CertificateError) -> Change {
        try checkExists()
        return try change { (known) throws(CertificateError) in
            var change = Change()
            if try renewServer(hosts: hosts, days: days, newKey: newKey, at: now, where: isDue) { change.files.append(serverFile) }
            for identity in identities() {
                let former: Certificate
                do throws(CertificateError) { former = try Certificate(file: file(of: identity), help: identity.helpWithCertificate) } catch {
                    change.damage.append(error)
                    continue
                }
                guard isDue(former) else { continue }
                let made = try makeClient(identity, days: days, at: now)
                known.entries[identity.username] = KnownCertificates.Entry(
                    present: made.fingerprint, former: .init(fingerprint: former.fingerprint, until: formerOutlives ? former.notAfter : nil))
                change.files.append(file(of: identity))
            }
            return change
        }
    }

    /// - Returns: true when there is a new one.
    private func renewServer(
        hosts: Hosts, days: Int, newKey: Bool, at now: WallTime, where isDue: (Certificate) -> Bool
    ) throws(CertificateError) -> Bool {
        guard let present = serverHosts() else { return false }
        let wanted = hosts.after(present)
        try checkCount(of: wanted)
        let certificate = try Certificate(file: serverFile)
        guard newKey || Set(wanted) != Set(present) || isDue(certificate) else { return false }
        if newKey { try write(newKeyText(), to: serverKeyFile) }
        try makeServer(hosts: wanted, days: days, at: now)
        return true
    }

    private func checkExists() throws(CertificateError) {
        guard exists else { throw CertificateError("there is no authority in \(directory): wattline certificates init makes one") }
    }

    private func checkCount(of hosts: [String]) throws(CertificateError) {
        guard hosts.count <= CertificateStore.mostHosts else {
            throw CertificateError(
                "\(hosts.count) hosts are too many: expected at most \(CertificateStore.mostHosts) in one certificate; with --only it is for those of --host "
                    + "alone, and the others that it has are left out")
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
}
