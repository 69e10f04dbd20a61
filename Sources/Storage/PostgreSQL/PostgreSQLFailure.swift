public import SQL

extension DatabaseError {
    /// A failure that the server told, by its SQLSTATE; empty when it broke off.
    init(state: String, doing what: String, words: String) {
        self.init(kind: Self.kind(of: state), code: state, "\(what): \(words)")
    }

    /// By the classes of PostgreSQL's appendix A.
    private static func kind(of state: String) -> Kind {
        switch state {
        // Serialization failure, deadlock, lock not available, cancelled by a limit of time.
        case "40001", "40P01", "55P03", "57014": return .busy
        // Disk full; what is larger than a limit of the server's.
        case "53100", "54000": return .full
        // A transaction that only reads, on a server that follows another one or that was set so.
        case "25006": return .readOnly
        case "42501": return .readOnly
        case "XX001", "XX002": return .corrupt
        // A transaction that was idle for too long: the connection is gone.
        case "25P03": return .unavailable
        default: break
        }
        switch state.prefix(2) {
        case "23": return .constraint
        // Broken off, refused, no such database, out of means, shut down, its system failed.
        case "", "08", "28", "3D", "53", "57", "58", "F0", "XX": return .unavailable
        default: return .misuse
        }
    }

    /// True when the same transaction, run again, may go through: another one came between.
    public var mayBeRepeated: Bool { code == "40001" || code == "40P01" }
}
