/// One flat JSON object on one line (RFC 8259), as the log writes it.
struct JSONLine {
    private var body = "{"

    /// The object.
    var text: String { body + "}" }

    mutating func add(_ name: String, _ value: LogValue) {
        if body.utf8.count > 1 { body += "," }
        quote(name)
        body += ":"
        switch value {
        case .text(let text): quote(text)
        case .integer(let number): body += String(number)
        case .bool(let bool): body += bool ? "true" : "false"
        case .decimal(let number): body += number
        case .null: body += "null"
        }
    }

    private mutating func quote(_ text: String) {
        body += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": body += "\\\""
            case "\\": body += "\\\\"
            case "\n": body += "\\n"
            case "\t": body += "\\t"
            case "\r": body += "\\r"
            // The C1 controls, too: a line that a person prints must not move the cursor.
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                body += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: body.unicodeScalars.append(scalar)
            }
        }
        body += "\""
    }
}
