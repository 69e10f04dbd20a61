import Certificates
import ChargingModel
internal import Platform
import Settings
import Terminal

/// The plan of what `up` runs: every process with its ports, decided before the first one starts and kept over restarts.
struct ProcessPlan: Sendable {
    var broker: BrokerURL
    var isOwnBroker: Bool
    /// The port for those who come with a certificate of their own; `nil` without TLS.
    var certificatePort: UInt16?
    /// The port of the dashboard.
    var httpPort: UInt16
    var processes: [ProcessSpec]
    /// The environment of every process, as `NAME=value`.
    var environment: [String]
    /// Notices for people about ports that were taken.
    var notices: [String] = []

    /// Makes the plan. Finds programs, files and free ports; changes nothing.
    static func make(_ options: UpOptions) throws(UpError) -> ProcessPlan {
        guard let executable = options.executable ?? executablePath() else { throw UpError("can't find my own program in /proc", .failure) }
        var taken: Set<UInt16> = []
        var notices: [String] = []
        var processes: [ProcessSpec] = []
        let broker: BrokerURL
        if let external = options.externalBroker {
            broker = external
        } else {
            broker = BrokerURL(host: "127.0.0.1", port: try brokerPort(options, &notices), isSecure: options.isSecure)
            taken.insert(broker.port)
            processes.append(try brokerSpec(options, port: broker.port))
        }
        let httpPort = try httpPort(options, avoiding: taken, &notices)
        taken.insert(httpPort)
        let certificatePort = options.isSecure ? Ports.pick(preferred: BrokerURL.defaultSecurePort + 1, avoiding: taken) : nil
        if let certificatePort { taken.insert(certificatePort) }
        for number in 1...max(1, options.centrals) {
            guard let port = number == 1 ? httpPort : Ports.pick(preferred: httpPort &+ UInt16(number - 1), avoiding: taken) else {
                throw UpError("no free port for the dashboard of Central \(number)", .unavailable)
            }
            taken.insert(port)
            processes.append(centralSpec(options, number: number, port: port, executable: executable))
        }
        if let port = options.ocppPort {
            guard Ports.isFree(port), taken.insert(port).inserted else {
                throw UpError("port \(port) is in use by another program; choose another with --ocpp-port", .unavailable)
            }
            processes.append(
                ProcessSpec(
                    name: "gateway", role: .gateway, id: "", executable: executable, arguments: ["gateway", "--listen", "127.0.0.1:\(port)"],
                    port: port,
                    environment: environmentOfGateway(options)))
        }
        var nextPort = options.healthPortBase
        for point in options.network.points {
            guard let port = Ports.pick(preferred: nextPort, avoiding: taken) else { throw UpError("no free port for \(point.id)", .unavailable) }
            taken.insert(port)
            nextPort = port == .max || port < options.healthPortBase ? nextPort : port + 1
            let id = point.id.text
            processes.append(
                ProcessSpec(
                    name: "\(id) engine", role: .engine, id: id, executable: executable,
                    arguments: ["engine", "--cp", id, "--health-port", "\(port)"], port: port))
            processes.append(
                ProcessSpec(
                    name: "\(id) monitor", role: .monitor, id: id, executable: executable,
                    arguments: ["monitor", "--cp", id, "--engine", "127.0.0.1:\(port)"]))
        }
        for driver in options.network.drivers {
            let id = driver.id.text
            processes.append(ProcessSpec(name: id, role: .driver, id: id, executable: executable, arguments: ["driver", "--name", id]))
        }
        return ProcessPlan(
            broker: broker, isOwnBroker: options.externalBroker == nil, certificatePort: certificatePort, httpPort: httpPort, processes: processes,
            environment: environment(options, broker: broker),
            notices: notices)
    }

    private static func brokerPort(_ options: UpOptions, _ notices: inout [String]) throws(UpError) -> UInt16 {
        if let port = options.mqttPort {
            guard Ports.isFree(port) else {
                throw UpError("port \(port) is in use by another program; choose another with --mqtt-port, or none for a free one", .unavailable)
            }
            return port
        }
        let usual = options.isSecure ? BrokerURL.defaultSecurePort : BrokerURL.defaultPort
        if Ports.take(usual) { return usual }
        guard let port = Ports.pick(preferred: 18830, avoiding: []) else { throw UpError("no free port for the broker", .unavailable) }
        notices.append("port \(usual) is in use by another program; using \(port)")
        return port
    }

