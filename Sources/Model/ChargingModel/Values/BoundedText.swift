extension String {
    /// The greatest length of a text in a message, in bytes of its JSON (P4).
    public static let messageTextLimit = 256

    /// The text as it may stand in a message and before a person (P4): without control characters, and no longer than the limit.
    ///
    /// A character that steers terminals or turns the order of letters becomes U+FFFD. A text that is too long is cut between two characters of
    /// Unicode and ends in `…`. The length is that of the JSON string, where a quote and a backslash take two bytes. What fits is returned as it is.
    public func bounded(to limit: Int = messageTextLimit) -> String {
        if utf8.count <= limit, utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) { return self }
        let ellipsis: Unicode.Scalar = "…"
        var kept = String.UnicodeScalarView()
        var size = 0
        /// The end of what is kept when the text must be cut, with room for the ellipsis.
        var end = kept.endIndex
        for scalar in unicodeScalars {
            let harmless = scalar.isHarmless ? scalar : "\u{FFFD}"
            size += harmless.quotedLength
            if size > limit {
                kept.removeSubrange(end...)
                kept.append(ellipsis)
                return String(kept)
            }
            kept.append(harmless)
            if size <= limit - ellipsis.quotedLength { end = kept.endIndex }
        }
        return String(kept)
    }
}

extension Unicode.Scalar {
    /// True for a character that steers nothing: no control (C0, DEL, C1), no line separator, no override of the writing direction.
    fileprivate var isHarmless: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: false
        default: true
        }
    }

    /// Its length in a JSON string, in bytes.
    fileprivate var quotedLength: Int { self == "\"" || self == "\\" ? 2 : UTF8.width(self) }
}
