import ArgumentParser
import Dashboard
import JSON
import Platform
import Reports
import Settings

struct StationsCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "stations", abstract: "Shows the stations that speak OCPP, and those who want in.",
        discussion: """
            What its gateways tell Central: a station's version of OCPP, whether it is
            there, what it is, how wrong its clock is, its connectors, and the quirks
            with which it was met. Then who was turned away, and why.

            EXAMPLES
              wattline stations
              wattline stations --json | jq '.stations[] | select(.connected | not)'
              wattline credentials add station ST-1      # lets one in
            """)
    @Flag(help: "One JSON object, as GET /stations answers.")
    var json = false
    @Option(help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"))
    var color: String?
    @OptionGroup var options: StationAskOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        guard
            let answer = try options.ask(in: environment, { client throws(OperatorClientError) in try client.get("/stations", within: .seconds(30)) })
        else { return .failure }
        guard answer.status == 200, let book = (try? JSONValue(answer.body))?.object else {
            complain("✖ Central says: \(answer.words)")
            return .failure
        }
        if json {
            Output.write(String(decoding: answer.body, as: UTF8.self))
        } else {
            var output = OutputOptions()
            output.color = color
            Output.write(StationsText.text(book, colors: try output.colors(in: environment)))
        }
        return .ok
    }
}
