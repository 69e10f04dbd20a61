/// An axis with round numbers that begins at 0.
struct ValueAxis: Sendable {
    /// The end of the axis; never 0.
    let top: Double
    let step: Double

    /// Makes an axis with at least so many steps, and not three times as many; whole ones for what is counted.
    init(to greatest: Double, steps: Int, whole: Bool = false) {
        step = Self.roundStep(greatest > 0 ? greatest / Double(steps) : 1, whole: whole)
        top = max(greatest, step)
    }

    /// The greatest of 1, 2 or 5 times a power of ten that is not above the value; 1 at least if it is to be whole.
    static func roundStep(_ value: Double, whole: Bool = false) -> Double {
        var power = 1.0
        while power * 10 <= value { power *= 10 }
        while power > value, power > 1e-6 { power /= 10 }
        let step = [5, 2, 1].map { $0 * power }.first { $0 <= value * 1.000_001 } ?? power
        return whole ? max(1, step.rounded()) : step
    }

    /// The multiples of the step within the axis, 0 first.
    var ticks: [Double] { (0...Int((top / step + 1e-9).rounded(.down))).map { Double($0) * step } }

    /// The number of decimals that the ticks need.
    var decimals: Int {
        var (count, unit) = (0, step)
        while unit < 0.999_999, count < 6 {
            unit *= 10
            count += 1
        }
        return count
    }

    func label(_ tick: Double) -> String { FigureText.page.number(tick, decimals: decimals) }
}
