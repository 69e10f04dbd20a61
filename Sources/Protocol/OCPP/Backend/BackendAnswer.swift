/// A station's answer to a `BackendCall`.
public enum BackendAnswer: Hashable, Sendable {
    /// The answer to most calls: how it went.
    case status(AnswerStatus, reason: StatusReason? = nil)
    /// The answer to a remote start of 2.0.1 that names the transaction, where there is one already.
    case started(AnswerStatus, transaction: String?, reason: StatusReason? = nil)
    /// The configuration of 1.6, and keys that there are not.
    case configuration([ConfigurationEntry], unknown: [String])
    /// Variables of 2.0.1 that were asked for or set.
    case variables([VariableResult])
    /// The version of the local list; 0 when there is none, −1 (1.6) when the station keeps none.
    case listVersion(Int64)
    /// The answer to a DataTransfer.
    case data(AnswerStatus, data: String?)
    /// The answer to an action that we do not ask for, as it is written.
    case other(OCPPPayload)
}

/// The outcome of a call, in the words of all actions of both versions.
public enum AnswerStatus: String, Hashable, Sendable, OCPPWord {
    case accepted = "Accepted"
    case rejected = "Rejected"
    /// ChangeAvailability, Reset: it will be done when the transaction is over.
    case scheduled = "Scheduled"
    /// ChangeConfiguration, SetVariables: it counts from the next boot on.
    case rebootRequired = "RebootRequired"
    case notSupported = "NotSupported"
    /// TriggerMessage.
    case notImplemented = "NotImplemented"
    // UnlockConnector.
    case unlocked = "Unlocked"
    case unlockFailed = "UnlockFailed"
    case ongoingTransaction = "OngoingAuthorizedTransaction"
    case unknownConnector = "UnknownConnector"
    // SendLocalList.
    case failed = "Failed"
    case versionMismatch = "VersionMismatch"
    /// GetBaseReport.
    case emptyResult = "EmptyResultSet"
    // DataTransfer.
    case unknownMessage = "UnknownMessageId"
    case unknownVendor = "UnknownVendorId"
    // GetVariables, SetVariables.
    case unknownComponent = "UnknownComponent"
    case unknownVariable = "UnknownVariable"
    case notSupportedAttribute = "NotSupportedAttributeType"
}

/// More about an outcome (2.0.1, StatusInfoType).
public struct StatusReason: Hashable, Sendable {
    /// A word of the station's, up to 20 characters.
    public var code: String
    /// Words for people.
    public var info: String?

    public init(_ code: String, info: String? = nil) {
        self.code = code
        self.info = info
    }
}
