public import ChargingModel
public import ChargingProtocol
public import ContractLint
internal import JSON
internal import Platform
internal import Terminal

/// A line on a message, or on the lack of one.
public struct TailLine: Sendable {
    public struct Message: Sendable {
        public var payload: [UInt8]
        public var delivery: Delivery
        public var qos: Publication.QoS
        /// The message as it was read; `nil` when it could not be.
        public var received: Wire.Received?
    }

    /// The time by the listener's clock.
    public var at: WallTime
    public var kind: TailKind
    public var topic: String
    /// The message; `nil` when the line is on a missing one.
    public var message: Message?
    public var findings: [Finding]

    /// The width of the column of topics: that of `driver/driver-charlie/request`.
    private static let topicWidth = 29

    /// The line for people, and one more for each finding, each with its line break. Nothing in it moves a cursor.
    public func text(colors: Bool) -> String {
        let isStored = message?.delivery == .stored
        let time = Style.dim(String(at.text.dropFirst(11).prefix(12)), enabled: colors)
        let mark = isStored ? Style.dim("kept", enabled: colors) : "    "
        let topic = Style.cyan(harmless(self.topic).padded(to: TailLine.topicWidth), enabled: colors && !isStored)
        let words = pieces.map { piece in
            guard let style = piece.style, colors else { return harmless(piece.text) }
            return style(harmless(piece.text))
        }
        var text = "\(time)  \(mark)  \(topic)  \(words.joined())\n"
        for finding in findings {
            let (symbol, style): (String, Style) = finding.weight == .breach ? ("✗", .red) : ("!", .yellow)
            text += String(repeating: " ", count: 20) + style("\(symbol) \(finding.rule.rawValue): \(harmless(finding.text))", enabled: colors) + "\n"
        }
        return text
    }

    private var pieces: [Piece] {
        guard let message else { return [Piece("nothing came", .yellow)] }
        switch message.received {
        case .message(let value): return Words.pieces(of: value)
        case .deleted: return [Piece("deleted: the broker keeps nothing here any more", .yellow)]
        case nil: return [Piece(shortened(message.payload), .dim)]
        }
    }

    /// The beginning of a payload that nobody can read.
    private func shortened(_ payload: [UInt8]) -> String {
        if payload.isEmpty { return "an empty payload" }
        let text = String(decoding: payload.prefix(100), as: UTF8.self)
        return payload.count > 100 ? "\(text)… (\(payload.count) bytes)" : text
    }

    /// The line for machines: one object. `payload` is the message as it came, `null` with its text beside it if it is no JSON.
    public var json: String {
        var writer = JSONWriter(capacity: 512)
        writer.object { object in
            object.string("ts", at.text)
            object.string("kind", kind.rawValue)
            object.string("topic", topic)
            if let message { write(message, &object) } else { object.null("payload") }
            object.array("problems") { array in
                for finding in findings {
                    array.object { problem in
                        problem.string("rule", finding.rule.rawValue)
                        problem.string("weight", finding.weight.rawValue)
                        problem.string("text", finding.text)
                    }
                }
            }
        }
        return writer.text + "\n"
    }

    private func write(_ message: Message, _ object: inout JSONWriter) {
        object.bool("retained", message.delivery == .stored)
        switch message.delivery {
        case .live(let retain?): object.bool("retain_flag", retain)
        case .live(nil), .stored: object.null("retain_flag")
        }
        object.integer("qos", message.qos == .atLeastOnce ? 1 : 0)
        if (try? JSONValue(message.payload)) != nil {
            object.decimal("payload", TailLine.oneLine(message.payload))
        } else {
            object.null("payload")
            object.string("text", String(decoding: message.payload, as: UTF8.self))
        }
    }

    /// The payload, which is checked JSON, without line breaks, and without what a terminal might obey: that can only be in its strings.
    private static func oneLine(_ payload: [UInt8]) -> String {
        var text = ""
        for scalar in String(decoding: payload, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0..<0x20: text += " "
            case 0x7F..<0xA0: text += "\\u00" + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
