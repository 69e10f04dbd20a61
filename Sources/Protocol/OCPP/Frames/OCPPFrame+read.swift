internal import ChargingModel
internal import JSON

extension OCPPFrame {
    /// Reads the text of a WebSocket frame, leniently where its meaning is plain.
    public static func read(_ text: [UInt8]) throws(OCPPFrameFault) -> OCPPRead<OCPPFrame> {
        let remarks = RemarkList()
        let elements = try elements(of: text, remarks)
        guard let type = type(elements.first, remarks) else {
            throw OCPPFrameFault(.messageTypeNotSupported, id: id(of: elements, RemarkList()), "the message begins with no type")
        }
        guard (2...4).contains(type) else {
            throw OCPPFrameFault(.messageTypeNotSupported, id: id(of: elements, RemarkList()), "type of message \(type): expected 2, 3 or 4")
        }
        guard let id = id(of: elements, remarks) else {
            throw OCPPFrameFault(
                .rpcFrameworkError, id: nil, isAnswer: type != 2, "the message has no id, which is a text of at most \(idLimit) characters")
        }
        let rest = elements.dropFirst(2)
        switch type {
        case 2: return OCPPRead(try call(id, rest, remarks), remarks)
        case 3: return OCPPRead(.result(id: id, payload: try payload(id, rest, isAnswer: true, remarks)), remarks)
        default: return OCPPRead(error(id, rest, remarks), remarks)
        }
    }

    private static func call(_ id: String, _ rest: ArraySlice<JSONValue>, _ remarks: RemarkList) throws(OCPPFrameFault) -> OCPPFrame {
        guard let action = rest.first?.string?.cleaned(remarks, "action").cut(to: 64), !action.isEmpty else {
            throw OCPPFrameFault(.formatViolation, id: id, "the call has no action")
        }
        return .call(id: id, action: action, payload: try payload(id, rest.dropFirst(), isAnswer: false, remarks))
    }

    private static func payload(
        _ id: String, _ rest: ArraySlice<JSONValue>, isAnswer: Bool, _ remarks: RemarkList
    ) throws(OCPPFrameFault) -> OCPPPayload {
        if rest.count > 1 { remarks.add(.extraElements, "frame") }
        guard let value = rest.first, value.kind != .null else {
            remarks.add(.payloadMissing, "payload")
            return .empty
        }
        if let payload = OCPPPayload(value) { return payload }
        guard value.elements?.isEmpty ?? false else {
            throw OCPPFrameFault(.formatViolation, id: id, isAnswer: isAnswer, "the payload is no JSON object")
        }
        // An empty table of some languages is an array.
        remarks.add(.payloadMissing, "payload")
        return .empty
    }

    /// A CALLERROR says little anyway: whatever it lacks, the call has failed.
    private static func error(_ id: String, _ rest: ArraySlice<JSONValue>, _ remarks: RemarkList) -> OCPPFrame {
        let values = Array(rest)
        func text(_ index: Int, _ name: String, _ limit: Int) -> String? {
            guard index < values.count, let text = values[index].string else {
                remarks.add(.missingField, name)
                return nil
            }
            return text.cleaned(remarks, name).cut(to: limit)
        }
        if values.count > 3 { remarks.add(.extraElements, "frame") }
        let code = text(0, "errorCode", 50) ?? ""
        let description = text(1, "errorDescription", 255) ?? ""
        let details = values.count > 2 ? OCPPPayload(values[2]) : nil
        if details == nil { remarks.add(.payloadMissing, "errorDetails") }
        return .error(
            id: id, code: code.isEmpty ? OCPPErrorCode.genericError.rawValue : code, description: description, details: details ?? .empty)
    }

    private static func type(_ value: JSONValue?, _ remarks: RemarkList) -> Int64? {
        if let type = value?.number?.integer { return type }
        guard let text = value?.string, let type = LenientNumber(text)?.number.integer else { return nil }
        remarks.add(.numberAsText, "messageTypeId")
        return type
    }

    static func id(of elements: [JSONValue], _ remarks: RemarkList) -> String? {
        guard elements.count > 1 else { return nil }
        let text: String
        if let string = elements[1].string {
            text = string
        } else if elements[1].kind == .number {
            remarks.add(.textAsNumber, "messageId")
            text = elements[1].text
        } else {
            return nil
        }
        let length = text.unicodeScalars.count
        guard length <= longestID else { return nil }
        if length > idLimit { remarks.add(.textTooLong, "messageId") }
        return text
    }
}
