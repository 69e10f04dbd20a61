import ArgumentParser
import ChargingModel
import ChargingProtocol
import Identities
import Platform
import ServerTLS
import Services
import Settings
import WebSocketDoor

struct GatewayCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway", abstract: "Brings in stations that speak OCPP 1.6-J or 2.0.1: each connector is a charge point.",
        discussion: """
            A station connects to ws://HOST:PORT/ocpp/ID with the password that
            `wattline credentials add station ID` prints. Connector 1 of station ST-1 is
            the charge point ST-1, connector 2 is ST-1_2; `stations` in network.json can give
            them other ids, a rating, a price and a kind. docs/ocpp.md says the rest.

            EXAMPLES
              wattline gateway
              wattline gateway --listen 0.0.0.0:9000 --power 11 --price 0.35
              wattline gateway --listen 0.0.0.0:9000 --ocpp-certificate server.pem \\
                  --ocpp-key server.key
            """)

    @Option(help: ArgumentHelp("Where stations connect. Default: 127.0.0.1:9000.", valueName: "host:port"))
    var listen: String?
    @Option(help: ArgumentHelp("The rating of points of which network.json says none. Default: 22.", valueName: "kW"))
    var power: String?
    @Option(help: ArgumentHelp("Their price in €/kWh. Default: 0.30.", valueName: "price"))
    var price: String?
    @Option(help: ArgumentHelp("Stations that are taken for 1.6 when they offer no version, separated by commas.", valueName: "ids"))
    var assume16: String?
    @Option(help: ArgumentHelp("The certificate for wss://; with --ocpp-key. Default: ws://.", valueName: "file"))
    var ocppCertificate: String?
    @Option(help: ArgumentHelp("The key of that certificate.", valueName: "file"))
    var ocppKey: String?
    @Option(
        help: ArgumentHelp(
            "The authorities of stations' own certificates, which stand for a password (security profile 3).", valueName: "file"))
    var ocppClientsCa: String?
    @Flag(help: "For experiments, on this machine alone: whatever station comes is let in, without a password.")
    var open = false
    @OptionGroup var health: HealthOptions
    @OptionGroup var common: CommonOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let startup = try Startup(common, role: "gateway", in: environment)
        let endpoint = try AllSettings.listen.resolve(flag: listen, in: environment, default: Endpoint(host: "127.0.0.1", port: 9000))
        let names = IdentityStore(directory: startup.data.credentials, site: startup.data.site)
        let isOpen = try AllSettings.open.resolve(flag: open ? "yes" : nil, in: environment, default: false) || !names.exists
        guard !isOpen || endpoint.isLoopback else {
            throw SettingError(
                "--listen", value: "\(endpoint)", expected: "a loopback address, as long as stations need no password: wattline credentials init")
        }
        var door = DoorSettings(host: endpoint.host, port: endpoint.port, certificate: try certificate(in: environment))
        door.stations = 10_000
        let context = startup.context(asGateway: names)
        let name = context.gatewayName
        let settings = GatewayService.Settings(
            door: door, assumed16: Set((assume16 ?? "").split(separator: ",").map(String.init)), isOpen: isOpen, name: name, network: startup.network,
            power: try AllSettings.power.resolve(flag: power, in: environment, default: Power(watts: 22_000)),
            price: try AllSettings.price.resolve(flag: price, in: environment, default: Price(microEuroPerKilowattHour: 300_000)))
        let stores = try GatewayService.Stores.open(name, network: startup.network, in: startup.data)
        return try startup.run(health: try health.endpoint(in: environment)) { host in
            [try GatewayService(host: host, context: context, settings: settings, stores: stores, names: names)]
        }
    }

    private func certificate(in environment: Environment) throws -> ServerCertificate? {
        let flags = ServerCertificate.Flags(
            certificate: AllSettings.ocppCertificate.flag, key: AllSettings.ocppKey.flag, clients: AllSettings.ocppClientsAuthority.flag)
        let file = try AllSettings.ocppCertificate.resolve(flag: ocppCertificate, in: environment)
        let key = try AllSettings.ocppKey.resolve(flag: ocppKey, in: environment)
        let authority = try AllSettings.ocppClientsAuthority.resolve(flag: ocppClientsCa, in: environment)
        guard let file, let key else {
            guard file != nil || key != nil || authority != nil else { return nil }
            throw SettingError(file == nil ? flags.certificate : flags.key, value: nil, expected: "a file: certificate and key go together")
        }
        return try ServerCertificate(
            file: file, key: key, clients: authority.map { ServerCertificate.Clients(authorityFile: $0, areRequired: false) }, flags: flags)
    }
}

extension NetworkContext {
    /// The gateway's id: that of its name on the bus, as far as it has one of a gateway's.
    fileprivate var gatewayName: GatewayID {
        let own = GatewayID(known: Identity.gatewayID)
        guard case .file(let file)? = credentials, let user = (try? Credentials(file: file))?.username else { return own }
        let parts = user.split(separator: ":")
        return parts.count == 2 && parts[0] == Role.gateway.rawValue ? GatewayID(String(parts[1])) ?? own : own
    }
}

extension Startup {
    /// The context of a gateway: its parties log in under the gateway's name.
    func context(asGateway names: IdentityStore) -> NetworkContext {
        var context = context
        if case .directory(let directory)? = context.credentials, let identity = try? Identity(.gateway, Identity.gatewayID) {
            context.credentials = .file(IdentityStore(directory: directory, site: nil).file(of: identity))
        }
        return context
    }
}
