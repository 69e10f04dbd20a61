/// A writer of frames as the bytes that a terminal must be told, as few as will do. A value: the shell writes the bytes.
public struct FrameWriter: Sendable {
    private let colors: Bool
    private var last: Frame?

    public init(colors: Bool) { self.colors = colors }

    /// The sequence at the start: the alternate screen, no line wrapping, no cursor.
    public static let enter = "\u{1B}[?1049h\u{1B}[?7l\u{1B}[?25l\u{1B}[2J"
    /// The sequence at the end: undoes all of `enter`, and an update that was left half done.
    public static let leave = "\u{1B}[?2026l\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

    /// Forgets the last frame, so that the next is drawn anew: nobody knows what the terminal shows.
    public mutating func forget() { last = nil }

    /// The bytes that make the terminal show this frame; empty when it shows it already. Drawn at once, where the terminal knows synchronised
    /// updates.
    public mutating func update(to frame: Frame) -> [UInt8] {
        defer { last = frame }
        var text = ""
        var before = last
        if let old = before, old.width != frame.width || old.height != frame.height { before = nil }
        if before == nil { text += "\u{1B}[0m\u{1B}[2J" }
        let blank = before ?? Frame(width: frame.width, height: frame.height)
        var ink: Ink?
        for y in 0..<frame.height { line(y, frame, blank, &ink, &text) }
        guard !text.isEmpty else { return [] }
        return Array(("\u{1B}[?2026h" + text + "\u{1B}[0m\u{1B}[?2026l").utf8)
    }

    private func line(_ y: Int, _ frame: Frame, _ before: Frame, _ ink: inout Ink?, _ text: inout String) {
        var x = 0
        // Where the terminal's cursor is, on this line.
        var cursor: Int?
        while x < frame.width {
            let cell = frame[x, y]
            guard cell != before[x, y] || (cell.width == 2 && x + 1 < frame.width && frame[x + 1, y] != before[x + 1, y]) else {
                x += 1
                continue
            }
            // The second column of a wide one is drawn with its first.
            guard cell.width > 0 else {
                x += 1
                continue
            }
            if let place = cursor, x > place, x - place < 4, (place..<x).allSatisfy({ frame[$0, y].width == 1 && frame[$0, y].ink == ink }) {
                for gap in place..<x { text.append(frame[gap, y].character) }
            } else if cursor != x {
                text += "\u{1B}[\(y + 1);\(x + 1)H"
            }
            if ink != cell.ink {
                text += cell.ink.sequence(colors: colors)
                ink = cell.ink
            }
            text.append(cell.character)
            x += Int(max(1, cell.width))
            cursor = x
        }
    }
}
