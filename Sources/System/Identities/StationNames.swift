internal import CAccessTable
internal import ChargingProtocol
internal import Platform

/// The stations that have a name (`wattline credentials add station ID`), with their passwords. The file is looked at again when it has changed.
public final class StationNames {
    private let names: IdentityStore
    private var seen: FileMark??
    private var table: OpaquePointer?
    private var ids: Set<String> = []

    public init(_ names: IdentityStore) { self.names = names }

    deinit { access_table_free(table) }

    /// Those that have a name.
    /// - Throws: when the names can't be read: then those are known who were.
    public func known() throws(IdentityError) -> Set<String> {
        try look()
        return ids
    }

    /// The names under which a station may come: as it calls itself, and as it is listed.
    public static func spellings(of id: String) -> [String] { [id] + ((try? Identity(.station, id)).map { [$0.username] } ?? []) }

    /// True when this is the password of a station.
    public func knows(_ id: String, password: [UInt8]) throws(IdentityError) -> Bool {
        try look()
        guard ids.contains(id), !password.contains(0), let identity = try? Identity(.station, id),
            let user = access_table_find(table, identity.username, false)
        else {
            return false
        }
        return access_user_knows(user, (password + [0]).map { CChar(bitPattern: $0) })
    }

    private func look() throws(IdentityError) {
        // Taken before it is read: what is written meanwhile is seen the next time.
        let mark = FileMark(of: names.accessFile)
        guard seen != .some(mark) else { return }
        let text = try names.accessText() ?? ""
        var complaint = [CChar](repeating: 0, count: 256)
        let read: OpaquePointer? = text.isEmpty ? nil : access_table_read(text, text.utf8.count, &complaint, complaint.count)
        if read == nil, !text.isEmpty {
            let words = complaint.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw IdentityError("\(names.accessFile): \(String(decoding: words, as: UTF8.self))", .configuration)
        }
        access_table_free(table)
        table = read
        ids = Set(AccessFile.identities(in: text).filter { $0.role == .station }.map(\.id))
        seen = .some(mark)
    }
}
