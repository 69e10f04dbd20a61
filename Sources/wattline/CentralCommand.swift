import ArgumentParser
import ChargingModel
import Dashboard
import HomeAssistant
import Metrics
import Platform
import Prometheus
import Services
import Settings
import Terminal

struct CentralCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "central", abstract: "Arbitrates: believes what it hears, decides on drivers' requests, closes every session once.",
        discussion: """
            The drivers' numbers of vehicles and the usual duration of a session come from network.json; who is in no list is served with one, or with --vehicles.

            EXAMPLES
              wattline central
              # with the dashboard at http://localhost:8000
              wattline central --http-port 8000
              wattline central --mqtt mqtt://broker:1883 --session 30s \\
                  --data /var/lib/wattline

            The HTTP API can be read by whoever reaches it; to steer, an operator's token is needed: WATTLINE_ADMIN_TOKEN, or one that is made at \
            the first start.
            """)

    @Option(help: ArgumentHelp("How long a session lasts whose request doesn't say.", valueName: "time"))
    var session: String?
    @Option(help: ArgumentHelp("How many vehicles of a driver in no list may charge at a time. Default: 1.", valueName: "number"))
    var vehicles: String?
    @Option(
        help: ArgumentHelp("Where the dashboard, the HTTP API and /metrics are served. Default: nowhere. 0: anywhere.", valueName: "port")
    )
    var httpPort: String?
    @Option(help: ArgumentHelp("The address on which they are served. Default: 127.0.0.1; 0.0.0.0 for all.", valueName: "address"))
    var httpHost: String?
    @Option(help: ArgumentHelp("The certificate with which HTTPS is answered; with --http-key. Default: HTTP.", valueName: "file"))
    var httpCertificate: String?
    @Option(help: ArgumentHelp("The key of that certificate.", valueName: "file"))
    var httpKey: String?
    @Option(
        help: ArgumentHelp(
            "The names by which requests may call it besides localhost, so that no other web page reads it through a browser. Default: on a loopback address none, elsewhere any.",
            valueName: "names"))
    var httpNames: String?
    @Option(help: ArgumentHelp("Tells Home Assistant of the points, under its discovery prefix: usually homeassistant.", valueName: "prefix"))
    var homeAssistant: String?
    @OptionGroup var recording: RecordOptions
    @OptionGroup var common: CommonOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let startup = try Startup(common, recording: recording, role: "central", in: environment)
        let drivers = startup.network?.drivers ?? []
        let settings = CentralCore.Settings(
            software: NetworkContext.software,
            defaultVehicles: try AllSettings.vehicles.resolve(flag: vehicles, in: environment, default: 1),
            vehicles: Dictionary(uniqueKeysWithValues: drivers.map { ($0.id, $0.vehicles) }),
            tokens: Dictionary(drivers.flatMap { driver in driver.tokens.map { ($0, driver.id) } }) { first, _ in first },
            sessionDuration: try AllSettings.session.resolve(
                flag: session, in: environment, network: startup.network?.sessionDuration, default: Network.defaultSessionDuration))
        let stores = try EpochStore.open([startup.data.central], in: startup.data)
        let endpoint = try httpEndpoint(in: environment)
        let discovery = try AllSettings.homeAssistant.resolve(flag: homeAssistant, in: environment).map {
            DeviceDiscovery(prefix: $0, wire: startup.context.wire, version: NetworkContext.version)
        }
        if let discovery {
            startup.context.log.info("🏠 Home Assistant is told of the points under \(discovery.prefix)/", event: "home_assistant")
        }
        let names = try AllSettings.httpNames.resolve(flag: httpNames, in: environment)
        let certificate = try certificate(endpoint, in: environment)
        let token = try endpoint.map { _ in try findToken(startup, in: environment) }
        return try startup.run(ledger: startup.data.ledger) { host in
            let writer = try JournalWriter(loop: host.loop)
            guard let endpoint, let token else {
                return try stores.map {
                    try CentralService(
                        host: host, context: startup.context, settings: settings, store: $0, writer: writer, seed: newSeed(), discovery: discovery)
                }
            }
            // Before anything is measured.
            let registry = PrometheusRegistry(Descriptions.all)
            MetricsSystem.bootstrap(registry)
            var services: [any Service] = []
            for store in stores {
                let window = DashboardService.Window()
                let central = try CentralService(
                    host: host, context: startup.context, settings: settings, store: store, writer: writer, seed: newSeed(),
                    listener: window.listener,
                    discovery: discovery)
                services.append(central)
                services.append(
                    DashboardService(
                        host: host, log: startup.context.log, endpoint: endpoint, certificate: certificate, names: names, window: window,
                        central: central, token: token,
                        data: startup.data, registry: registry))
            }
            return services
        }
    }

    private func findToken(_ startup: Startup, in environment: Environment) throws -> AdminToken {
        let token = try AdminToken.find(try CentralCommand.chosenToken(in: environment), in: startup.data.central)
        if let fresh = token.fresh {
            startup.context.log.info(
                "🔑 The operator's token, told this once and kept in \(startup.data.central)/admin-token: \(fresh)", event: "admin_token",
                ["file": .text(startup.data.central + "/admin-token")])
        }
        return token
    }

    /// The operator's token that is set, if one is.
    static func chosenToken(in environment: Environment) throws -> String? {
        guard let chosen = environment[AllSettings.adminTokenVariable] else { return nil }
        guard AdminToken.isToken(chosen) else {
            throw SettingError(
                AllSettings.adminTokenVariable, value: "(not shown)",
                expected: "\(AdminToken.lengths.lowerBound) to \(AdminToken.lengths.upperBound) visible ASCII characters")
        }
        return chosen
    }

    private func certificate(_ endpoint: Endpoint?, in environment: Environment) throws -> ServerCertificate? {
        let file = try AllSettings.httpCertificate.resolve(flag: httpCertificate, in: environment)
        let key = try AllSettings.httpKey.resolve(flag: httpKey, in: environment)
        guard let file, let key else {
            guard file != nil || key != nil else { return nil }
            throw SettingError(
                file == nil ? AllSettings.httpCertificate.flag : AllSettings.httpKey.flag, value: nil,
                expected: "a file: certificate and key go together")
        }
        guard endpoint != nil else {
            throw SettingError(AllSettings.httpCertificate.flag, value: file, expected: "a port to serve, beside it: --http-port 8000")
        }
        return try ServerCertificate(file: file, key: key)
    }

    private func httpEndpoint(in environment: Environment) throws -> Endpoint? {
        guard let port = try AllSettings.httpPort.resolve(flag: httpPort, in: environment) else { return nil }
        return Endpoint(host: try AllSettings.httpHost.resolve(flag: httpHost, in: environment, default: "127.0.0.1"), port: port)
    }
}
