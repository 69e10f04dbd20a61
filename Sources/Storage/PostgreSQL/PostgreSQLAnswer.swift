internal import CPostgreSQL
internal import SQL

/// A part of an answer: all of its rows, or one of them.
final class PostgreSQLAnswer {
    private let pq: wattline_pq
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer, _ pq: wattline_pq) {
        self.handle = handle
        self.pq = pq
    }

    deinit { pq.clear(handle) }

    /// Calls the body with each of its rows.
    func eachRow(_ body: (Row) throws(DatabaseError) -> Void) throws(DatabaseError) {
        for number in 0..<pq.rowCount(handle) { try body(Row(Cells(pq: pq, handle: handle, number: number))) }
    }

    private struct Cells: RowCells {
        let pq: wattline_pq
        let handle: OpaquePointer
        let number: Int32

        func isNull(_ column: Int32) -> Bool { pq.isNull(handle, number, column) != 0 }

        func value(_ column: Int32) -> Value {
            guard !isNull(column) else { return .null }
            // int8, int2 and int4, by their numbers in pg_type.
            return [20, 21, 23].contains(pq.columnType(handle, column)) ? .integer(integer(column)) : .text(text(column))
        }

        func integer(_ column: Int32) -> Int64 { Int64(text(column)) ?? 0 }

        func text(_ column: Int32) -> String {
            guard let bytes = pq.value(handle, number, column) else { return "" }
            let count = Int(pq.length(handle, number, column))
            return bytes.withMemoryRebound(to: UInt8.self, capacity: count) {
                String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
            }
        }
    }
}
