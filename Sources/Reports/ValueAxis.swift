/// Round numbers along an axis that begins at 0.
struct ValueAxis: Sendable {
    /// Where the axis ends; never 0.
    let top: Double
    let step: Double

    /// About so many steps; whole ones for what is counted.
    init(to greatest: Double, steps: Int, whole: Bool = false) {
        step = Self.roundStep(greatest > 0 ? greatest / Double(steps) : 1, whole: whole)
        top = max(greatest, step)
    }

    /// The least of 1, 2 or 5 times a power of ten that is not below the value.
    static func roundStep(_ value: Double, whole: Bool = false) -> Double {
        var power = 1.0
        while power * 10 <= value { power *= 10 }
        while power > value, power > 1e-6 { power /= 10 }
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= value * 0.999_999 } ?? power * 10
        return whole ? max(1, step.rounded()) : step
    }

    /// The multiples of the step within the axis, 0 first.
    var ticks: [Double] { (0...Int((top / step + 1e-9).rounded(.down))).map { Double($0) * step } }

    /// How many decimals the ticks need.
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
