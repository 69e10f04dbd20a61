internal import JSON

/// Texts that are not quite JSON, and yet plain.
extension OCPPFrame {
    /// The elements of the frame's array.
    static func elements(of text: [UInt8], _ remarks: RemarkList) throws(OCPPFrameFault) -> [JSONValue] {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(text)
        } catch let first {
            guard let repaired = repaired(text, remarks) else { throw broken(text, first) }
            value = repaired
        }
        guard let elements = value.elements else {
            throw OCPPFrameFault(.rpcFrameworkError, id: nil, "the message is no JSON array")
        }
        return elements
    }

    /// The value of a text with raw control characters, invalid UTF-8, or something behind the end; `nil` when that is not all that is wrong with it.
    private static func repaired(_ text: [UInt8], _ remarks: RemarkList) -> JSONValue? {
        var text = text
        if text.starts(with: [0xEF, 0xBB, 0xBF]) {
            text.removeFirst(3)
            remarks.add(.byteOrderMark, "frame")
        }
        if String(validating: text, as: UTF8.self) == nil {
            text = Array(String(decoding: text, as: UTF8.self).utf8)
            remarks.add(.invalidUTF8, "frame")
        }
        var offset = 0
        for isSpaced in [false, true] {
            // A space does in a string and between values.
            let tried = isSpaced ? text.map { $0 < 0x20 ? 0x20 : $0 } : text
            if isSpaced, tried == text { break }
            do throws(JSONError) {
                let value = try JSONValue(tried)
                if isSpaced { remarks.add(.controlCharacters, "frame") }
                return value
            } catch {
                if isSpaced, error.offset <= offset { break }
                if isSpaced { remarks.add(.controlCharacters, "frame") }
                text = tried
                offset = error.offset
            }
        }
        // Behind a whole value the error is where that ends.
        guard offset < text.count, let value = try? JSONValue(Array(text[..<offset])) else { return nil }
        remarks.add(.trailingGarbage, "frame")
        return value
    }

    /// The fault of a text that is no JSON: with the id, if it begins as a call with one does.
    private static func broken(_ text: [UInt8], _ error: JSONError) -> OCPPFrameFault {
        let (type, id) = beginning(text)
        return OCPPFrameFault(.rpcFrameworkError, id: id, isAnswer: type == 3 || type == 4, "the message is no JSON (\(error))")
    }

    /// The type and the id of a text that begins `[2,"id",`, however it goes on.
    static func beginning(_ text: [UInt8]) -> (type: Int64?, id: String?) {
        // In the first bytes, or nowhere.
        let head = text.prefix(longestID * 6 + 16)
        let commas = head.indices.filter { head[$0] == UInt8(ascii: ",") }.prefix(2)
        for comma in commas.reversed() {
            guard let value = try? JSONValue(Array(head[..<comma]) + [UInt8(ascii: "]")]), let elements = value.elements else { continue }
            return (elements.first?.number?.integer, id(of: elements, RemarkList()))
        }
        return (nil, nil)
    }
}
