// Sums of what came from outside, or from a ledger that somebody else wrote: they stop at the ends of their type, and never trap.
extension FixedWidthInteger {
    /// The sum, or the end of the type that it would pass.
    @inlinable public func adding(clamped other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        guard overflow else { return sum }
        return other < 0 ? .min : .max
    }

    /// The difference, or the end of the type that it would pass.
    @inlinable public func subtracting(clamped other: Self) -> Self {
        let (difference, overflow) = subtractingReportingOverflow(other)
        guard overflow else { return difference }
        return !Self.isSigned || other > 0 ? .min : .max
    }

    /// The product, or the end of the type that it would pass.
    @inlinable public func multiplied(clamped other: Self) -> Self {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        guard overflow else { return product }
        return (self < 0) != (other < 0) ? .min : .max
    }
}
