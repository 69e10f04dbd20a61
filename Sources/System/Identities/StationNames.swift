internal import CAccessTable
internal import ChargingProtocol
internal import Platform

/// The stations that have a name (`wattline credentials add station ID`), with their passwords and certificates. The files are looked at again when they
/// have changed.
public final class StationNames {
    /// The reason why a station was let in, by which it may stay.
    public enum Proof: Hashable, Sendable {
        /// - secret: changes with the password.
        case password(secret: UInt64)
        /// - fingerprint: SHA-256 of the certificate, 64 hexadecimal digits.
        case certificate(name: String, fingerprint: String)
    }

    private let names: IdentityStore
    /// The file of the certificates that count, of those that are from here.
    private let clientsFile: String
    private var seen: FileMark??
    private var seenClients: FileMark??
    private var table: OpaquePointer?
    private var clients: OpaquePointer?
    private var stations: Set<Identity> = []
    private var readings: UInt64 = 0

    public init(_ names: IdentityStore, clientsFile: String) {
        self.names = names
        self.clientsFile = clientsFile
    }

    deinit {
        access_table_free(table)
        certificate_table_free(clients)
    }

    /// True when the station has a name.
    /// - Throws: when the names can't be read: then those are known who were.
    public func knows(_ id: String) throws(IdentityError) -> Bool {
        try look()
        return (try? Identity(.station, id)).map { stations.contains($0) } ?? false
    }

    /// The proof that a password is the station's; `nil` when it is not.
    public func proof(of id: String, password: [UInt8]) throws(IdentityError) -> Proof? {
        try look()
        guard let user = user(id), !password.contains(0) else { return nil }
        return access_user_knows(user, (password + [0]).map { CChar(bitPattern: $0) }) ? .password(secret: access_user_fingerprint(user)) : nil
    }

    /// The proof that a certificate is the station's; `nil` when it is not.
    /// - Parameter now: the time, in seconds since 1970.
    public func proof(of id: String, certificate name: String, fingerprint: String, now: Int64) throws(IdentityError) -> Proof? {
        let proof = Proof.certificate(name: name, fingerprint: fingerprint)
        return try holds(proof, of: id, isComing: true, now: now) ? proof : nil
    }

    /// True when a station that was let in may stay.
    public func holds(_ proof: Proof, of id: String, now: Int64) throws(IdentityError) -> Bool { try holds(proof, of: id, isComing: false, now: now) }

    /// A number that rises whenever something else is known, whoever looked.
    public func edition() throws(IdentityError) -> UInt64 {
        try look()
        return readings
    }

    /// The names under which a station may come: as it calls itself, and as it is listed.
    public static func spellings(of id: String) -> [String] { [id] + ((try? Identity(.station, id)).map { [$0.username] } ?? []) }

    /// The words by which a command names a station; `nil` for an id that can have no name.
    public static func arguments(of id: String) -> String? { (try? Identity(.station, id))?.arguments }

    private func holds(_ proof: Proof, of id: String, isComing: Bool, now: Int64) throws(IdentityError) -> Bool {
        try look()
        guard let user = user(id) else { return false }
        switch proof {
        case .password(let secret): return access_user_fingerprint(user) == secret
        case .certificate(let name, let fingerprint):
            // Another authority knows the station as it calls itself, and what that signs counts until it ends.
            if name.utf8.elementsEqual(id.utf8) { return true }
            let username = (try? Identity(.station, id))?.username ?? ""
            guard name.utf8.elementsEqual(username.utf8), let clients, let bytes = [UInt8](hex: fingerprint[...]), bytes.count == 32 else {
                return false
            }
            let standing = certificate_table_find(clients, username, bytes, now)
            return standing == CERTIFICATE_COMES || !isComing && standing == CERTIFICATE_STAYS
        }
    }

    private func user(_ id: String) -> OpaquePointer? {
        guard let station = try? Identity(.station, id), stations.contains(station) else { return nil }
        return access_table_find(table, station.username, false)
    }

    private func look() throws(IdentityError) {
        try lookAtNames()
        try lookAtClients()
    }

    private func lookAtNames() throws(IdentityError) {
        // Taken before it is read: what is written meanwhile is seen the next time.
        let mark = FileMark(of: names.accessFile)
        guard seen != .some(mark) else { return }
        let text = try names.accessText() ?? ""
        let read = try read(text, of: names.accessFile, by: access_table_read)
        access_table_free(table)
        table = read
        stations = Set(AccessFile.identities(in: text).filter { $0.role == .station })
        seen = .some(mark)
        readings += 1
    }

    private func lookAtClients() throws(IdentityError) {
        let mark = FileMark(of: clientsFile)
        guard seenClients != .some(mark) else { return }
        let read = try read(readText(clientsFile) ?? "", of: clientsFile, by: certificate_table_read)
        certificate_table_free(clients)
        clients = read
        seenClients = .some(mark)
        readings += 1
    }

    private func read(
        _ text: String, of file: String, by reader: (UnsafePointer<CChar>, Int, UnsafeMutablePointer<CChar>, Int) -> OpaquePointer?
    ) throws(IdentityError) -> OpaquePointer? {
        guard !text.isEmpty else { return nil }
        var complaint = [CChar](repeating: 0, count: 256)
        if let table = reader(text, text.utf8.count, &complaint, complaint.count) { return table }
        let words = complaint.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        throw IdentityError("\(file): \(String(decoding: words, as: UTF8.self))", .configuration)
    }
}
