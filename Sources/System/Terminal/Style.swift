/// A colour or weight of text on a terminal (ECMA-48 SGR).
public enum Style: Int, Sendable, CaseIterable {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34
    case magenta = 35
    case cyan = 36
    case brightBlue = 94
    case brightMagenta = 95

    /// The colours that tell processes apart; red and yellow are kept for trouble.
    public static let palette: [Style] = [.cyan, .green, .blue, .magenta, .brightBlue, .brightMagenta]

    /// The text in this style, or as it is when `enabled` is false.
    public func callAsFunction(_ text: String, enabled: Bool = true) -> String {
        enabled ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
