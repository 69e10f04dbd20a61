internal import ChargingModel
internal import ChargingProtocol
internal import MQTT

/// A value that says all of itself in its text.
protocol ExactlyDescribed {
    var exactText: String { get }
}

extension Identifier: ExactlyDescribed { var exactText: String { text } }
extension Duration: ExactlyDescribed { var exactText: String { "\(nanoseconds)ns" } }
extension WallTime: ExactlyDescribed { var exactText: String { "\(milliseconds)ms" } }
extension String: ExactlyDescribed { var exactText: String { debugDescription } }
extension Bool: ExactlyDescribed { var exactText: String { description } }
extension Int: ExactlyDescribed { var exactText: String { String(self) } }
extension Int64: ExactlyDescribed { var exactText: String { String(self) } }
extension UInt64: ExactlyDescribed { var exactText: String { String(self) } }
// One that was read from a recording has nothing but its words.
extension MQTTError: ExactlyDescribed { var exactText: String { description.debugDescription } }

/// A value in words that are the same in every process: each number exactly, sets and dictionaries in the order of their texts.
///
/// For values that are written and compared, and never read: reflection finds what a value holds, whatever is added to it later.
enum ExactText {
    static func text(of value: Any) -> String {
        if let value = value as? any ExactlyDescribed { return value.exactText }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.map { text(of: $0.value) } ?? "nil"
        case .collection: return "[" + mirror.children.map { text(of: $0.value) }.joined(separator: ", ") + "]"
        case .set, .dictionary: return "[" + mirror.children.map { text(of: $0.value) }.sorted().joined(separator: ", ") + "]"
        case .tuple: return list(mirror)
        case .enum:
            guard let payload = mirror.children.first else { return "\(value)" }
            let name = payload.label ?? ""
            let inner = Mirror(reflecting: payload.value)
            return name + (inner.displayStyle == .tuple ? list(inner) : "(\(text(of: payload.value)))")
        case .struct, .class, .foreignReference, .none, .some: return mirror.children.isEmpty ? "\(value)" : "\(mirror.subjectType)" + list(mirror)
        }
    }

    private static func list(_ mirror: Mirror) -> String {
        let children = mirror.children.map { child in
            guard let label = child.label, !label.hasPrefix(".") else { return text(of: child.value) }
            return "\(label): \(text(of: child.value))"
        }
        return "(" + children.joined(separator: ", ") + ")"
    }
}
