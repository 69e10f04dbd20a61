import ArgumentParser
import BrokerCheck
import EventLoop
import Identities
import MQTT
import Platform
import Services
import Settings
import Terminal

struct BrokerCheckCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker-check", abstract: "Holds any broker against what Wattline expects of one.",
        discussion: """
            For each rule it has a small exchange of its own with the broker, and says: holds, breaks, not offered, or not tried (no rights, no \
            connection). Below a rule that breaks stands the exchange that shows it. It speaks only below a topic of its own, under client ids of its \
            own, and leaves nothing behind: it may be run on a broker that is in use, which keeps 5000 small messages more for a moment. It takes some \
            15 s. What only a restart of the broker shows (F7, F10) it does not see.

            Exit code 0 if all required rules hold, 1 if one does not or could not be tried, 69 without a broker that speaks MQTT 5 and lets the \
            name in.

            EXAMPLES
              wattline broker-check mqtt://127.0.0.1:1883
              wattline broker-check mqtts://broker.example:8883 --ca ca.pem
              wattline broker-check mqtt://127.0.0.1:1883 --rule qos1-kept
              wattline broker-check mqtt://127.0.0.1:1883 --json | jq .rules
              wattline broker-check --list
            """)

    @Argument(help: ArgumentHelp("The broker: mqtt://host:port, or mqtts://host:port with TLS.", valueName: "url"))
    var url: String?
    @Option(help: ArgumentHelp("Only this rule, see --list; may be given several times.", valueName: "id"))
    var rule: [String] = []
    @Flag(help: "Lists the rules.")
    var list = false
    @Flag(help: "One JSON object.")
    var json = false
    @Option(help: ArgumentHelp("In front of the topics. Default: wattline-check; the run's number follows.", valueName: "topic"))
    var prefix: String?
    @Option(help: ArgumentHelp("How long the broker may take for an answer. Default: 5s.", valueName: "time"))
    var timeout: String?
    @Option(
        help: ArgumentHelp(
            "The name to log in with: a file as `wattline credentials show --json` prints it, or a directory, for the owner's in it. Default: that of "
                + "the data directory, if the broker is this machine's.", valueName: "file or dir"))
    var credentials: String?
    @Option(help: ArgumentHelp("Another name, which must not get the first one's client id (client-ids-bound).", valueName: "file"))
    var otherCredentials: String?
    @OptionGroup var trust: TrustOptions
    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: OutputOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let rules = try chosenRules()
        let colors = try output.colors(in: environment)
        if list {
            Output.write(json ? CheckJSON.list(rules) : CheckText.list(rules, colors: colors))
            return .ok
        }
        guard let url else { throw SettingError("URL", value: nil, expected: AllSettings.mqtt.parser.expected, processExit: .usage) }
        guard let broker = ValueParser.broker(url) else {
            throw SettingError("URL", value: url, expected: AllSettings.mqtt.parser.expected, processExit: .usage)
        }
        let settings = try settings(broker, in: environment)
        return try Interrupted.run(settings) { settings in
            let isJSON = json
            let outcomes = try BrokerCheck.run(rules, settings) { outcome in
                if !isJSON { Output.write(CheckText.line(outcome, among: rules, colors: colors)) }
            }
            Output.write(isJSON ? CheckJSON.text(outcomes, settings) : CheckText.sum(outcomes, colors: colors))
            tidy(outcomes, settings)
            return outcomes.contains(where: \.isMissing) ? .failure : .ok
        }
    }

    private func chosenRules() throws -> [BrokerRule] {
        let names = BrokerRule.all.map(\.id)
        for name in rule where !names.contains(name) {
            throw SettingError("--rule", value: name, expected: "one of \(names.joined(separator: ", "))")
        }
        return rule.isEmpty ? BrokerRule.all : BrokerRule.all.filter { rule.contains($0.id) }
    }

    private func tidy(_ outcomes: [RuleOutcome], _ settings: CheckSettings) {
        let left = BrokerCheck.tidy(outcomes, settings)
        guard let first = left.first else { return }
        complain(
            "⚠️  \(left.count) retained messages could not be deleted, like that on \(first): all of them are below \(settings.prefix)")
    }
}
