internal import ChargingModel

/// The register of a station during one transaction, as it counts: for life, for the session alone, or anew after a reset. What comes out never falls.
struct SessionMeter: Hashable, Sendable {
    /// The register at the beginning, and the highest since, as the station counts.
    private(set) var start: Energy = .zero
    private(set) var highest: Energy = .zero
    /// True where the values between count from zero although the beginning did not.
    private(set) var isOfSession = false
    /// The highest since the register fell in the middle; `nil` while it did not.
    private(set) var sinceFall: Energy?
    private var hasReading = false

    init() {}

    init(start: Energy) {
        self.start = start
        highest = start
    }

    /// The register for a value that came in between, on the scale of the beginning; `nil` for one that says less than what is known.
    mutating func take(_ value: Energy) -> Energy? {
        defer { hasReading = true }
        if !hasReading, value < start { isOfSession = true }
        let register = isOfSession ? start + value : value
        guard register >= highest else {
            sinceFall = max(sinceFall ?? .zero, value)
            return nil
        }
        // One that is back where it was never fell.
        sinceFall = nil
        highest = register
        return register
    }

    /// The register at the end, on the same scale; without a value, the highest that is known.
    func end(_ value: Energy?) -> Energy {
        guard let value else { return highest }
        if value >= highest { return value }
        if isOfSession || value < start, start + value >= highest, sinceFall == nil { return start + value }
        // It began anew, and what it counted since comes on top.
        if let sinceFall, value >= sinceFall { return highest + value }
        return highest
    }
}
