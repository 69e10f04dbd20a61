import ArgumentParser
import Certificates
import ChargingProtocol
import EventLoop
import Glibc
import Identities
import MQTT
import Platform
import Services
import Settings
import Supervisor
import Terminal

/// The flags that every process of a network takes. All are texts: `Settings` says what is wrong with them.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where the broker is: mqtt://host:port, or mqtts://host:port with TLS.", valueName: "url"))
    var mqtt: String?

    @Option(
        help: ArgumentHelp(
            "The name to log in with, as `wattline credentials` keeps it. Default: the one in the data directory, if any.",
            valueName: "file or dir"))
    var credentials: String?

    @OptionGroup var trust: TrustOptions
    @OptionGroup var places: PlaceOptions
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("MQTT's keep-alive, from 5s. The broker gives up a dead connection 1.5 to 2.6 times that later.", valueName: "time"))
    var keepalive: String?
}

/// The places of files.
struct PlaceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The network's file; found by itself in the current directory or above the program.", valueName: "file"))
    var network: String?

    @Option(help: ArgumentHelp("The data directory. Default: $XDG_STATE_HOME/wattline or ~/.local/state/wattline.", valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("What goes in front of every topic.", valueName: "site"))
    var site: String?

    /// Reads the network's file, when there is one or one was asked for.
    func readNetwork(in environment: Environment) throws -> (network: Network, file: String)? {
        do {
            return try Network.find(flag: network, in: environment)
        } catch let error as InstalledFileError {
            if network != nil || environment[AllSettings.network.variable] != nil { throw error }
            return nil
        }
    }

    func dataDirectory(_ network: Network?, in environment: Environment) throws -> DataDirectory {
        let site = try AllSettings.site.resolve(flag: site, in: environment, network: network?.site)
        return try DataDirectory.resolve(flag: data, site: site, in: environment)
    }
}

/// The form of the lines.
struct OutputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Lines for people or machines: text or json.", valueName: "format"))
    var logFormat: String?

    @Option(help: ArgumentHelp("The least that is said: debug, info, warning or error.", valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"))
    var color: String?

    func log(role: String, id: String? = nil, in environment: Environment) throws -> Log {
        Log(
            role: role, id: id, format: try AllSettings.logFormat.resolve(flag: logFormat, in: environment, default: .text),
            level: try AllSettings.logLevel.resolve(flag: logLevel, in: environment, default: .info), colors: try colors(in: environment))
    }

    func colors(in environment: Environment) throws -> Bool {
        let choice = try AllSettings.color.resolve(flag: color, in: environment, default: .auto)
        return choice.resolve(isTerminal: isatty(STDOUT_FILENO) == 1, noColor: environment["NO_COLOR"], term: environment["TERM"])
    }
}

/// The address at which a process answers health checks.
struct HealthOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where health checks are answered (see: wattline health). Default: nowhere. 0: anywhere.", valueName: "port"))
    var healthPort: String?
    @Option(help: ArgumentHelp("The address on which they are answered. Default: 127.0.0.1; 0.0.0.0 for all.", valueName: "address"))
    var healthHost: String?

    func endpoint(in environment: Environment) throws -> Endpoint? {
        guard let port = try AllSettings.healthPort.resolve(flag: healthPort, in: environment) else { return nil }
        return Endpoint(host: try AllSettings.healthHost.resolve(flag: healthHost, in: environment, default: "127.0.0.1"), port: port)
    }
}

/// The file in which a process of a network records what it is told.
struct RecordOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Records all that comes in, for `wattline rerun`; the file must not be there yet.", valueName: "file"))
    var record: String?
}

/// The context of a service process, known before it starts.
struct Startup {
    let environment: Environment
    /// The network; `nil` when there is no `network.json`.
    let network: Network?
    let context: NetworkContext
    var data: DataDirectory { context.data }

    /// - Parameters:
    ///   - recording: of a process that can be recorded.
    ///   - number: which one it is of the Centrals that share the data directory.
    init(_ options: CommonOptions, recording: RecordOptions? = nil, role: String, number: Int = 1, in environment: Environment) throws {
        self.environment = environment
        network = try options.places.readNetwork(in: environment)?.network
        var data = try options.places.dataDirectory(network, in: environment)
        data.number = number
        let broker = try Startup.broker(options, data, in: environment)
        var context = NetworkContext(
            wire: Wire(site: data.site), broker: try options.trust.address(of: broker, options.credentials, data, in: environment),
            keepAlive: try AllSettings.keepalive.resolve(flag: options.keepalive, in: environment, default: .seconds(5)), data: data,
            log: try options.output.log(role: role, in: environment))
        context.credentials = try Startup.credentials(options, data, broker, in: environment)
        if let recording, let file = try AllSettings.record.resolve(flag: recording.record, in: environment) {
            let name = recording.record == nil ? AllSettings.record.variable : AllSettings.record.flag
            context.recorder = PartyRecorder(path: file, from: name)
        }
        self.context = context
    }

