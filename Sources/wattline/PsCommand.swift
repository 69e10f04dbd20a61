import ArgumentParser
import Platform
import Settings
import Supervisor
import Terminal

struct PsCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps", abstract: "Shows what `wattline up` runs: names, pids, ports, restarts, CPU and memory.",
        discussion: """
            EXAMPLES
              wattline ps
              kill -9 $(wattline ps --pid CP-003-engine)
            """)

    @Option(
        help: ArgumentHelp("Prints only the pid of one process: broker, central, CP-003-engine, CP-003-monitor, driver-alice, up.", valueName: "name")
    )
    var pid: String?
    @OptionGroup var places: PlaceOptions
    @Option(help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"))
    var color: String?

    func execute(in environment: Environment) throws -> ProcessExit {
        let network = try places.readNetwork(in: environment)?.network
        let data = try places.dataDirectory(network, in: environment)
        if let pid {
            guard let number = try ProcessTable.pid(of: pid, data: data) else {
                complain("✖ \(pid) does not run in \(data.base); see: wattline ps")
                return .failure
            }
            Output.writeLine("\(number)")
            return .ok
        }
        var output = OutputOptions()
        output.color = color
        Output.write(try ProcessTable.text(data: data, colors: try output.colors(in: environment)))
        return .ok
    }
}
