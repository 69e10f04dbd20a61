internal import JSON

/// A message of OCPP's RPC: what is in one text frame of the WebSocket (OCPP-J 4; 2.0.1 part 4, 4).
public enum OCPPFrame: Hashable, Sendable {
    /// CALL: an action is asked for.
    case call(id: String, action: String, payload: OCPPPayload)
    /// CALLRESULT: the answer to the call with this id.
    case result(id: String, payload: OCPPPayload)
    /// CALLERROR: the call with this id was refused.
    ///
    /// The code is spelled as it came, see `OCPPErrorCode(text:)`.
    case error(id: String, code: String, description: String, details: OCPPPayload)

    /// The longest frame that a peer must be able to take, in bytes.
    public static let limit = 1 << 20
    /// The longest id by the specification, in characters, and the longest that is accepted and echoed.
    public static let idLimit = 36
    public static let longestID = 64

    public var id: String {
        switch self {
        case .call(let id, _, _), .result(let id, _), .error(let id, _, _, _): id
        }
    }

    /// The frame's text.
    public var bytes: [UInt8] {
        var json = JSONWriter()
        json.array { array in
            switch self {
            case .call(let id, let action, let payload):
                array.integer(nil, 2)
                array.string(nil, id)
                array.string(nil, action)
                array.decimal(nil, payload.description)
            case .result(let id, let payload):
                array.integer(nil, 3)
                array.string(nil, id)
                array.decimal(nil, payload.description)
            case .error(let id, let code, let description, let details):
                array.integer(nil, 4)
                array.string(nil, id)
                array.string(nil, code.cut(to: 50))
                array.string(nil, description.cut(to: 255))
                array.decimal(nil, details.description)
            }
        }
        return json.bytes
    }

    /// The frame's text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// The reason for which a text is no frame, and what is to be done about it.
public struct OCPPFrameFault: Error, Hashable, Sendable, CustomStringConvertible {
    public let code: OCPPErrorCode
    /// The id in the frame, as far as it can be read.
    public let id: String?
    /// True for a broken CALLRESULT or CALLERROR, which nobody answers: the call with this id has failed.
    public let isAnswer: Bool
    /// The fault in words.
    public let description: String

    init(_ code: OCPPErrorCode, id: String?, isAnswer: Bool = false, _ description: String) {
        self.code = code
        self.id = id
        self.isAnswer = isAnswer
        self.description = description
    }

    /// The CALLERROR to answer with; `nil` when nothing is to be answered.
    ///
    /// Where no id can be read 2.0.1 answers with "-1" (part 4, 4.2.3) and 1.6 not at all. 1.6 ignores types of messages that it does not know (OCPP-J
    /// 4.1.3).
    public func answer(in version: OCPPVersion) -> OCPPFrame? {
        if isAnswer { return nil }
        if version == .v16, code == .messageTypeNotSupported || id == nil { return nil }
        return .error(id: id ?? "-1", code: code.text(in: version), description: description, details: .empty)
    }
}
