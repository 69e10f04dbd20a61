import ArgumentParser
import ChargingModel
import Dashboard
import HomeAssistant
import Identities
import LedgerStore
import Metrics
import Platform
import Prometheus
import ServerTLS
import Services
import Settings
import Terminal

struct CentralCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "central", abstract: "Arbitrates: believes what it hears, decides on drivers' requests, closes every session once.",
        discussion: """
            The drivers' numbers of vehicles and the usual duration of a session come from network.json. Known is who is there, or has a name \
            (wattline credentials), which may come while it runs; others are turned away, or served with --access any.

            EXAMPLES
              wattline central
              # with the dashboard at http://localhost:8000
              wattline central --http-port 8000
              # whoever comes is served, with two vehicles each
              wattline central --access any --vehicles 2
              wattline central --mqtt mqtt://broker:1883 --session 30s \\
                  --data /var/lib/wattline
              # one of two that share a ledger: the other one waits
              wattline central --ledger postgres://wattline@db/wattline

            The HTTP API can be read by whoever reaches it; to steer, one signs in: with an operator's secret (wattline operators add), or with the \
            shared token: WATTLINE_ADMIN_TOKEN, or one that is made at the first start.
            """)

    @Option(help: ArgumentHelp("How long a session lasts whose request doesn't say.", valueName: "time"))
    var session: String?
    @Option(help: ArgumentHelp("Who is served: known, or any. Default: as access in network.json has it, or known.", valueName: "who"))
    var access: String?
    @Option(
        help: ArgumentHelp("How many vehicles of a driver that network.json does not name may charge at a time. Default: 1.", valueName: "number"))
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
    @Option(
        help: ArgumentHelp(
            "Who may read over HTTP who charges where, when and for how much: open (whoever reaches it) or signed-in. Default: open.",
            valueName: "who"))
    var httpReading: String?
    @Option(help: ArgumentHelp("Tells Home Assistant of the points, under its discovery prefix: usually homeassistant.", valueName: "prefix"))
    var homeAssistant: String?
    @Option(
        help: ArgumentHelp(
            "A PostgreSQL server for the ledger: postgres://HOST/DATABASE, without a password. Default: a file in the data directory.",
            valueName: "url"))
    var ledger: String?
    @OptionGroup var turn: TurnOptions
    @OptionGroup var recording: RecordOptions
    @OptionGroup var common: CommonOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let number = try AllSettings.number.resolve(flag: turn.number, in: environment, default: 1)
        let startup = try Startup(common, recording: recording, role: "central", number: number, in: environment)
        try DataDirectory.create(startup.data.shared)
        let drivers = startup.network?.drivers ?? []
        var parties = try knownParties(startup, in: environment)
        let listed = try parties.news() ?? .open
        let known = parties
        let settings = CentralCore.Settings(
            software: NetworkContext.software,
            defaultVehicles: try AllSettings.vehicles.resolve(flag: vehicles, in: environment, default: 1),
            vehicles: Dictionary(uniqueKeysWithValues: drivers.map { ($0.id, $0.vehicles) }),
            tokens: Dictionary(drivers.flatMap { driver in driver.tokens.map { ($0, driver.id) } }) { first, _ in first },
            access: listed,
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
        let reading = try AllSettings.httpReading.resolve(flag: httpReading, in: environment, default: .open)
        let certificate = try certificate(endpoint, in: environment)
        let token = try endpoint.map { _ in try findToken(startup, in: environment) }
        let place = try LedgerPlace.server(flag: ledger, of: startup.data, in: environment, recorded: startup.context.recorder != nil)
        let ledger = try turn.ledger(at: place, startup, in: environment)
        return try startup.run(ledger: startup.data.ledger) { host in
            let writer = try JournalWriter(loop: host.loop)
            guard let endpoint, let token else {
                return try stores.map {
                    try CentralService(
                        host: host, context: startup.context, settings: settings, store: $0, writer: writer, seed: newSeed(), ledger: ledger,
                        known: known, discovery: discovery)
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
                    ledger: ledger, known: known, listener: window.listener,
                    discovery: discovery)
                services.append(central)
                services.append(
                    DashboardService(
                        host: host, log: startup.context.log, endpoint: endpoint, certificate: certificate, names: names, reading: reading,
                        window: window, central: central, token: token, ledger: place, data: startup.data, registry: registry))
            }
            return services
        }
    }

    /// Who is served: as it was set, as the network has it, or who is known.
    static func access(_ flag: String?, _ network: Network?, in environment: Environment) throws -> Network.Access {
        let isOpen = try AllSettings.open.resolve(flag: nil, in: environment, default: false)
        let said = try AllSettings.access.resolve(flag: flag, in: environment) ?? (isOpen ? .any : nil)
        return said.map { Network.Access(drivers: $0, points: $0) } ?? network?.access ?? Network.Access()
    }

    /// Who is known; said where that is everybody, or nobody.
    private func knownParties(_ startup: Startup, in environment: Environment) throws -> KnownParties {
        let choice = try CentralCommand.access(access, startup.network, in: environment)
        let names = IdentityStore(directory: startup.data.credentials, site: startup.data.site)
        if choice != .any, startup.network == nil, !names.exists {
            startup.context.log.warning(
                "⚠️  Nobody is known: there is no network.json, and nobody has a name (wattline credentials). To serve whoever comes: --access any",
                event: "nobody_known")
        }
        return KnownParties(choice, network: startup.network, names: names)
    }

    private func findToken(_ startup: Startup, in environment: Environment) throws -> AdminToken {
        let token = try AdminToken.find(
            try CentralCommand.sharedToken(in: environment, operators: OperatorStore(directory: startup.data.shared)), in: startup.data.shared)
        if let fresh = token.fresh {
            startup.context.log.info(
                "🔑 The shared token, told this once and kept in \(startup.data.shared)/admin-token: \(fresh)", event: "admin_token",
                ["file": .text(startup.data.shared + "/admin-token")])
        }
        return token
    }

    /// The secret in a variable, if one is there.
    static func secret(_ variable: String, in environment: Environment) throws -> String? {
        guard let chosen = environment[variable] else { return nil }
        guard AdminToken.isToken(chosen) else {
            throw SettingError(
                variable, value: "(not shown)",
                expected: "\(AdminToken.lengths.lowerBound) to \(AdminToken.lengths.upperBound) visible ASCII characters")
        }
        return chosen
    }

    /// The shared token that is set, if one is. Nobody's secret: who has that would be everybody.
    static func sharedToken(in environment: Environment, operators: OperatorStore) throws -> String? {
        guard let chosen = try secret(AllSettings.adminTokenVariable, in: environment) else { return nil }
        if let owner = (try? operators.read())?.owner(of: chosen) {
            throw SettingError(
                AllSettings.adminTokenVariable, value: "(not shown)",
                expected:
                    "a token of its own: this is the secret of the operator \(owner.name), which commands take as \(AllSettings.operatorSecretVariable)"
            )
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
