internal import ChargingModel

/// The signs that are drawn: those of Unicode that take one column everywhere, or ASCII.
public struct Glyphs: Hashable, Sendable {
    public let isASCII: Bool

    public init(isASCII: Bool) { self.isASCII = isASCII }

    func sign(_ verdict: Verdict) -> String {
        switch verdict {
        case .activated: isASCII ? "+" : "●"
        case .assigned: isASCII ? "~" : "◐"
        case .supplying: isASCII ? "*" : "↯"
        case .stopped: isASCII ? "=" : "■"
        case .faulty: isASCII ? "!" : "✗"
        case .disconnected: isASCII ? "-" : "○"
        }
    }

    var good: String { isASCII ? "+" : "●" }
    var bad: String { isASCII ? "!" : "✗" }
    var dot: String { isASCII ? "." : "·" }
    var line: String { isASCII ? "-" : "─" }
    var marker: String { isASCII ? ">" : "▸" }
    var up: String { isASCII ? "^" : "▲" }
    var down: String { isASCII ? "v" : "▼" }
    var cursor: String { isASCII ? "_" : "█" }

    /// A bar of so many columns, filled to `part` of `whole`.
    func bar(_ part: Int64, of whole: Int64, width: Int) -> String {
        guard whole > 0, part > 0, width > 0 else { return "" }
        let eighths = Int(min(part, whole).multipliedReportingOverflow(by: Int64(width * 8)).partialValue / whole)
        if isASCII { return String(repeating: "#", count: max(1, (eighths + 4) / 8)) }
        // What flows is never nothing.
        let shown = max(1, min(eighths, width * 8))
        let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][shown % 8]
        return String(repeating: "█", count: shown / 8) + rest
    }

    /// The sign for an empty part of a bar.
    var track: String { isASCII ? "." : "·" }

    /// A column of a chart: full below, a part of a cell at its top.
    /// - Parameter level: the height in eighths of a line, from the bottom of this line.
    func column(_ level: Int) -> String {
        if level <= 0 { return " " }
        if isASCII { return level >= 4 ? "#" : "." }
        return ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"][min(level, 8) - 1]
    }
}

extension Ink {
    init(_ verdict: Verdict) {
        switch verdict {
        case .activated: self.init(.green)
        case .assigned: self.init(.cyan)
        case .supplying: self.init(.blue, bold: true)
        case .stopped: self.init(.yellow)
        case .faulty: self.init(.red, bold: true)
        case .disconnected: self.init(.grey)
        }
    }
}
