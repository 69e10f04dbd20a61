import ArgumentParser
import ChargingModel
import Platform
import Services
import Settings

struct EngineCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine", abstract: "Runs charge points: state, meter, telemetry, and answers to health checks.",
        discussion: """
            Rating, price and kind come from network.json, or from the flags for a point that is not in it.

            EXAMPLES
              wattline engine --cp CP-001
              wattline engine --cp CP-011 --power 22 --price 0.30 --kind "Standard AC" \\
                  --health-port 18500
              wattline engine --cp CP-0001..CP-1000 --power 50 --price 0.35 \\
                  --health-port 20000
            """)

    @Option(help: ArgumentHelp("The charge points: ids and ranges, separated by commas.", valueName: "ids"))
    var cp: String?
    @Option(
        help: ArgumentHelp(
            "Where health checks are answered: the first point's port, the next points on the next ones. 0: anywhere.", valueName: "port"))
    var healthPort: String?
    @Option(help: ArgumentHelp("The address on which they are answered. Default: 127.0.0.1; 0.0.0.0 for all.", valueName: "address"))
    var healthHost: String?
    @Option(help: ArgumentHelp("The rating in kW.", valueName: "kW"))
    var power: String?
    @Option(help: ArgumentHelp("The price in €/kWh.", valueName: "price"))
    var price: String?
    @Option(help: ArgumentHelp("What it is, for people.", valueName: "text"))
    var kind: String?
    @OptionGroup var recording: RecordOptions
    @OptionGroup var common: CommonOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let startup = try Startup(common, recording: recording, role: "engine", in: environment)
        let points = try AllSettings.chargePoints.require(flag: cp, in: environment)
        let specifications = try points.map { try specification(of: $0, startup) }
        let addresses = try healthAddresses(points.count, in: environment)
        // Three of libmosquitto, the lock, and the socket of health checks.
        try DescriptorLimit.raise(for: points.count, each: 5)
        let stores = try EngineStore.open(points, in: startup.data)
        return try startup.run { host in
            let writer = try JournalWriter(loop: host.loop, log: startup.context.log)
            return try zip(zip(specifications, stores), addresses).map { pair, address in
                try EngineService(
                    host: host, context: startup.context(for: pair.0.cp.text), specification: pair.0, store: pair.1, writer: writer, health: address,
                    seed: newSeed())
            }
        }
    }

    private func specification(of cp: ChargePointID, _ startup: Startup) throws -> EngineCore.Specification {
        let known = startup.network?.point(cp)
        let environment = startup.environment
        guard let power = try AllSettings.power.resolve(flag: power, in: environment, network: known?.power) else {
            throw SettingError("--power", value: nil, expected: AllSettings.power.parser.expected + ": \(cp) is not in network.json")
        }
        guard let price = try AllSettings.price.resolve(flag: price, in: environment, network: known?.price) else {
            throw SettingError("--price", value: nil, expected: AllSettings.price.parser.expected + ": \(cp) is not in network.json")
        }
        return EngineCore.Specification(
            cp: cp, power: power, price: price,
            kind: try AllSettings.kind.resolve(flag: kind, in: environment, network: known?.kind, default: "Charge point"),
            software: NetworkContext.software, sessionDuration: startup.network?.sessionDuration ?? Network.defaultSessionDuration)
    }

    private func healthAddresses(_ count: Int, in environment: Environment) throws -> [Endpoint] {
        let first = try AllSettings.healthPort.resolve(flag: healthPort, in: environment, default: 0)
        let host = try AllSettings.healthHost.resolve(flag: healthHost, in: environment, default: "127.0.0.1")
        guard first == 0 || Int(first) + count - 1 <= 65535 else {
            throw SettingError("--health-port", value: "\(first)", expected: "room for \(count) ports up to 65535")
        }
        return (0..<count).map { Endpoint(host: host, port: first == 0 ? 0 : first + UInt16($0)) }
    }
}
