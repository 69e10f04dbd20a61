extension String {
    /// The text without characters that steer something: controls of C0 and C1, DEL, line separators, overrides of the writing direction.
    func cleaned(_ remarks: RemarkList, _ field: @autoclosure () -> String) -> String {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return self }
        let harmless = unicodeScalars.filter { !$0.steers }
        if harmless.count == unicodeScalars.count { return self }
        remarks.add(.controlCharacters, field())
        return String(String.UnicodeScalarView(harmless))
    }

    /// The first characters of the text, counted as OCPP counts them: in characters of Unicode.
    func cut(to limit: Int) -> String {
        if utf8.count <= limit { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(limit)))
    }
}

extension Unicode.Scalar {
    fileprivate var steers: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
