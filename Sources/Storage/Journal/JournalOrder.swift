/// An order to a journal, answered by a `JournalResult` with the ticket.
public enum JournalOrder: Hashable, Sendable {
    /// Append these records, all or none.
    case append(UInt64, [[UInt8]])
    /// Replace all that was appended so far by these.
    case compact(UInt64, [[UInt8]])
}

/// The result of a `JournalOrder`.
public struct JournalResult: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        /// On the disk; the journal has so many records now.
        case done(records: Int)
        /// - isFinal: nothing can be written any more.
        case failed(String, isFinal: Bool)
    }

    public var ticket: UInt64
    public var outcome: Outcome

    public init(ticket: UInt64, _ outcome: Outcome) {
        self.ticket = ticket
        self.outcome = outcome
    }
}

extension JournalGroup {
    /// Does what was ordered of a journal, and answers on the loop.
    public func carryOut(_ order: JournalOrder, on journal: Journal, _ answer: @escaping (JournalResult) -> Void) {
        switch order {
        case .append(let ticket, let records): append(records, to: journal) { answer(JournalResult(ticket: ticket, of: $0, journal)) }
        case .compact(let ticket, let snapshot): compact(journal, to: snapshot) { answer(JournalResult(ticket: ticket, of: $0, journal)) }
        }
    }
}

extension JournalResult {
    fileprivate init(ticket: UInt64, of result: Result<Void, JournalError>, _ journal: Journal) {
        switch result {
        case .success: self.init(ticket: ticket, .done(records: journal.records))
        case .failure(let error): self.init(ticket: ticket, .failed("\(error)", isFinal: journal.failure != nil))
        }
    }
}
