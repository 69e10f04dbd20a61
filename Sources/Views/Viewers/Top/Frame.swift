/// A cell of the screen.
public struct Cell: Hashable, Sendable {
    /// The character; never one that a terminal might obey.
    public var character: Character
    /// The width in columns: 1, or 2; 0 for the second column of the cell before.
    public var width: UInt8
    public var ink: Ink

    static let blank = Cell(character: " ", width: 1, ink: .plain)
}

/// A picture of a screen: lines of cells.
public struct Frame: Hashable, Sendable {
    public let width: Int
    public let height: Int
    /// The cells, line by line.
    public private(set) var cells: [Cell]

    /// The largest screen that is drawn, in columns or lines: more is not believed.
    public static let limit = 1000

    public init(width: Int, height: Int) {
        self.width = min(max(1, width), Frame.limit)
        self.height = min(max(1, height), Frame.limit)
        cells = Array(repeating: .blank, count: self.width * self.height)
    }

    public subscript(x: Int, y: Int) -> Cell { cells[y * width + x] }

    /// The lines as plain text, without spaces at their ends.
    public var lines: [String] {
        (0..<height).map { y in
            var line = String(cells[(y * width)..<((y + 1) * width)].filter { $0.width > 0 }.map(\.character))
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// Writes a text, up to the column `end`; what is longer ends in an ellipsis. Returns the column after it.
    @discardableResult
    mutating func put(_ text: String, _ x: Int, _ y: Int, _ ink: Ink = .plain, end: Int? = nil) -> Int {
        let end = min(end ?? width, width)
        guard y >= 0, y < height, x >= 0, x < end else { return x }
        let isTooLong = PlainText.width(text) > end - x
        var column = x
        for character in text {
            guard let (drawn, columns) = PlainText.drawable(character) else { continue }
            if isTooLong, column + columns > end - 1 {
                set(column, y, "…", 1, ink)
                return column + 1
            }
            set(column, y, drawn, columns, ink)
            column += columns
        }
        return column
    }

    /// Writes a text that ends before the column `end`, in at most so many columns.
    mutating func put(right text: String, _ end: Int, _ y: Int, _ ink: Ink = .plain, width limit: Int) {
        let columns = min(PlainText.width(text), limit)
        put(text, max(0, end - columns), y, ink, end: end)
    }

    /// Changes the ink of a range of a line by `change`.
    mutating func restyle(_ y: Int, _ range: Range<Int>, _ change: (inout Ink) -> Void) {
        guard y >= 0, y < height else { return }
        for x in range.clamped(to: 0..<width) { change(&cells[y * width + x].ink) }
    }

    private mutating func set(_ x: Int, _ y: Int, _ character: Character, _ columns: Int, _ ink: Ink) {
        let place = y * width + x
        // Half of what was there before would be left.
        if cells[place].width == 0, x > 0 { cells[place - 1] = .blank }
        cells[place] = Cell(character: character, width: UInt8(columns), ink: ink)
        guard columns == 2, x + 1 < width else { return }
        cells[place + 1] = Cell(character: " ", width: 0, ink: ink)
    }
}
