import ArgumentParser
import ChargingModel
import Dashboard
import Gateway
import Glibc
import JSON
import Platform
import Reports
import Services
import Settings
import Synchronization

struct OCPPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ocpp", abstract: "Looks at what stations and the gateway say to each other.",
        subcommands: [OCPPTailCommand.self, OCPPSignedCommand.self])
}

struct OCPPTailCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Shows the frames between a station and its gateway, live, in words.",
        discussion: """
            A line for each frame: the time (UTC), → from the station or ← to it, the
            action and its fields; an answer with the call that it belongs to, a refusal
            in red. A frame of more than 12 KiB is cut. Ends with Ctrl-C.

            EXAMPLES
              wattline ocpp tail ST-1
              wattline ocpp tail ST-1 --json | jq -r .text
            """)
    @Argument(help: ArgumentHelp("The station's id: that of its first charge point.", valueName: "id"))
    var id: String
    @Flag(help: "One JSON object on each line: direction, at, bytes, missed, text.")
    var json = false
    @Option(help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"))
    var color: String?
    @OptionGroup var options: StationAskOptions

    static let readerMayGo = true

    func execute(in environment: Environment) throws -> ProcessExit {
        let path = try ValueParser<ChargePointID>.stationPath(id) + "/frames"
        var output = OutputOptions()
        output.color = color
        let printer = FramePrinter(isJSON: json, colors: try output.colors(in: environment))
        // Whoever ends it has seen enough: each line is written as it comes.
        for number in [SIGINT, SIGTERM] { signal(number) { _ in _exit(0) } }
        let end = try options.ask(in: environment) { client throws(OperatorClientError) in
            try client.follow(path, each: { name, data in printer.take(name, data) })
        }
        guard let end else { return .failure }
        if let answer = end {
            complain("✖ Central says: \(answer.words)")
            return .failure
        }
        if Output.failure != nil { return .ok }
        complain("✖ Central has ended the stream")
        return .failure
    }
}

struct OCPPSignedCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "signed", abstract: "Prints what a station's meters signed, as it came.",
        discussion: """
            For whoever checks a bill by the meter's own word. The gateway keeps it, in the
            data directory of its machine: it holds card numbers, so nobody else sees it.

            EXAMPLES
              wattline ocpp signed ST-1
              wattline ocpp signed ST-1 --session 01JD2QZ8A1B2C3D4E5F6G7H8J9 --json
            """)
    @Argument(help: ArgumentHelp("The station's id.", valueName: "id"))
    var id: String
    @Option(help: ArgumentHelp("Only of the transaction of this session.", valueName: "id"))
    var session: String?
    @Flag(help: "One JSON object on each line: all that came.")
    var json = false
    @OptionGroup var places: PlaceOptions

    static let readerMayGo = true

    func execute(in environment: Environment) throws -> ProcessExit {
        let station = try ValueParser<StationName>.ownID.value(of: id, from: "ID")
        let wanted = try session.map { try ValueParser<SessionID>.id().value(of: $0, from: "--session") }
        let data = try places.dataDirectory(places.readNetwork(in: environment)?.network, in: environment)
        var readings: [SignedReading] = []
        let damaged = try SignedReadings.each(of: station, in: data) { readings.append($0) }
        guard let damaged else {
            complain("✖ Nothing that station \(station) signed is kept in \(data.stationSigned(station.directory))")
            return .failure
        }
        let transactions = wanted.map { wanted in Set(readings.filter { $0.session == wanted }.map(\.transaction)) }
        let shown = readings.filter { transactions?.contains($0.transaction) ?? true }
        for reading in shown where json { Output.writeLine(String(decoding: reading.bytes, as: UTF8.self)) }
        if !json { Output.write(SignedReadings.text(shown)) }
        if damaged > 0 { complain("⚠️  \(damaged) lines can't be read: a crash tore them") }
        return .ok
    }
}

/// Prints the events of a station's stream as they come.
private final class FramePrinter: Sendable {
    private let transcript = Mutex(FrameTranscript())
    private let isJSON: Bool
    private let colors: Bool

    init(isJSON: Bool, colors: Bool) {
        self.isJSON = isJSON
        self.colors = colors
    }

    func take(_ name: String, _ data: [UInt8]) {
        guard name == "frame", let frame = (try? JSONValue(data))?.object else { return }
        if isJSON {
            Output.write(String(decoding: data, as: UTF8.self) + "\n")
        } else {
            let line = transcript.withLock { transcript in
                transcript.line(
                    isFromStation: frame["direction"]?.string == StationFrame.Direction.fromStation.rawValue, at: frame["at"]?.string ?? "",
                    bytes: Int(frame["bytes"]?.number?.integer ?? 0), missed: Int(frame["missed"]?.number?.integer ?? 0),
                    text: frame["text"]?.string ?? "", colors: colors)
            }
            Output.write(line)
        }
        if Output.failure != nil { _exit(0) }
    }
}
