/// An exchange in words, packet by packet. Of many of a kind in a row the first two and the last are told.
struct Transcript {
    private struct Row {
        var kind: String
        var first: [String]
        var last: String?
        var count: Int
    }

    private var rows: [Row] = []
    /// No more is kept of one exchange.
    private static let limit = 60

    /// - Parameter kind: lines of one kind in a row are told together.
    mutating func note(_ kind: String, _ line: String) {
        guard rows.last?.kind == kind, let index = rows.indices.last else {
            if rows.count == Transcript.limit { rows.removeFirst() }
            return rows.append(Row(kind: kind, first: [line], last: nil, count: 1))
        }
        rows[index].count += 1
        if rows[index].first.count < 2 { rows[index].first.append(line) } else { rows[index].last = line }
    }

    var lines: [String] {
        rows.flatMap { row in
            row.first + (row.count > 3 ? ["… \(row.count - 3) more of these"] : []) + (row.last.map { [$0] } ?? [])
        }
    }
}
