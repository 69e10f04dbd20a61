import ArgumentParser
import ChargingModel
import Platform
import Services
import Settings

struct MonitorCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor", abstract: "Watches engines: asks each for its health and tells Central when it doesn't answer.",
        discussion: """
            EXAMPLES
              wattline monitor --cp CP-011 --engine 127.0.0.1:18500
              # the points' engines on ports 20000, 20001, …
              wattline monitor --cp CP-0001..CP-1000 --engine 127.0.0.1:20000
            """)

    @Option(help: ArgumentHelp("The charge points: ids and ranges, separated by commas.", valueName: "ids"))
    var cp: String?
    @Option(help: ArgumentHelp("Where the engine answers: the first point's, the next points' on the next ports.", valueName: "host:port"))
    var engine: String?
    @Option(help: ArgumentHelp("The time between two checks. Default: 2s.", valueName: "time"))
    var check: String?
    @OptionGroup var health: HealthOptions
    @OptionGroup var recording: RecordOptions
    @OptionGroup var common: CommonOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let startup = try Startup(common, recording: recording, role: "monitor", in: environment)
        let points = try AllSettings.chargePoints.require(flag: cp, in: environment)
        let first = try AllSettings.engine.require(flag: engine, in: environment)
        guard Int(first.port) + points.count - 1 <= 65535 else {
            throw SettingError("--engine", value: "\(first)", expected: "room for \(points.count) ports up to 65535")
        }
        var checks = Monitor.Settings()
        checks.interval = try AllSettings.check.resolve(flag: check, in: environment, default: checks.interval)
        let timing = checks
        // Three of libmosquitto, the lock, and the socket of health checks.
        try DescriptorLimit.raise(for: points.count, each: 5)
        let stores = try EpochStore.open(points.map { startup.data.monitor($0) }, in: startup.data)
        return try startup.run(health: try health.endpoint(in: environment)) { host in
            let writer = try JournalWriter(loop: host.loop, log: startup.context.log)
            return try zip(points, stores).enumerated().map { index, pair in
                try MonitorService(
                    host: host, context: startup.context(for: pair.0.text), cp: pair.0,
                    engine: Endpoint(host: first.host, port: first.port + UInt16(index)), checks: timing, store: pair.1, writer: writer,
                    seed: newSeed())
            }
        }
    }
}
