extension Character {
    /// The columns that the character takes on a terminal: 0, 1 or 2.
    public var displayWidth: Int {
        guard let first = unicodeScalars.first else { return 0 }
        if first.value < 0x20 || (0x7F..<0xA0).contains(first.value) { return 0 }
        if first.value < 0x300 { return unicodeScalars.contains("\u{FE0F}") && first.properties.isEmoji ? 2 : 1 }
        // VS16 asks for the picture of a character that also has a text form: ⚠️, ✔️.
        if unicodeScalars.contains("\u{FE0F}") || first.properties.isEmojiPresentation || first.isWide { return 2 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return 1
        }
    }
}

extension StringProtocol {
    /// The columns that the text takes on a terminal, without escape sequences in it.
    public var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

    /// The text with spaces after it (or before it) up to a width; longer ones stay as they are.
    public func padded(to width: Int, right: Bool = false) -> String {
        let spaces = String(repeating: " ", count: Swift.max(0, width - displayWidth))
        return right ? spaces + self : self + spaces
    }
}

extension Unicode.Scalar {
    /// True for East Asian Width W or F (UAX 11), in the blocks that matter.
    fileprivate var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
