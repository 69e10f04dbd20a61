/// The look of a cell: colour and weight.
public struct Ink: Hashable, Sendable {
    /// The eight colours that every terminal has in its user's own shades.
    public enum Color: UInt8, Hashable, Sendable, CaseIterable {
        case plain, red, green, yellow, blue, magenta, cyan, grey

        /// The number in a sequence for graphic renditions (ECMA-48 SGR); `nil` for what the terminal does by itself.
        var code: Int? {
            switch self {
            case .plain: nil
            case .red: 31
            case .green: 32
            case .yellow: 33
            case .blue: 94
            case .magenta: 35
            case .cyan: 36
            case .grey: 90
            }
        }
    }

    public var color: Color
    public var bold: Bool
    public var dim: Bool
    public var reverse: Bool

    public init(_ color: Color = .plain, bold: Bool = false, dim: Bool = false, reverse: Bool = false) {
        self.color = color
        self.bold = bold
        self.dim = dim
        self.reverse = reverse
    }

    public static let plain = Ink()
    public static let strong = Ink(bold: true)
    /// The ink of what matters less.
    public static let faint = Ink(.grey)

    /// The sequence that switches a terminal to this ink from any other.
    func sequence(colors: Bool) -> String {
        var codes = [0]
        if bold { codes.append(1) }
        // Without colours grey is what dim is for.
        if dim || (!colors && color == .grey) { codes.append(2) }
        if reverse { codes.append(7) }
        if colors, let code = color.code { codes.append(code) }
        return "\u{1B}[" + codes.map(String.init).joined(separator: ";") + "m"
    }
}
