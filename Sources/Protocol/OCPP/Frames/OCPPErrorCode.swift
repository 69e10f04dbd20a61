/// The code of a CALLERROR (OCPP-J 4.2.3; 2.0.1 part 4, 4.3), whatever the version calls it.
public enum OCPPErrorCode: String, Hashable, Sendable, CaseIterable {
    /// The action is not known.
    case notImplemented = "NotImplemented"
    /// The action is known and not supported.
    case notSupported = "NotSupported"
    case internalError = "InternalError"
    /// The payload is incomplete.
    case protocolError = "ProtocolError"
    case securityError = "SecurityError"
    /// The payload is no JSON object of this action's shape; 1.6 calls it `FormationViolation`.
    case formatViolation = "FormatViolation"
    /// A field has a value that it may not have.
    case propertyConstraintViolation = "PropertyConstraintViolation"
    /// A field is missing, or there too often; 1.6 spells it `OccurenceConstraintViolation`.
    case occurrenceConstraintViolation = "OccurrenceConstraintViolation"
    /// A field has a value of another type.
    case typeConstraintViolation = "TypeConstraintViolation"
    case genericError = "GenericError"
    /// The frame is none; only 2.0.1 has a code for it.
    case rpcFrameworkError = "RpcFrameworkError"
    /// The type of message is not known; only 2.0.1 has a code for it.
    case messageTypeNotSupported = "MessageTypeNotSupported"

    /// The code as a version spells it.
    public func text(in version: OCPPVersion) -> String {
        guard version == .v16 else { return rawValue }
        switch self {
        case .formatViolation, .rpcFrameworkError: return "FormationViolation"
        case .occurrenceConstraintViolation: return "OccurenceConstraintViolation"
        case .messageTypeNotSupported: return "GenericError"
        default: return rawValue
        }
    }

    /// The code that a text stands for in either version; `nil` for one of the sender's own making.
    public init?(text: String) {
        switch text {
        case "FormationViolation": self = .formatViolation
        case "OccurenceConstraintViolation": self = .occurrenceConstraintViolation
        default: self.init(rawValue: text)
        }
    }
}

/// The reason for which a payload is not accepted: what a CALLERROR says about it.
public struct OCPPFault: Error, Hashable, Sendable, CustomStringConvertible {
    public let code: OCPPErrorCode
    /// The field that is wrong, if it is one: `meterStart`, `transactionInfo.transactionId`.
    public let field: String?
    /// The fault in words: `is required`.
    public let words: String

    public init(_ code: OCPPErrorCode, field: String? = nil, _ words: String) {
        self.code = code
        self.field = field
        self.words = words
    }

    /// The fault in words: `meterStart is required`.
    public var description: String { [field, words].compactMap { $0 }.joined(separator: " ") }

    /// The CALLERROR that answers a call.
    public func answer(to id: String, in version: OCPPVersion) -> OCPPFrame {
        .error(id: id, code: code.text(in: version), description: description, details: .empty)
    }
}
