internal import ChargingModel

/// The register of a station during one transaction, as it counts: for life, for the session alone, or anew after a reset. What comes out never falls.
struct SessionMeter: Hashable, Sendable {
    /// The register at the beginning, and the highest since, on the scale of the beginning.
    private(set) var start: Energy
    private(set) var highest: Energy
    /// True where the values between count from zero although the beginning did not.
    private(set) var isOfSession = false
    /// The last value since the register fell in the middle; `nil` while it did not.
    private(set) var sinceFall: Energy?
    private var hasReading = false
    /// The highest of an earlier life, which something else may have raised: it counts where nothing better is said.
    private let remembered: Energy

    /// - Parameter remembered: what is known of an earlier life, as from an engine's journal.
    init(start: Energy, remembered: Energy? = nil) {
        self.start = start
        highest = start
        self.remembered = remembered ?? start
    }

    /// The greatest power that a connector delivers: what claims more is no reading.
    static let greatestPower = Power(watts: 440_000)

    /// The most energy that can have flowed in a time.
    static func most(in time: Duration) -> Energy { greatestPower.energy(over: max(.zero, time) + .seconds(30)) }

    /// The register for a value that came in between, on the scale of the beginning; `nil` for one that says less than what is known, or that can't be.
    mutating func take(_ value: Energy, most: Energy) -> Energy? {
        let isOfSession = hasReading ? isOfSession : value < start && value <= most
        let register = isOfSession ? start + value : value
        guard register <= start + most else { return nil }
        guard register >= highest else {
            // Before it ever rose there is nothing to fall from.
            if hasReading { sinceFall = value }
            return nil
        }
        self.isOfSession = isOfSession
        // The register at the beginning, said again, does not tell how the others count.
        hasReading = hasReading || register > start
        // One that is back where it was never fell.
        sinceFall = nil
        highest = register
        return register
    }

    /// The register at the end, on the same scale; without a value, the highest that is known. A guess is made only where values before it bear it out:
    /// nothing is billed for a register that merely fell.
    func end(_ value: Energy?, most: Energy) -> Energy {
        guard let value else { return max(highest, remembered) }
        if value >= highest { return value }
        let limit = start + most
        if isOfSession, value < start || sinceFall == nil, start + value >= highest, start + value <= limit { return start + value }
        // It began anew, and what it counted since comes on top.
        if let sinceFall, value >= sinceFall, highest + value <= limit { return highest + value }
        return highest
    }
}
