import ArgumentParser
import Central
import ChargingModel
import Settings
import Shell

struct CentralCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "central", abstract: "Arbitrates: believes what it hears, decides on drivers' requests, closes every session once.",
        discussion: """
            The drivers' numbers of vehicles and the usual duration of a session come from network.json; who is in no list is served with one.

            EXAMPLES
              wattline central
              wattline central --mqtt mqtt://broker:1883 --session 30s --data /var/lib/wattline
            """)

    @Option(help: ArgumentHelp("How long a session lasts whose request doesn't say.", valueName: "time"))
    var session: String?
    @Option(
        help: ArgumentHelp("Where GET /health is answered; the dashboard comes in a later version. Default: nowhere. 0: anywhere.", valueName: "port")
    )
    var httpPort: String?
    @Option(help: ArgumentHelp("The address on which it is answered. Default: 127.0.0.1; 0.0.0.0 for all.", valueName: "address"))
    var httpHost: String?
    @OptionGroup var common: CommonOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let startup = try Startup(common, role: "central", in: environment)
        let drivers = startup.network?.drivers ?? []
        let settings = Arbiter.Settings(
            software: NetworkContext.software, vehicles: Dictionary(uniqueKeysWithValues: drivers.map { ($0.id, $0.vehicles) }),
            sessionDuration: try AllSettings.session.resolve(
                flag: session, in: environment, network: startup.network?.sessionDuration, default: Network.defaultSessionDuration))
        let stores = try EpochStore.open([startup.data.central], in: startup.data)
        return startup.run(health: try httpEndpoint(in: environment)) { host in
            let desk = try JournalDesk(loop: host.loop)
            return try stores.map {
                try CentralService(host: host, context: startup.context, settings: settings, store: $0, desk: desk, seed: newSeed())
            }
        }
    }

    private func httpEndpoint(in environment: Environment) throws -> Endpoint? {
        guard let port = try AllSettings.httpPort.resolve(flag: httpPort, in: environment) else { return nil }
        return Endpoint(host: try AllSettings.httpHost.resolve(flag: httpHost, in: environment, default: "127.0.0.1"), port: port)
    }
}
