internal import Platform
import Terminal

/// Writes the lines of the children and of `up` itself: each line whole, and for people with the name of its process.
struct OutputStyles {
    let format: LogFormat
    let colors: Bool
    let log: Log
    private let output: OutputPump
    private let width: Int
    /// The colours of the names; engine and monitor of a charge point share one.
    private let hues: [String: Int]

    init(_ options: UpOptions, _ processes: [ProcessSpec]) {
        format = options.logFormat
        colors = options.colors
        output = options.output
        width = processes.map(\.name.displayWidth).max() ?? 0
        var hues: [String: Int] = [:]
        for spec in processes where hues[OutputStyles.speaker(spec)] == nil { hues[OutputStyles.speaker(spec)] = hues.count }
        self.hues = hues
        log = Log(role: "up", format: options.logFormat, level: options.logLevel, colors: options.colors, sink: options.output)
    }

    /// Writes a line of a child.
    func say(_ line: String, from spec: ProcessSpec) {
        switch format {
        case .text:
            let name = Style.palette[(hues[OutputStyles.speaker(spec)] ?? 0) % Style.palette.count](spec.name.padded(to: width), enabled: colors)
            put("\(name) │ \(printable(line))")
        case .json:
            if line.hasPrefix("{") {
                put(line)
            } else {
                // Not ours, or not an event: what mosquitto says, a crash.
                let speaker = Log(role: spec.role.rawValue, id: spec.id.isEmpty ? nil : spec.id, format: .json, level: log.level, sink: output)
                speaker.info(line, event: "output")
            }
        }
    }

    /// Writes a message of up's own.
    func say(_ report: Report) { log.write(report.level, report.message, event: report.event, report.fields) }

    private static func speaker(_ spec: ProcessSpec) -> String { spec.id.isEmpty ? spec.name : spec.id }

    private func put(_ line: String) { output.write(Array((line + "\n").utf8)) }
}
