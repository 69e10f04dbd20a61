internal import ChargingModel

/// Keeps the last of what happened, in words.
final class Narrator {
    private var lines: [String] = []
    private var next = 0
    private let most: Int

    init(most: Int) { self.most = most }

    func tell(_ time: Instant, _ text: String) {
        let line = Narrator.clockText(time) + "  " + text
        if lines.count < most { lines.append(line) } else { lines[next % most] = line }
        next += 1
    }

    /// The oldest first.
    var story: [String] {
        guard lines.count == most else { return lines }
        return (0..<most).map { lines[(next + $0) % most] }
    }

    /// Since the world began: `01:02:03.456`.
    static func clockText(_ time: Instant) -> String {
        let milliseconds = time.nanoseconds / 1_000_000
        let fields = [milliseconds / 3_600_000, milliseconds / 60_000 % 60, milliseconds / 1000 % 60]
        return fields.map { zeroPadded($0, to: 2) }.joined(separator: ":") + "." + zeroPadded(milliseconds % 1000, to: 3)
    }
}
