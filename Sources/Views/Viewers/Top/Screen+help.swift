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
            (.supplying, "charges a vehicle"), (.assigned, "promised to a driver"), (.activated, "is ready"), (.stopped, "out of order, as wished"),
            (.faulty, "does not work"), (.disconnected, "is not heard"),
        ]
        // Beside the keys, or below them in two columns.
        let isWide = width >= 100
        let (x, top) = isWide ? (66, y) : (2, y + keys.count + 2)
        guard top < end else { return }
        frame.put("States", x, top, .strong)
        for (index, meaning) in meanings.enumerated() {
            let column = isWide ? x : x + index % 2 * 39
            let line = top + 1 + (isWide ? index : index / 2)
            guard line < end else { break }
            frame.put("\(glyphs.sign(meaning.0)) \(meaning.0.rawValue)", column, line, Ink(meaning.0))
            frame.put(meaning.1, column + 15, line, end: isWide ? nil : column + 38)
        }
    }
}
