import ArgumentParser
import ChargingModel
import ChargingProtocol
import Dashboard
import Dispatch
import JSON
import Platform
import Settings
import Synchronization

struct StationCommandCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "station-command", abstract: "Asks a station that speaks OCPP for something, and says what it answered.",
        discussion: """
            COMMANDS
              reset [--immediate] [--connector N]     at the end of what runs, or at once
              unlock --connector N
              trigger MESSAGE [--connector N]         BootNotification, StatusNotification,
                                                      MeterValues, Heartbeat, …
              get-configuration [KEY …]               1.6
              change-configuration KEY VALUE          1.6
              get-variables COMPONENT.VARIABLE …      2.0.1
              set-variables COMPONENT.VARIABLE=VALUE …
              get-base-report [full|configuration|summary]
              clear-cache
              send-local-list                         all tokens, page by page
              get-local-list-version

            Exit code 0 when the station did it, or will; else 1, and why.

            EXAMPLES
              wattline station-command ST-1 reset
              wattline station-command ST-1 unlock --connector 2
              wattline station-command ST-1 trigger StatusNotification
              wattline station-command ST-1 get-configuration HeartbeatInterval
              wattline station-command ST-1 change-configuration HeartbeatInterval 60
              wattline station-command ST-2 get-variables OCPPCommCtrlr.HeartbeatInterval
              wattline station-command ST-2 set-variables AlignedDataCtrlr.Interval=900
              wattline station-command ST-2 get-base-report --json | jq .reports
            """)
    @Argument(help: ArgumentHelp("The station's id: that of its first charge point.", valueName: "id"))
    var id: String
    @Argument(help: ArgumentHelp("What it is to do, see above.", valueName: "command"))
    var command: String
    @Argument(help: ArgumentHelp("What belongs to the command.", valueName: "words"))
    var words: [String] = []
    @Flag(help: "reset: at once, whatever runs.")
    var immediate = false
    @Option(help: ArgumentHelp("The connector (1.6) or EVSE (2.0.1).", valueName: "number"))
    var connector: String?
    @Flag(help: "The result as one JSON object.")
    var json = false
    @OptionGroup var options: StationAskOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let stationPath = try ValueParser<ChargePointID>.stationPath(id)
        let path = stationPath + "/commands"
        let body = try CommandWords(
            command: command, words: words, isImmediate: immediate,
            connector: try connector.map { try ValueParser.integer(in: 1...64, of: "a connector").value(of: $0, from: "--connector") }
        ).body()
        let reports = command == StationWish.Name.getBaseReport.rawValue && !json ? ReportPrinter() : nil
        let answer = try options.ask(in: environment) { client throws(OperatorClientError) in
            reports?.follow(client, stationPath + "/frames")
            return try client.post(path, body: body)
        }
        guard let answer else { return .failure }
        let object = (try? JSONValue(answer.body))?.object
        let result = answer.status == 200 ? object : object?["result"]?.object
        if json, let result { Output.write(CommandText.json(result)) }
        guard answer.status == 200, let result else {
            complain("✖ \(answer.words)")
            if !json, let result { Output.write(CommandText.details(result, besides: reports?.printed ?? 0)) }
            return .failure
        }
        if !json {
            let details = CommandText.details(result, besides: reports?.printed ?? 0)
            Output.write("✔ \(harmless(result["words"]?.string ?? "done"))\n" + details)
        }
        return .ok
    }
}

/// Prints the parts of a report as they come.
private final class ReportPrinter: Sendable {
    private let count = Mutex(0)

    /// The number of parts that are printed; no more are from now on.
    var printed: Int {
        count.withLock { count in
            defer { count = .min }
            return max(0, count)
        }
    }

    /// Begins to, and waits until it has begun.
    func follow(_ client: OperatorClient, _ path: String) {
        let door = DispatchSemaphore(value: 0)
        Task.detached { [self] in
            _ = try? client.follow(path, opened: { door.signal() }, each: { name, data in self.take(name, data) })
            door.signal()
        }
        door.wait()
    }

    private func take(_ name: String, _ data: [UInt8]) {
        guard name == "report", let report = (try? JSONValue(data))?.object?["report"]?.object else { return }
        count.withLock { count in
            guard count >= 0 else { return }
            Output.write(CommandText.lines(of: report))
            count += 1
        }
    }
}
