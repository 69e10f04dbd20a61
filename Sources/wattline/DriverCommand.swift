import ArgumentParser
import ChargingModel
import Platform
import Services
import Settings

struct DriverCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "driver", abstract: "Asks for charges, again and again, and takes what Central answers.",
        discussion: """
            What a driver of network.json does is said there; flags win.

            EXAMPLES
              wattline driver --name driver-alice
              wattline driver --name driver-frank --every 5s --points CP-001,CP-011
              wattline driver --name driver-grace --every 500ms --vehicles 2 \\
                  --file points.txt
            """)

    @Option(help: ArgumentHelp("The driver's name.", valueName: "id"))
    var name: String?
    @Option(help: ArgumentHelp("From one request to the next, like 5s or 500ms. Default: 5s.", valueName: "time"))
    var every: String?
    @Option(help: ArgumentHelp("How many may charge at a time; Central has a say in it, too.", valueName: "number"))
    var vehicles: String?
    @Option(help: ArgumentHelp("The points it asks for, in turn. Default: those of network.json; without one, anywhere.", valueName: "ids"))
    var points: String?
    @Option(help: ArgumentHelp("A file of points, one id a line.", valueName: "file"))
    var file: String?
    @OptionGroup var health: HealthOptions
    @OptionGroup var recording: RecordOptions
    @OptionGroup var common: CommonOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let startup = try Startup(common, recording: recording, role: "driver", in: environment)
        let driver = try AllSettings.driver.require(flag: name, in: environment)
        let known = startup.network?.driver(driver)
        let points = try pointsInTurn(startup, known)
        let settings = Driver.Settings(
            driver: driver, interval: try AllSettings.every.resolve(flag: every, in: environment, network: known?.every, default: .seconds(5)),
            vehicles: try AllSettings.vehicles.resolve(flag: vehicles, in: environment, network: known?.vehicles, default: 1),
            points: points, firstPoint: firstPoint(of: driver, points, startup.network))
        return try startup.run(health: try health.endpoint(in: environment)) { host in
            [try DriverService(host: host, context: startup.context(for: driver.text), settings: settings, seed: newSeed())]
        }
    }

    private func pointsInTurn(_ startup: Startup, _ known: Network.Driver?) throws -> [ChargePointID] {
        let environment = startup.environment
        let listed = try AllSettings.points.resolve(flag: points, in: environment)
        let path = try AllSettings.file.resolve(flag: file, in: environment)
        if let path {
            guard listed == nil else { throw SettingError("--file", value: path, expected: "not to be given together with --points") }
            return try PointList.read(path)
        }
        return listed ?? known?.points ?? startup.network?.points.map(\.id) ?? []
    }

    /// The index of the point at which a driver begins: those of a network begin at different points.
    private func firstPoint(of driver: DriverID, _ points: [ChargePointID], _ network: Network?) -> Int {
        guard let network, let index = network.drivers.firstIndex(where: { $0.id == driver }) else { return 0 }
        return index * points.count / network.drivers.count
    }
}
