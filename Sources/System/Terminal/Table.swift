/// Rows of text in aligned columns, by display width.
public struct Table: Sendable {
    /// A column's title and side.
    public struct Column: Sendable {
        public var title: String
        /// True for a column that is aligned on the right, as numbers are.
        public var right: Bool

        public init(_ title: String, right: Bool = false) {
            self.title = title
            self.right = right
        }
    }

    public var columns: [Column]
    public private(set) var rows: [[String]] = []

    public init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row; missing cells are empty.
    public mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The lines, titles first, two spaces between columns and none at the end of a line. Ends with a line break.
    public func text(colors: Bool = false) -> String {
        let titles = columns.map(\.title)
        let widths = columns.indices.map { index in
            ([titles] + rows).reduce(0) { max($0, index < $1.count ? $1[index].displayWidth : 0) }
        }
        func line(_ cells: [String]) -> String {
            var text = ""
            for (index, column) in columns.enumerated() {
                let cell = index < cells.count ? cells[index] : ""
                text += (index > 0 ? "  " : "") + cell.padded(to: widths[index], right: column.right)
            }
            while text.last == " " { text.removeLast() }
            return text
        }
        return ([Style.bold(line(titles), enabled: colors)] + rows.map(line)).joined(separator: "\n") + "\n"
    }
}
