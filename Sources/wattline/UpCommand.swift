import ArgumentParser
import ChargingModel
import Identities
import LedgerStore
import Platform
import PostgreSQL
import Settings
import Supervisor
import Terminal

struct UpCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Runs a whole network on this machine: real processes, with a broker of its own.",
        discussion: """
            What dies is reported and started again; Ctrl-C stops it all. The state file up.json in the data directory names processes and ports.

            EXAMPLES
              wattline up
              wattline up --duration 10m --log-format json
              wattline up --drivers none                   # nobody asks but you
              wattline up --mqtt mqtt://192.168.1.10:1883  # with somebody else's broker
              wattline up --http-port 8080  # the dashboard at http://localhost:8080
              wattline up --ledger postgres://wattline@db/wattline --centrals 2
              wattline up --tls             # mqtts and https, by certificates of its own
              wattline up --open            # whoever is on this machine may say anything
              # steered with a token of your own; else it makes one and tells it once
              WATTLINE_ADMIN_TOKEN=$(openssl rand -hex 16) wattline up
            """)

    @Option(help: ArgumentHelp("Somebody else's broker: mqtt://host:port or mqtts://host:port. Default: a mosquitto of its own.", valueName: "url"))
    var mqtt: String?
    @Flag(help: "TLS alone, for the broker and the dashboard: certificates that are missing are made, see wattline certificates.")
    var tls = false
    @Option(help: ArgumentHelp("Whom to believe that they are somebody else's broker, with mqtts. Default: the system's.", valueName: "file"))
    var ca: String?
    @Option(help: ArgumentHelp("The port of its own broker. Default: 1883, or another one when that is taken.", valueName: "port"))
    var mqttPort: String?
    @Option(
        help: ArgumentHelp("The port of the dashboard. Default: 8000, or another one when that is taken.", valueName: "port")
    )
    var httpPort: String?
    @Option(help: ArgumentHelp("Serves stations that speak OCPP, on this port of this machine. Default: none.", valueName: "port"))
    var ocppPort: String?
    @Option(help: ArgumentHelp("After how long it stops by itself, like 90s or 10m.", valueName: "time"))
    var duration: String?
    @Option(help: ArgumentHelp("Which drivers of the network: all, none, or names separated by commas.", valueName: "names"))
    var drivers: String?
    @Option(help: ArgumentHelp("How long what died stays dead. Default: 1s.", valueName: "time"))
    var restartDelay: String?
    @Option(help: ArgumentHelp("How long a process may take to stop before it is killed. Default: 5s.", valueName: "time"))
    var grace: String?
    @Option(help: ArgumentHelp("Tells Home Assistant of the points, under its discovery prefix: usually homeassistant.", valueName: "prefix"))
    var homeAssistant: String?
    @Flag(
        help:
            "For experiments: its own broker asks nobody for a name, and whoever comes is served. Default: whoever has no name may look on, and say nothing."
    )
    var open = false
    @Option(help: ArgumentHelp("Who is served: known, or any. Default: as access in network.json has it, or known.", valueName: "who"))
    var access: String?
    @Option(
        help: ArgumentHelp("How many vehicles of a driver that network.json does not name may charge at a time. Default: 1.", valueName: "number"))
    var vehicles: String?
    @Option(
        help: ArgumentHelp(
            "Its own broker saves what it keeps that often. Default: after every tenth change; 60s for more than 200 points.", valueName: "time"))
    var saveEvery: String?
    @Option(
        help: ArgumentHelp(
            "A PostgreSQL server for the ledger: postgres://HOST/DATABASE, without a password. Default: a file in the data directory.",
            valueName: "url"))
    var ledger: String?
    @Option(help: ArgumentHelp("How many Centrals: one at work, the others wait. With a ledger on a server. Default: 1.", valueName: "number"))
    var centrals: String?
    @Option(help: ArgumentHelp("How long the others wait before one takes over. Default: 3s.", valueName: "time"))
    var lease: String?
    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: OutputOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        var (network, file) = try Network.find(flag: places.network, in: environment)
        let data = try places.dataDirectory(network, in: environment)
        try choose(&network, try AllSettings.drivers.resolve(flag: drivers, in: environment, default: .all))
        var options = UpOptions(network: network, networkFile: file, data: data)
        options.externalBroker = try AllSettings.mqtt.resolve(flag: mqtt, in: environment)
        options.mqttPort = try AllSettings.mqttPort.resolve(flag: mqttPort, in: environment)
        if let broker = options.externalBroker, let port = options.mqttPort {
            throw SettingError("--mqtt-port", value: "\(port)", expected: "not to be given together with the broker \(broker)")
        }
        options.ocppPort = try AllSettings.ocppPort.resolve(flag: ocppPort, in: environment)
        options.httpPort = try AllSettings.httpPort.resolve(flag: httpPort, in: environment)
        options.homeAssistant = try AllSettings.homeAssistant.resolve(flag: homeAssistant, in: environment)
        options.adminToken = try CentralCommand.sharedToken(in: environment, operators: OperatorStore(directory: data.shared))
        options.duration = try AllSettings.duration.resolve(flag: duration, in: environment)
        options.isOpen = try open || AllSettings.open.resolve(flag: nil, in: environment, default: false)
        if options.isOpen, let broker = options.externalBroker {
            throw SettingError("--open", value: nil, expected: "not to be given together with the broker \(broker), which asks as its owner says")
        }
        if let place = try LedgerPlace.server(flag: ledger, of: data, in: environment, recorded: false), case .server(let address) = place {
            options.ledger = address.text
        }
        options.lease = try AllSettings.lease.resolve(flag: lease, in: environment)
        options.leaseRenewal = try AllSettings.leaseRenewal.resolve(flag: nil, in: environment)
        if let lease, options.ledger == nil {
            throw SettingError(AllSettings.lease.flag, value: lease, expected: "a ledger on a server beside it: --ledger postgres://HOST/DATABASE")
        }
        options.centrals = try AllSettings.centrals.resolve(flag: centrals, in: environment, default: 1)
        guard options.centrals == 1 || options.ledger != nil else {
            throw SettingError(
                centrals == nil ? AllSettings.centrals.variable : AllSettings.centrals.flag, value: "\(options.centrals)",
                expected: "a ledger beside it that they can share: --ledger postgres://HOST/DATABASE")
        }
        options.access = try AllSettings.access.resolve(flag: access, in: environment)
        options.isSecure = tls
        if tls, let broker = options.externalBroker {
            throw SettingError("--tls", value: nil, expected: "not to be given together with the broker \(broker), whose TLS is its owner's")
        }
        if tls, options.isOpen {
            throw SettingError("--tls", value: nil, expected: "not to be given together with --open, where anybody may say anything")
        }
        options.authorities = try AllSettings.authorities.resolve(flag: ca, in: environment)
        if let authorities = options.authorities, options.externalBroker?.isSecure != true {
            throw SettingError(
                ca == nil ? AllSettings.authorities.variable : "--ca", value: authorities,
                expected: "somebody else's broker with TLS beside it: --mqtt mqtts://HOST:PORT. A broker of its own: --tls alone")
        }
        options.vehicles = try AllSettings.vehicles.resolve(flag: vehicles, in: environment)
        options.saveEvery = try AllSettings.saveEvery.resolve(flag: saveEvery, in: environment)
        if options.externalBroker != nil, options.saveEvery != nil {
            throw SettingError("--save-every", value: saveEvery, expected: "not to be given together with somebody else's broker")
        }
        options.restartDelay = try AllSettings.restartDelay.resolve(flag: restartDelay, in: environment, default: options.restartDelay)
        options.grace = try AllSettings.grace.resolve(flag: grace, in: environment, default: options.grace)
        options.passedOn = try passOn(environment)
        let log = try output.log(role: "up", in: environment)
        options.logFormat = log.format
        options.logLevel = log.level
        options.colors = log.colors
        return Supervisor.run(options)
    }

    /// The variables that `up` passes on to its processes: those that every process of a kind may have. One that belongs to one process only is not
    /// obeyed, and that is said.
    private func passOn(_ environment: Environment) throws -> [String: String] {
        _ = try AllSettings.keepalive.resolve(flag: nil, in: environment)
        _ = try AllSettings.session.resolve(flag: nil, in: environment)
        _ = try AllSettings.httpNames.resolve(flag: nil, in: environment)
        _ = try AllSettings.httpReading.resolve(flag: nil, in: environment)
        _ = try AllSettings.check.resolve(flag: nil, in: environment)
        let own =
            [
                AllSettings.mqtt, AllSettings.data, AllSettings.network, AllSettings.site, AllSettings.logFormat, AllSettings.logLevel,
                AllSettings.color,
                AllSettings.mqttPort, AllSettings.ocppPort, AllSettings.httpPort, AllSettings.duration, AllSettings.drivers, AllSettings.restartDelay,
                AllSettings.grace,
                AllSettings.homeAssistant, AllSettings.vehicles, AllSettings.saveEvery, AllSettings.open, AllSettings.access, AllSettings.authorities,
                AllSettings.ledger, AllSettings.lease, AllSettings.leaseRenewal, AllSettings.centrals,
            ] as [any NamedSetting]
        let passed = [
            AllSettings.keepalive.variable, AllSettings.session.variable, AllSettings.httpNames.variable, AllSettings.httpReading.variable,
            AllSettings.check.variable,
        ]
        for name in environment.variables.keys.sorted()
        where AllSettings.variables.contains(name) && name != AllSettings.adminTokenVariable && name != AllSettings.operatorSecretVariable
            && !passed.contains(name)
            && !own.contains(where: { $0.variable == name })
        {
            complain("⚠️  \(name) is set, but wattline up does not read it: it belongs to a single process")
        }
        return environment.variables.filter { passed.contains($0.key) && !$0.value.isEmpty }
    }

    private func choose(_ network: inout Network, _ choice: DriverChoice) throws {
        switch choice {
        case .all: break
        case .none: network.drivers = []
        case .some(let names):
            for name in names where network.driver(name) == nil {
                let known = network.drivers.map(\.id.text).joined(separator: ", ")
                throw SettingError("--drivers", value: name.text, expected: "a driver of the network (\(known)), all, or none")
            }
            network.drivers = network.drivers.filter { names.contains($0.id) }
        }
    }
}
