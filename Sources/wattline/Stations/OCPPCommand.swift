import ArgumentParser
import ChargingModel
import Dashboard
import Glibc
import JSON
import Platform
import Reports
import Settings
import Synchronization

struct OCPPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ocpp", abstract: "Looks at what stations and the gateway say to each other.", subcommands: [OCPPTailCommand.self])
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
