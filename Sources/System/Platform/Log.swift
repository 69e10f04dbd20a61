public import ChargingModel
import Glibc
internal import JSON
internal import Terminal

/// The one door to standard output for the processes: a line per event, for people as its author wrote it, or as JSON for machines.
///
/// ```
/// log.info("✅ CP CP-001: ACTIVATED → SUPPLYING (Charging started)", event: "state", ["state": "SUPPLYING"])
/// {"ts":"…","level":"info","role":"engine","id":"CP-001","event":"state","message":"CP CP-001: …","state":"SUPPLYING"}
/// ```
///
/// Usable from any thread; each line is one `write(2)`. Rates are not limited here.
public struct Log: Sendable {
    /// The kind of process that speaks: `engine`, `central`.
    public let role: String
    /// The point or driver that it speaks for; `nil` for a process of its own, or for all it hosts.
    public let id: String?
    public let format: LogFormat
    /// The lowest level that is written.
    public let level: LogLevel
    /// True when warnings and errors are coloured.
    public let colors: Bool
    private let sink: any LineSink
    private let clock: @Sendable () -> WallTime

    public init(
        role: String, id: String? = nil, format: LogFormat = .text, level: LogLevel = .info, colors: Bool = false,
        sink: any LineSink = DescriptorSink.standardOutput, clock: @escaping @Sendable () -> WallTime = Log.wallTime
    ) {
        self.role = role
        self.id = id
        self.format = format
        self.level = level
        self.colors = colors
        self.sink = sink
        self.clock = clock
    }

    /// The same log for another point or driver.
    public func with(id: String?) -> Log { Log(role: role, id: id, format: format, level: level, colors: colors, sink: sink, clock: clock) }

    /// The wall clock's time.
    public static let wallTime: @Sendable () -> WallTime = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    public func debug(_ message: @autoclosure () -> String, event: String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.debug, message(), event: event, fields)
    }

    public func info(_ message: @autoclosure () -> String, event: String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.info, message(), event: event, fields)
    }

    public func warning(_ message: @autoclosure () -> String, event: String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.warning, message(), event: event, fields)
    }

    public func error(_ message: @autoclosure () -> String, event: String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.error, message(), event: event, fields)
    }

    /// Writes a line, if the level asks for it.
    ///
    /// - Parameters:
    ///   - message: for people, with its emoji; one line. Control characters in it (it may quote what came over the bus) are made harmless.
    ///   - event: the name of the event, for machines: `session_started`.
    ///   - fields: the values that belong to it, for machines. Only in JSON.
    public func write(
        _ level: LogLevel, _ message: @autoclosure () -> String, event: String, _ fields: KeyValuePairs<String, LogValue> = [:]
    ) {
        guard level >= self.level else { return }
        let dropped = sink.takeDropped()
        if dropped > 0 { put(.warning, "⚠️  \(dropped) lines could not be written", event: "lines_dropped", ["lines": .integer(dropped)]) }
        put(level, message(), event: event, fields)
    }

    private func put(_ level: LogLevel, _ message: String, event: String, _ fields: KeyValuePairs<String, LogValue>) {
        var line: String
        switch format {
        case .text:
            line = harmless(message)
            if colors, level != .info { line = style(of: level)(line) }
        case .json:
            var writer = JSONWriter()
            writer.object { object in
                object.string("ts", clock().text)
                object.string("level", level.rawValue)
                object.string("role", role)
                if let id { object.string("id", id) }
                object.string("event", event)
                object.string("message", withoutPicture(message))
                for (name, value) in fields { object.log(name, value) }
            }
            line = writer.text
        }
        line += "\n"
        sink.write(Array(line.utf8))
    }

    private func style(of level: LogLevel) -> Style {
        switch level {
        case .debug: .dim
        case .info: .bold
        case .warning: .yellow
        case .error: .red
        }
    }
}

/// The text without control characters: a line break or tab becomes a space, anything else that a terminal might obey, or that turns a line's
/// direction round, a `�`.
public func harmless(_ text: String) -> String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        result.unicodeScalars.append(!isControl(scalar) ? scalar : ["\n", "\t", "\r"].contains(scalar) ? " " : "\u{FFFD}")
    }
    return result
}

/// The text without the picture that it begins with for people.
private func withoutPicture(_ text: String) -> String {
    guard let first = text.first, first.unicodeScalars.first?.properties.generalCategory == .otherSymbol else { return text }
    return String(text.dropFirst().drop { $0 == " " })
}

extension JSONWriter {
    fileprivate mutating func log(_ name: String, _ value: LogValue) {
        switch value {
        case .text(let text): string(name, text)
        case .integer(let number): integer(name, number)
        case .bool(let value): bool(name, value)
        case .decimal(let number): decimal(name, number)
        case .null: null(name)
        }
    }
}
