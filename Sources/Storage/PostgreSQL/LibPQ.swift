internal import CPostgreSQL
internal import SQL

/// libpq, as Debian packages it, loaded when the first server is spoken to.
enum LibPQ {
    /// The functions of libpq.
    /// - Throws: when it is not on this machine.
    static func functions() throws(DatabaseError) -> wattline_pq {
        var why: UnsafePointer<CChar>?
        guard let loaded = wattline_load_pq(&why) else {
            throw DatabaseError(
                kind: .unavailable,
                "libpq, by which PostgreSQL is spoken to, is not here (apt-get install libpq5): \(why.map { String(cString: $0) } ?? "")")
        }
        return loaded.pointee
    }
}
