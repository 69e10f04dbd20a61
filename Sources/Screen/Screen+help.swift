internal import ChargingModel

extension Screen {
    func drawHelp(_ frame: inout Frame, _ y: Int, _ end: Int) {
        let keys = [
            ("up down j k", "choose a point"), ("PgUp PgDn", "a page at a time"), ("Home End g G", "the first, the last"),
            ("Enter", "open the chosen point; Esc goes back"), ("s", "sort by the next column"), ("S", "the other way round"),
            ("f or /", "show only rows with these words; Esc clears"), ("Space", "hold the picture; again: go on"),
            ("Tab", "the log, or the sessions"), ("Ctrl-L", "draw anew"), ("q or Ctrl-C", "quit"),
        ]
        frame.put("Keys", 2, y, .strong, end: width)
        for (line, key) in keys.enumerated() where y + 1 + line < end {
            frame.put(key.0, 2, y + 1 + line, Ink(.cyan, bold: true), end: 16)
            frame.put(key.1, 17, y + 1 + line)
        }
        let meanings: [(Verdict, String)] = [
            (.supplying, "charges a vehicle"), (.assigned, "promised to a driver"), (.activated, "is ready"), (.stopped, "is out of order, as wished"),
            (.faulty, "does not work"), (.disconnected, "is not heard"),
        ]
        // Beside the keys, or below them.
        let (x, top) = width >= 100 ? (66, y) : (2, y + keys.count + 2)
        guard top < end else { return }
        frame.put("States", x, top, .strong)
        for (line, meaning) in meanings.enumerated() where top + 1 + line < end {
            frame.put("\(glyphs.sign(meaning.0)) \(meaning.0.rawValue)", x, top + 1 + line, Ink(meaning.0))
            frame.put(meaning.1, x + 15, top + 1 + line)
        }
    }
}
