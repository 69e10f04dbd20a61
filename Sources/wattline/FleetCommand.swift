import ArgumentParser
import ChargingModel
import EventLoop
import Fleet
import Glibc
import MQTT
import Platform
import Services
import Settings
import Supervisor
import Terminal

struct FleetCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet", abstract: "Thousands of points and drivers on a broker that runs, to see what it and Central can take.",
        discussion: """
            Real engines and monitors, each with its own connection, last will, epoch and journal, in a few processes. Drivers have an account and a \
            vehicle for each point; with fewer --drivers each has several, which Central must be told (--vehicles). A monitor and its engine share a \
            process, so a check is a call. Sessions that are open at the end fail as when an engine stops.

            EXAMPLES
              # a network for it, and in another terminal the fleet
              wattline up --data /tmp/wattline-fleet --drivers none --save-every 60s
              wattline fleet --data /tmp/wattline-fleet --points 1000
              wattline fleet --points 4000 --session 40s --rate 100 --duration 5m --json
              wattline fleet --mqtt mqtt://192.168.1.10:1883 --points 200 --supplying 30%
              # people come as they do, a day of them in a day
              wattline fleet --points 500 --supplying demand --drivers 1500
              # stations that speak OCPP, to any backend
              wattline fleet --ocpp 1.6 --url ws://127.0.0.1:9000/ocpp --points 100 \\
                  --token CARD-7
            """)

    @Option(help: ArgumentHelp("Charge points, 1–100000.", valueName: "number"))
    var points: String?
    @Option(help: ArgumentHelp("How many of the points supply, like 100%; or demand: people come and go. Default: 100%.", valueName: "share"))
    var supplying: String?
    @Option(
        help: ArgumentHelp("Drivers, 0–100000. Default: one for each point that supplies; three for each of --supplying demand.", valueName: "number")
    )
    var drivers: String?
    @Option(help: ArgumentHelp("The most requests a second, of all drivers. Default: as soon as a vehicle is free.", valueName: "number"))
    var rate: String?
    @Option(help: ArgumentHelp("How many connections are opened a second. Default: 500.", valueName: "number"))
    var connectRate: String?
    @Option(help: ArgumentHelp("After how long it stops by itself, like 90s or 10m. Default: never.", valueName: "time"))
    var duration: String?
    @Option(help: ArgumentHelp("How long a session lasts. Default: 10s.", valueName: "time"))
    var session: String?
    @Option(help: ArgumentHelp("The time between two checks of a monitor. Default: 2s.", valueName: "time"))
    var check: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("What is random is drawn from this. Default: a new one.", valueName: "number"))
    var seed: String?
    @Option(help: ArgumentHelp("What the points' ids begin with. Default: FLEET.", valueName: "id"))
    var name: String?
    @Option(help: ArgumentHelp("Stations of this version of OCPP, 1.6 or 2.0.1, instead of points on the bus; with --url.", valueName: "version"))
    var ocpp: String?
    @Option(help: ArgumentHelp("Their backend: ws://HOST:PORT/PATH, or wss://…; each station's id is put behind it.", valueName: "url"))
    var url: String?
    @Option(help: ArgumentHelp("From one meter value of a station to the next. Default: 1s.", valueName: "time"))
    var sample: String?
    @Option(help: ArgumentHelp("A card that is shown at stations; of several each station has one.", valueName: "card"))
    var token: [String] = []
    @Option(help: ArgumentHelp("From one card to the next: one begins a charge, the next one ends it. Default: 30s.", valueName: "time"))
    var every: String?
    @Option(help: ArgumentHelp("The network of a station is gone for so long, about every minute: like 10s..40s.", valueName: "range"))
    var offline: String?
    @Option(help: ArgumentHelp("An oddity of all stations, see wattline station --list-quirks.", valueName: "name"))
    var quirk: [String] = []
    @Option(help: ArgumentHelp("A file with the password of all stations.", valueName: "file"))
    var passwordFile: String?
    @Flag(help: "Ends with one JSON object of what was counted, and prints nothing else.")
    var json = false
    @OptionGroup var common: CommonOptions

    // What its processes are told.
    @Option(help: .hidden) var part: Int?
    @Option(help: .hidden) var parts: Int?
    @Option(help: .hidden) var source: String?

    func execute(in environment: Environment) throws -> ProcessExit {
        if ocpp != nil || url != nil { return try runStations(in: environment) }
        for (name, value) in [
            ("--sample", sample), ("--token", token.first), ("--every", every), ("--offline", offline), ("--quirk", quirk.first),
            ("--password-file", passwordFile),
        ] {
            if let value { throw SettingError(name, value: value, expected: "--ocpp and --url with it: it is for stations", processExit: .usage) }
        }
        let startup = try Startup(common, role: "fleet", in: environment)
        let plan = try plan(in: environment)
        if let part {
            guard (0..<plan.processes).contains(part) else {
                throw SettingError("--part", value: "\(part)", expected: "what a fleet tells its processes")
            }
            return try work(part, plan, startup)
        }
        return try run(plan, startup, in: environment)
    }

    private func plan(in environment: Environment) throws -> FleetPlan {
        func number<Value>(_ text: String?, _ name: String, _ parser: ValueParser<Value>) throws -> Value? {
            try text.map { try parser.value(of: $0, from: name) }
        }
        guard let points = try number(points, "--points", .integer(in: 1...100_000, of: "a number of points")) else {
            throw SettingError("--points", value: nil, expected: "a number of points, 1–100000, but it is not set", processExit: .usage)
        }
        let plan = FleetPlan(
            name: try number(name, "--name", .fleetName) ?? "FLEET", points: points,
            drivers: try number(drivers, "--drivers", .integer(in: 0...100_000, of: "a number of drivers")),
            supplying: try number(supplying, "--supplying", .supplying) ?? .share(percent: 100),
            requests: try number(rate, "--rate", .rate), connects: try number(connectRate, "--connect-rate", .rate) ?? .init(thousandths: 500_000),
            session: try AllSettings.session.resolve(flag: session, in: environment, default: Network.defaultSessionDuration),
            check: try AllSettings.check.resolve(flag: check, in: environment, default: Monitor.Settings().interval),
            seed: try number(seed, "--seed", .seed) ?? UInt64(UInt32.random(in: .min ... .max)), processes: max(1, parts ?? 1))
        guard plan.vehiclesPerDriver <= 100 else {
            let least = (plan.wanted + 99) / 100
            throw SettingError(
                "--drivers", value: drivers, expected: "at least \(least): a driver has at most 100 vehicles, one for each of its points")
        }
        return plan
    }

    // MARK: One of its processes

    private func work(_ part: Int, _ plan: FleetPlan, _ startup: Startup) throws -> ProcessExit {
        DescriptorLimit.raise()
        var context = startup.context
        context.log = Log(
            role: "fleet", format: context.log.format, level: max(.warning, context.log.level), colors: context.log.colors,
            sink: DescriptorSink.standardError)
        context.sourceAddress = source
        EventLoop.blockSignals()
        // Where everybody has a name, thousands come under the owner's.
        if let own = context.credentials?.forEverybody { context.credentials = own }
        let settings = context
        return Host.run(log: settings.log) { host in [try FleetWorker(host: host, context: settings, plan: plan, process: part)] }
    }

    // MARK: The one that sums up

    private func run(_ chosen: FleetPlan, _ startup: Startup, in environment: Environment) throws -> ProcessExit {
        var plan = chosen
        let broker = startup.context.broker
        guard Ports.answers(host: broker.host, port: broker.port, within: 3000) else {
            throw FleetError(
                description: "no broker answers at \(broker). One with a Central: wattline up --drivers none", processExit: .unavailable)
        }
        let ports = FleetLimits.portRange()
        plan.processes = try FleetLimits.processes(
            for: plan, descriptors: DescriptorLimit.raise(), cores: max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))),
            ports: ports)
        // A certificate is for a name.
        let host = broker.host == "localhost" && broker.tls == nil ? "127.0.0.1" : broker.host
        let url = BrokerURL(host: host, port: broker.port, isSecure: broker.tls != nil)
        let isLoopback = host.hasPrefix("127.")
        let sources = try FleetLimits.sources(for: plan, ports: ports, isLoopback: isLoopback)
        if isLoopback { try FleetLimits.checkBroker(port: broker.port, connections: plan.connections) }
        guard let executable = executablePath() else { throw FleetError(description: "can't find my own program in /proc", processExit: .failure) }
        let own = Array(CommandLine.arguments.dropFirst())
        let (processes, seed) = (plan.processes, plan.seed)
        return FleetRun.run(
            FleetRun.Settings(
                plan: plan, executable: executable,
                arguments: { part in
                    own + ["--mqtt", "\(url)", "--part", "\(part)", "--parts", "\(processes)"]
                        + ["--seed", "\(seed)"] + (sources.map { ["--source", $0[part]] } ?? [])
                },
                environment: environment.variables.map { "\($0.key)=\($0.value)" }.sorted(),
                duration: try AllSettings.duration.resolve(flag: duration, in: environment), isJSON: json,
                isTerminal: isatty(json ? STDERR_FILENO : STDOUT_FILENO) == 1 && isatty(STDERR_FILENO) == 1))
    }
}

