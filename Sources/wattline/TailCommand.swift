import ArgumentParser
import ChargingModel
import Platform
import Services
import Settings
import Terminal
import Viewers

struct TailCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Shows what is said on the bus, in words, and marks whatever breaks the protocol.",
        discussion: """
            Each message on a line: the time (UTC, this machine's clock), "kept" if the broker kept it from earlier, the topic, what it says. Below \
            it in red what breaks the contract, with the rule's id in docs/protocol.md (P7, S4, TOPICS for the table of topics, PAYLOADS for its \
            payloads); in yellow what may be as it should, like a message that was lost. What comes every second (telemetry, progress) and Central's \
            fence are not shown, unless something is wrong with them: --telemetry shows them. They are checked in any case. It only listens.

            Kinds: info state telemetry event health command central fence verdict request status progress ticket station gateway \
            unknown.

            EXAMPLES
              wattline tail                          # everything but readings
              wattline tail --cp CP-003 --telemetry  # one point, with its readings
              wattline tail --driver driver-alice    # what a driver asks and is told
              wattline tail --kind verdict,health    # who is well
              # in the tests of your firmware: exit code 1 if it broke the contract
              wattline tail --strict --cp MY-1 --for 60s
              # a line of JSON for each message: topic, payload as it came, problems
              wattline tail --json --telemetry | jq .payload
              docker compose exec ev-central wattline tail
            """)

    @Option(help: ArgumentHelp("Only these charge points: ids and ranges, separated by commas.", valueName: "ids"))
    var cp: String?
    @Option(help: ArgumentHelp("Only these drivers, separated by commas.", valueName: "names"))
    var driver: String?
    @Option(help: ArgumentHelp("Only these kinds, separated by commas.", valueName: "kinds"))
    var kind: String?
    @Flag(help: "Also what comes every second: telemetry, and the progress that drivers are told.")
    var telemetry = false
    @Flag(help: "Not what the broker kept from earlier.")
    var live = false
    @Flag(help: "Also what is said outside of the topics of the protocol: all of it is marked as unknown.")
    var allTopics = false
    @Flag(help: "One JSON object on each line.")
    var json = false
    @Flag(help: "Exit code 1 if anything broke the contract.")
    var strict = false
    @Option(name: .customLong("for"), help: ArgumentHelp("Ends after this time. Default: never.", valueName: "time"))
    var time: String?
    @Option(help: ArgumentHelp("Ends after so many lines. Default: never.", valueName: "number"))
    var count: String?
    @OptionGroup var viewer: ViewerOptions
    @OptionGroup var common: CommonOptions

    static let readerMayGo = true

    func execute(in environment: Environment) throws -> ProcessExit {
        var filter = TailFilter(liveOnly: live)
        if let cp { filter.points = Set(try AllSettings.chargePoints.parser.value(of: cp, from: "--cp")) }
        if let driver {
            filter.drivers = Set(
                try driver.split(separator: ",", omittingEmptySubsequences: false).map {
                    try ValueParser<DriverID>.id().value(of: String($0), from: "--driver")
                })
        }
        if let kind {
            filter.kinds = Set(
                try kind.split(separator: ",", omittingEmptySubsequences: false).map {
                    try ValueParser<TailKind>.choice().value(of: String($0), from: "--kind")
                })
        }
        if telemetry { filter.kinds.formUnion([.telemetry, .progress]) }
        let startup = try ViewerStartup(common, viewer, role: "tail", in: environment)
        let settings = TailService.Settings(
            tail: Tail(wire: startup.context.wire, filter: filter), range: allTopics ? .everything : .network, isJSON: json,
            colors: try viewer.colors(common, in: environment), isStrict: strict,
            time: try time.map { try ValueParser.duration(from: .milliseconds(1)).value(of: $0, from: "--for") },
            count: try count.map { UInt64(try ValueParser.integer(in: 1...1_000_000_000, of: "a number of lines").value(of: $0, from: "--count")) },
            timeout: startup.timeout)
        return startup.run { host in [TailService(host: host, context: startup.context, settings: settings)] }
    }
}
