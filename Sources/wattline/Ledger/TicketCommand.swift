import ArgumentParser
import ChargingModel
import LedgerStore
import Platform
import Reports
import Settings
import Terminal

struct TicketCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "ticket", abstract: "Tells in words what happened in a session, and how sure its bill is.",
        discussion: """
            EXAMPLES
              wattline ticket 01KB0F2Q8M0V5TTBKPFAJJ1234
              wattline ticket TBKPFAJJ  # by the end of its id, as logs show it
            """)

    @Argument(help: ArgumentHelp("The session's id, or its beginning or end.", valueName: "session"))
    var session: String
    @Option(help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"))
    var color: String?
    @OptionGroup var places: LedgerOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let reader = try places.read(in: environment)
        let found = try reader.sessions(like: session)
        guard let first = found.first else {
            complain("✖ no session \(session) in \(reader.name); see: wattline sessions")
            return .failure
        }
        guard found.count == 1 || first.id.text == session else {
            complain(
                "✖ \(session) is more than one session: \(found.prefix(10).map(\.id.text).joined(separator: ", "))\(found.count > 10 ? " …" : "")")
            return .failure
        }
        var output = OutputOptions()
        output.color = color
        let text = TicketText.text(
            first, log: try reader.log(of: first.id), strays: try reader.strays(of: first.id), colors: try output.colors(in: environment))
        Output.write(text)
        return .ok
    }
}
