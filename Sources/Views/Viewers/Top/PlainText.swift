internal import Terminal

/// Texts as a grid of cells can hold them: one column or two for each character, nothing that a terminal might obey or draw over its neighbours.
enum PlainText {
    /// The character that may be drawn for this one, and its columns; `nil` for what has none.
    static func drawable(_ character: Character) -> (character: Character, width: Int)? {
        if let ascii = character.asciiValue {
            if ascii >= 0x20, ascii != 0x7F { return (character, 1) }
            // CR LF is one character.
            return (" ", 1)
        }
        guard let first = character.unicodeScalars.first else { return nil }
        switch first.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return ("\u{FFFD}", 1)
        case .format, .nonspacingMark, .enclosingMark, .spacingMark: return nil
        default: break
        }
        // Half a flag has no width that terminals agree on.
        if (0x1F1E6...0x1F1FF).contains(first.value) { return ("\u{FFFD}", 1) }
        // Of what is put together from several, terminals draw something between one column and eight: the first is drawn, with its accents.
        var kept = String.UnicodeScalarView([first])
        for scalar in character.unicodeScalars.dropFirst().prefix(2) where scalar.isAccent { kept.append(scalar) }
        let drawn = Character(String(kept))
        return (drawn, max(1, drawn.displayWidth))
    }

    /// The columns that a text takes.
    static func width(_ text: some StringProtocol) -> Int { text.reduce(0) { $0 + (drawable($1)?.width ?? 0) } }
}

extension Unicode.Scalar {
    /// True for a mark on the character before, except one that chooses between a text and a picture.
    fileprivate var isAccent: Bool { properties.generalCategory == .nonspacingMark && value < 0xFE00 }
}