    /// The place of the names: as it was set, else those of the data directory, if there are any.
    private static func credentials(
        _ options: CommonOptions, _ data: DataDirectory, _ broker: BrokerURL, in environment: Environment
    ) throws -> CredentialSource? {
        if let user = environment[AllSettings.mqttUserVariable] {
            guard let file = environment[AllSettings.mqttPasswordFileVariable] else {
                throw SettingError(AllSettings.mqttPasswordFileVariable, value: nil, expected: "a file with the password of \(user)")
            }
            guard Password(file: file) != nil else {
                throw SettingError(AllSettings.mqttPasswordFileVariable, value: file, expected: "a file that can be read, with a password in it")
            }
            return .user(user, passwordFile: file)
        }
        guard let path = try AllSettings.credentials.resolve(flag: options.credentials, in: environment) else {
            // Who shows a certificate has the name that is in it.
            if try options.trust.certificateFile(in: environment) != nil { return nil }
            let store = IdentityStore(directory: data.credentials, site: data.site)
            guard store.exists else { return nil }
            // They are for the broker for which they were made, and not for whoever listens elsewhere.
            let made = try? store.credentials(of: Identity(.central, Identity.centralID)).broker
            guard broker.endpoint.isLoopback || broker.isSame(as: made) else {
                complain(
                    "⚠️  The names in \(store.directory) are not shown to \(broker), which they are not for; if they are: --credentials \(store.directory)"
                )
                return nil
            }
            return .directory(data.credentials)
        }
        if IdentityStore(directory: path, site: data.site).exists { return .directory(path) }
        _ = try Credentials(file: path)
        return .file(path)
    }

    /// The broker that was set; else the one of `wattline up` in the same data directory, which need not have the usual port; else this machine's.
    private static func broker(_ options: CommonOptions, _ data: DataDirectory, in environment: Environment) throws -> BrokerURL {
        if let broker = try AllSettings.mqtt.resolve(flag: options.mqtt, in: environment) { return broker }
        let usual = BrokerURL(host: "127.0.0.1")
        let running: BrokerURL?
        do throws(UnreadableState) {
            running = try ProcessTable.broker(data: data)
        } catch {
            complain("⚠️  \(error). The broker is taken to be \(usual); another one: --mqtt mqtt://HOST:PORT")
            return usual
        }
        guard let broker = running, broker != usual else { return usual }
        complain("▸ The broker is \(broker), as wattline up runs it in \(data.root); another one: --mqtt mqtt://HOST:PORT")
        return broker
    }

    /// The context of one of the process's points or of its driver.
    func context(for id: String) -> NetworkContext {
        var context = context
        context.log = context.log.with(id: id)
        return context
    }

    /// Runs services until a signal comes or one of them fails.
    /// - Parameters:
    ///   - health: the address where all of them together answer health checks.
    ///   - ledger: Central's, of which a recording keeps a copy.
    /// - Throws: when what was asked for can't be recorded.
    func run(
        health: Endpoint? = nil, ledger: String? = nil, _ prepare: @escaping @Sendable (Host) throws -> [any Service]
    ) throws -> ProcessExit {
        EventLoop.blockSignals()
        guard let recorder = context.recorder else { return Host.run(log: context.log, health: health, prepare) }
        try recorder.open(ledger: ledger)
        defer { recorder.close() }
        context.log.info("⏺️  All that comes in is recorded in \(recorder.path)", event: "recording", ["file": .text(recorder.path)])
        return Host.run(log: context.log, health: health) { host in
            let recording = RecordingService(host: host, recorder: recorder)
            recording.watch()
            return try prepare(host) + [recording]
        }
    }
}

/// A seed for a core's random numbers.
func newSeed() -> UInt64 { UInt64.random(in: .min ... .max) }

/// Writes a text on standard error.
func complain(_ text: String) { DescriptorSink.standardError.write(Array((harmless(text) + "\n").utf8)) }
