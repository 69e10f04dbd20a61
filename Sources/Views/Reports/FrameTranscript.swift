internal import ChargingModel
internal import JSON
internal import Terminal

/// The frames between a station and its gateway in words, a line each: an answer is told with the call that it belongs to.
public struct FrameTranscript: Sendable {
    /// The calls that are remembered for their answers, and the longest text of a line.
    private static let most = 64
    private static let lineLimit = 400

    private var calls: [(key: String, action: String)] = []

    public init() {}

    /// The line of a frame.
    /// - Parameters:
    ///   - isFromStation: true for one that the station sent.
    ///   - bytes: its length; the text may be cut.
    public mutating func line(isFromStation: Bool, at time: String, bytes: Int, missed: Int, text: String, colors: Bool) -> String {
        let clock = WallTime(text: time).map { String($0.text.dropFirst(11).prefix(12)) } ?? "            "
        let arrow = isFromStation ? "→" : "←"
        let (words, isBad) = words(text, isFromStation, bytes)
        let gap = missed > 0 ? Style.yellow("… \(missed) frames were too many to tell\n", enabled: colors) : ""
        let said = words.bounded(to: FrameTranscript.lineLimit)
        return gap + Style.dim(clock, enabled: colors) + " \(arrow) " + (isBad ? Style.red(said, enabled: colors) : said) + "\n"
    }

    private mutating func words(_ text: String, _ isFromStation: Bool, _ bytes: Int) -> (String, isBad: Bool) {
        guard let elements = (try? JSONValue(Array(text.utf8)))?.elements, elements.count >= 3, let type = elements[0].number?.integer else {
            return ("\(bytes) bytes" + (text.hasSuffix("…") ? ", cut: " : " that are no frame: ") + text, !text.hasSuffix("…"))
        }
        let id = elements[1].string ?? elements[1].text
        switch type {
        case 2:
            let action = elements[2].string ?? "?"
            calls.append((FrameTranscript.key(id, isFromStation), action))
            if calls.count > FrameTranscript.most { calls.removeFirst() }
            return (action + FrameTranscript.fields(elements.count > 3 ? elements[3] : nil), false)
        case 3:
            let action = answered(id, isFromStation) ?? "?"
            return ("\(action) answered\(FrameTranscript.fields(elements[2]))", false)
        case 4:
            let action = answered(id, isFromStation) ?? "?"
            let words = elements.dropFirst(2).prefix(2).compactMap(\.string).filter { !$0.isEmpty }.joined(separator: ": ")
            return ("\(action) refused: \(words)", true)
        default: return ("type \(type), which is none: \(text)", true)
        }
    }

    /// The action of the call that an answer belongs to: one of the other side.
    private mutating func answered(_ id: String, _ isFromStation: Bool) -> String? {
        let key = FrameTranscript.key(id, !isFromStation)
        guard let index = calls.lastIndex(where: { $0.key == key }) else { return nil }
        return calls.remove(at: index).action
    }

    private static func key(_ id: String, _ isFromStation: Bool) -> String { (isFromStation ? "s" : "g") + id }

    /// The fields of a payload: ` connectorId=1 status=Available`.
    private static func fields(_ payload: JSONValue?) -> String {
        var found: [String] = []
        if let payload { collect(payload, "", &found) }
        return found.isEmpty ? "" : " " + found.joined(separator: " ")
    }

    private static let mostFields = 24

    private static func collect(_ value: JSONValue, _ name: String, _ found: inout [String]) {
        guard found.count < mostFields else { return }
        switch value.kind {
        case .object: for member in value.object?.all ?? [] { collect(member.value, member.name, &found) }
        case .array:
            let elements = value.elements ?? []
            for element in elements.prefix(4) { collect(element, name, &found) }
            if elements.count > 4 { found.append("(\(name) × \(elements.count))") }
        case .string:
            let text = value.string ?? ""
            found.append("\(name)=\(text.contains(" ") || text.isEmpty ? "\"\(text)\"" : text)")
        case .bool, .number: found.append("\(name)=\(value.text)")
        case .null: break
        }
    }
}