    private static func httpPort(_ options: UpOptions, avoiding taken: Set<UInt16>, _ notices: inout [String]) throws(UpError) -> UInt16 {
        if let port = options.httpPort, port != 0 {
            guard !taken.contains(port), Ports.isFree(port) else {
                throw UpError("port \(port) is in use by another program; choose another with --http-port, or none for a free one", .unavailable)
            }
            return port
        }
        guard let port = Ports.pick(preferred: UpOptions.usualHTTPPort, avoiding: taken) else {
            throw UpError("no free port for the dashboard", .unavailable)
        }
        if port != UpOptions.usualHTTPPort {
            notices.append("port \(UpOptions.usualHTTPPort) is in use by another program; the dashboard is on \(port)")
        }
        return port
    }

    private static func brokerSpec(_ options: UpOptions, port: UInt16) throws(UpError) -> ProcessSpec {
        guard let mosquitto = options.mosquitto ?? BrokerConfiguration.findMosquitto(path: options.environment["PATH"]) else {
            throw UpError("mosquitto is not installed: sudo apt-get install mosquitto (or give a broker with --mqtt mqtt://HOST:PORT)", .unavailable)
        }
        return ProcessSpec(
            name: "broker", role: .broker, id: "", executable: mosquitto, arguments: ["-c", options.data.broker + "/mosquitto.conf"],
            directory: options.data.broker, port: port)
    }

    private static func centralSpec(_ options: UpOptions, number: Int, port: UInt16, executable: String) -> ProcessSpec {
        ProcessSpec(
            name: number == 1 ? "central" : "central-\(number)", role: .central, id: "", executable: executable,
            arguments: ["central", "--http-port", "\(port)"] + (number == 1 ? [] : ["--number", "\(number)"])
                + (options.vehicles.map { ["--vehicles", "\($0)"] } ?? []) + (options.access.map { ["--access", $0.rawValue] } ?? []), port: port,
            environment: environmentOfCentral(options))
    }

    private static func environmentOfCentral(_ options: UpOptions) -> [String] {
        var variables = [
            AllSettings.adminTokenVariable: options.adminToken, AllSettings.homeAssistant.variable: options.homeAssistant,
            AllSettings.open.variable: options.isOpen ? "yes" : nil, AllSettings.ledger.variable: options.ledger,
            AllSettings.lease.variable: options.lease.map { "\($0.milliseconds)ms" },
            AllSettings.leaseRenewal.variable: options.leaseRenewal.map { "\($0.milliseconds)ms" },
        ]
        // How libpq finds the server, and its password: Central's alone.
        for (name, value) in options.environment.variables where name.hasPrefix("PG") { variables[name] = value }
        if options.isSecure {
            let store = SecureBroker.store(options)
            variables[AllSettings.httpCertificate.variable] = store.serverFile
            variables[AllSettings.httpKey.variable] = store.serverKeyFile
        }
        return variables.compactMap { name, value in value.map { "\(name)=\($0)" } }.sorted()
    }

    private static func environmentOfGateway(_ options: UpOptions) -> [String] {
        var variables = [AllSettings.open.variable: options.isOpen ? "yes" : nil]
        if options.isSecure {
            let store = SecureBroker.store(options)
            variables[AllSettings.ocppCertificate.variable] = store.serverFile
            variables[AllSettings.ocppKey.variable] = store.serverKeyFile
            variables[AllSettings.ocppClientsAuthority.variable] = store.authorityFile
        }
        return variables.compactMap { name, value in value.map { "\(name)=\($0)" } }.sorted()
    }

    private static func environment(_ options: UpOptions, broker: BrokerURL) -> [String] {
        var variables = options.environment.withoutSettings.variables.filter { !$0.key.hasPrefix("PG") }
            .merging(options.passedOn) { _, new in new }
        variables[AllSettings.mqtt.variable] = broker.description
        variables[AllSettings.authorities.variable] = options.isSecure ? SecureBroker.store(options).authorityFile : options.authorities.map(absolute)
        variables[AllSettings.data.variable] = options.data.root
        variables[AllSettings.network.variable] = absolute(options.networkFile)
        variables[AllSettings.site.variable] = options.data.site
        variables[AllSettings.logFormat.variable] = options.logFormat.rawValue
        variables[AllSettings.logLevel.variable] = options.logLevel.rawValue
        variables[AllSettings.color.variable] = options.colors ? "always" : "never"
        return variables.map { "\($0.key)=\($0.value)" }.sorted()
    }

    private static func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : DataDirectory(root: path).root }
}
