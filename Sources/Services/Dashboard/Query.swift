internal import ChargingModel
internal import Encodings

/// The parameters behind a `?`, each taken once.
struct Query: Sendable {
    private var values: [String: String] = [:]

    /// Reads the parameters.
    /// - Throws: for what is no query, and for a parameter that comes twice.
    init(_ text: some StringProtocol) throws(Problem) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decoded(parts[0], isQuery: true),
                let value = PercentEncoding.decoded(parts.count > 1 ? parts[1] : "", isQuery: true)
            else {
                throw .badRequest("\"\(pair)\" is not percent-encoded UTF-8.")
            }
            guard values.updateValue(value, forKey: name) == nil else { throw .badRequest("\(name) is given twice.") }
        }
    }

    mutating func text(_ name: String) -> String? { values.removeValue(forKey: name) }

    mutating func id<Kind>(_ name: String) throws(Problem) -> Identifier<Kind>? {
        guard let text = text(name) else { return nil }
        guard let id = Identifier<Kind>(text) else {
            throw .badRequest(
                "\(name)=\"\(text)\" is no id: 1 to 36 letters, digits, hyphens and underscores are expected, the first a letter or digit.")
        }
        return id
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ name: String) throws(Problem) -> Choice? where Choice.RawValue == String {
        guard let text = text(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw .badRequest("\(name)=\"\(text)\": one of \(Choice.allCases.map(\.rawValue).joined(separator: ", ")) is expected.")
        }
        return choice
    }

    mutating func bool(_ name: String) throws(Problem) -> Bool? {
        switch text(name) {
        case nil: return nil
        case "true": return true
        case "false": return false
        case let text?: throw .badRequest("\(name)=\"\(text)\": true or false is expected.")
        }
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = text(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw .badRequest("\(name)=\"\(text)\": a number from \(range.lowerBound) to \(range.upperBound) is expected.")
        }
        return value
    }

    mutating func time(_ name: String) throws(Problem) -> WallTime? {
        guard let text = text(name) else { return nil }
        guard let time = WallTime(text: text) else { throw .badRequest("\(name)=\"\(text)\": a time like 2026-11-28T06:00:00Z is expected.") }
        return time
    }

    /// Ends the reading.
    /// - Throws: when there are parameters that nobody asked for.
    func finish() throws(Problem) {
        guard let name = values.keys.min() else { return }
        throw .badRequest("There is no parameter \"\(name)\" here.")
    }
}
