/// A fault that an input shows: a rule that a reader, or a pair of them, breaks.
struct Finding: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Fails with the words when the rule does not hold.
func hold(_ rule: Bool, _ words: @autoclosure () -> String) throws(Finding) {
    if !rule { throw Finding(words()) }
}

/// What a reader made of an input: a value, or a refusal.
enum Answer<Value: Equatable, Refusal: Error & Equatable>: Equatable {
    case value(Value)
    case refused(Refusal)

    init(_ read: () throws(Refusal) -> Value) {
        do throws(Refusal) { self = .value(try read()) } catch { self = .refused(error) }
    }

    var value: Value? { if case .value(let value) = self { value } else { nil } }
}

/// An error for people is one line.
func holdIsLine(_ text: String) throws(Finding) {
    let isLine = !text.isEmpty && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    try hold(isLine, "an error is not one line of text: \(text.debugDescription)")
}
