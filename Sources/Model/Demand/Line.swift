/// A line through points, straight between them, in whole numbers: a charging curve, the quantiles of a distribution.
struct Line: Hashable, Sendable {
    /// The points, with ever greater x; at least one.
    private let points: [(x: Int64, y: Int64)]

    init(_ points: [(x: Int64, y: Int64)]) { self.points = points }

    /// The height at `x`; before the first point that of the first, after the last that of the last.
    func y(at x: Int64) -> Int64 {
        guard var before = points.first else { return 0 }
        if x <= before.x { return before.y }
        for point in points.dropFirst() {
            if x <= point.x { return before.y + (point.y - before.y) * (x - before.x) / (point.x - before.x) }
            before = point
        }
        return before.y
    }

    static func == (a: Line, b: Line) -> Bool { a.points.elementsEqual(b.points) { $0 == $1 } }

    func hash(into hasher: inout Hasher) {
        for point in points {
            hasher.combine(point.x)
            hasher.combine(point.y)
        }
    }
}