/// The reason why a fleet could not start.
private struct FleetError: ProcessFailure, CustomStringConvertible {
    let description: String
    let processExit: ProcessExit
}

extension ValueParser where Value == FleetPlan.Supplying {
    fileprivate static var supplying: ValueParser {
        ValueParser(expected: "a share of the points like 100%, from 0% to 100%, or demand") { text in
            if text == "demand" { return .demand }
            guard text.hasSuffix("%") else { return nil }
            return ValueParser<Int>.integer(in: 0...100, of: "a share")(String(text.dropLast())).map { .share(percent: $0) }
        }
    }
}

extension ValueParser where Value == FleetPlan.Rate {
    fileprivate static var rate: ValueParser {
        let number = ValueParser<Int64>.thousandths(in: 1...100_000_000, expected: "a number a second like 100, 0.5 or 100/s, from 0.001 to 100000")
        return ValueParser(expected: number.expected) { text in
            number(text.hasSuffix("/s") ? String(text.dropLast(2)) : text).map { FleetPlan.Rate(thousandths: $0) }
        }
    }
}

extension ValueParser where Value == String {
    /// A beginning of ids with room for a number and for "driver".
    fileprivate static var fleetName: ValueParser {
        ValueParser(expected: "a beginning of ids: 1–20 letters, digits, '_' or '-', the first a letter or digit") { text in
            text.utf8.count <= 20 && ChargePointID(text) != nil ? text : nil
        }
    }
}
