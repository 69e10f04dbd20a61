/// The cells of the row that a statement stands on. Columns count from 0.
public protocol RowCells {
    func isNull(_ column: Int32) -> Bool
    /// 0 where there is no number.
    func integer(_ column: Int32) -> Int64
    /// Empty where there is none.
    func text(_ column: Int32) -> String
    /// Whatever it is.
    func value(_ column: Int32) -> Value
}

/// A row of an answer, for as long as it is being read.
public struct Row {
    private let cells: any RowCells

    public init(_ cells: any RowCells) { self.cells = cells }

    public func isNull(_ column: Int32) -> Bool { cells.isNull(column) }
    public func integer(_ column: Int32) -> Int64 { cells.integer(column) }
    public func text(_ column: Int32) -> String { cells.text(column) }
    public func value(_ column: Int32) -> Value { cells.value(column) }
    public func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }
    public func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
    public func bool(_ column: Int32) -> Bool { integer(column) != 0 }
}
