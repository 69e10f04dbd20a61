public import ChargingModel
public import LedgerStore

/// The size of a ledger, in a line.
public enum SizeText {
    public static func text(_ size: LedgerSize, of path: String) -> String {
        var text = "\(path) is whole: \(size.sessions) sessions, \(megabytes(size.bytes))"
        if size.sessions > 0 { text += ", \((size.bytes - size.freeBytes) / size.sessions) bytes for each" }
        if size.freeBytes > 0 { text += "; \(megabytes(size.freeBytes)) free for what comes" }
        return text + "\n"
    }

    private static func megabytes(_ bytes: Int64) -> String { roundedDecimalText(bytes, decimals: 6, keeping: 2) + " MB" }
}

/// The result of pruning, in a line.
public enum PruneText {
    public static func text(_ pruned: Pruned, before limit: WallTime) -> String {
        guard !pruned.isNothing else { return "Nothing to prune before \(limit.brief)\n" }
        return "✔ Removed what closed before \(limit.brief): \(pruned.sessions) sessions and \(pruned.orphans) orphans with \(pruned.energy), "
            + "\(pruned.decisions) decisions, \(pruned.faults) faults\n"
    }
}
