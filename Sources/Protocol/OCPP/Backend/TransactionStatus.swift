internal import JSON

/// A station's word on a transaction (2.0.1, GetTransactionStatus): whether more of it will come.
public struct TransactionStatus: Hashable, Sendable {
    /// True while it goes on; `nil` where the station does not say, since it does not know the transaction.
    public var isOngoing: Bool?
    /// True while events of it wait in the station to be told.
    public var hasMessages: Bool

    public init(isOngoing: Bool?, hasMessages: Bool) {
        self.isOngoing = isOngoing
        self.hasMessages = hasMessages
    }

    /// - Throws: why the answer is none.
    public init(_ answer: OCPPPayload) throws(OCPPFault) {
        let fields = OCPPFields(answer, .v201, RemarkList())
        guard let hasMessages = fields.boolIfPresent(.messagesInQueue) else { throw OCPPFault(.occurrenceConstraintViolation, "no messagesInQueue") }
        self.init(isOngoing: fields.boolIfPresent(.ongoingIndicator), hasMessages: hasMessages)
    }
}

extension BackendCall {
    /// Asks for the status of a transaction (2.0.1).
    public static func transactionStatus(of id: String) -> BackendCall {
        .other(.getTransactionStatus, OCPPPayload { $0.text(.transactionId, id, TransactionID.limit) })
    }
}
