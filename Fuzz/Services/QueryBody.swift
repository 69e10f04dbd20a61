internal import ChargingModel
internal import HTTPTypes
internal import LedgerStore
internal import SQL

@testable internal import Dashboard
@testable internal import Services

/// A path with its query, and what it comes to: a page of the ledger's sessions goes down from its cursor, and its next page is asked with the same words.
/// The first byte chooses between that, a host and a health request.
enum QueryBody {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        guard let kind = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        let text = String(decoding: rest, as: UTF8.self)
        switch kind % 4 {
        case 0: try host(text)
        case 1: health(rest)
        case 2: try search(text)
        default: try target(text)
        }
    }

    private static func host(_ text: String) throws(Finding) {
        _ = AdminToken.isToken(text)
        guard let authority = Authority(text) else { return }
        try hold(
            authority.text == text && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F },
            "a host with letters that no host has: \(text.debugDescription)")
        try hold(!Responder.host(of: text).isEmpty, "a host without a name: \(text.debugDescription)")
    }

    private static func health(_ bytes: [UInt8]) {
        var request = HealthRequest()
        for start in stride(from: 0, to: bytes.count, by: 7) {
            guard case .incomplete = request.take(Array(bytes[start..<min(start + 7, bytes.count)])) else { return }
        }
    }

    private static func search(_ text: String) throws(Finding) {
        let found = Answer { () throws(DatabaseError) in try QueryLedger.shared.reader.sessions(like: text).map(\.id) }
        try hold((found.value?.count ?? 12) <= 11, "a search for \(text.debugDescription) fails, or finds too many")
    }

    private static func target(_ text: String) throws(Finding) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        _ = Resource(path: String(parts[0]))
        switch Answer({ () throws(Problem) in try Asked(parts.count > 1 ? parts[1] : "") }) {
        case .refused(let problem): try hold(problem.status == .badRequest && !problem.body.isEmpty, "another problem than a bad request")
        case .value(let asked): try page(asked.page)
        }
    }

    /// A page that was asked for, and nothing besides.
    private struct Asked: Equatable {
        var page: SessionPage

        init(_ text: some StringProtocol) throws(Problem) {
            var points = try Query(text)
            _ = try? PointFilter(&points)
            var query = try Query(text)
            page = try SessionPage(&query)
            try query.finish()
        }

        static func == (a: Asked, b: Asked) -> Bool {
            a.page.filter == b.page.filter && a.page.cursor == b.page.cursor && a.page.limit == b.page.limit
        }
    }

    private static func page(_ page: SessionPage) throws(Finding) {
        let found = Answer { () throws(DatabaseError) in
            try QueryLedger.shared.reader.page(page.filter, before: page.cursor, most: page.limit + 1).map(\.id)
        }
        guard let sessions = found.value else { throw Finding("the ledger does not answer: \(found)") }
        try hold(sessions.count <= page.limit + 1, "a page is longer than it may be")
        var last = page.cursor
        for session in sessions {
            if let last { try hold(session < last, "a page does not go down from its cursor") }
            last = session
        }
        guard let last else { return }
        let next = page.next(after: last)
        let again = Answer { () throws(Problem) in try Asked(next.split(separator: "?")[1]) }
        guard let second = again.value?.page else { throw Finding("the next page can't be asked for: \(next)") }
        try hold(second.filter == page.filter && second.limit == page.limit && second.cursor == last, "the next page is another: \(next)")
    }
}
