import ArgumentParser
import Chaos
import ChargingModel
import ChargingProtocol
import EventLoop
import MQTT
import Platform
import Services
import Settings
import Supervisor
import Terminal

struct ChaosCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "chaos", abstract: "Breaks a running network on purpose, by a seed, and checks that nothing is lost or billed twice.",
        discussion: """
            Kills, hangs, restarts and (in containers) cuts off engines, monitors, drivers, the gateway, Central and the broker; waits until everybody serves \
            again; then has the ledger audited. The same seed makes the same plan. Exit code 0 when everything held, 1 when something did not.

            EXAMPLES
              wattline chaos  # a minute on the network that `wattline up` runs
              wattline chaos --seed 42 --duration 10m --only engine,central
              # on the compose stack of this directory
              wattline chaos --target compose --duration 5m
              wattline chaos --seed 42 --dry-run  # what it would do
              wattline chaos --stranger --only none  # somebody lies, and nothing breaks
            """)

    @Option(help: ArgumentHelp("What the plan is drawn from. Default: a new one, which is printed.", valueName: "number"))
    var seed: String?
    @Option(help: ArgumentHelp("How long things are broken. Default: 1m.", valueName: "time"))
    var duration: String?
    @Option(help: ArgumentHelp("The mean time from one fault to the next. Default: 3s.", valueName: "time"))
    var every: String?
    @Option(help: ArgumentHelp("processes (of wattline up) or compose. Default: processes.", valueName: "target"))
    var target: String?
    @Option(help: ArgumentHelp("Only these: broker, central, gateway, engine, monitor, driver; or none.", valueName: "roles"))
    var only: String?
    @Option(help: ArgumentHelp("Only in these ways: kill, hang, restart, cut.", valueName: "ways"))
    var ways: String?
    @Flag(help: "Meanwhile somebody publishes on the topics of others what none of them could have said.")
    var stranger = false
    @Flag(help: "Lists what can be broken, and how.")
    var list = false
    @Flag(help: "Prints the plan and breaks nothing.")
    var dryRun = false
    @Option(help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"))
    var color: String?
    @OptionGroup var places: PlaceOptions

    private enum Target: String, CaseIterable, Sendable { case processes, compose }

    func execute(in environment: Environment) throws -> ProcessExit {
        var output = OutputOptions()
        output.color = color
        let colors = try output.colors(in: environment)
        let data = try places.dataDirectory(try places.readNetwork(in: environment)?.network, in: environment)
        let injector = try injector(data, in: environment)
        let all = try injector.victims()
        let victims = all.filter(try wanted())
        let harms = try wantedHarms(of: injector)
        if list {
            for target in victims { Output.writeLine("\(target.name.padded(to: 20))\(harms.map(\.rawValue).joined(separator: ", "))") }
            return .ok
        }
        let number = try seed.map { try ValueParser.seed.value(of: $0, from: "--seed") } ?? UInt64(UInt32.random(in: .min ... .max))
        let length = try duration.map { try ValueParser.duration(from: .seconds(1)).value(of: $0, from: "--duration") } ?? .seconds(60)
        let plan = ChaosPlan(
            ChaosPlan.Settings(
                seed: number, duration: length,
                every: try every.map { try ValueParser.duration(from: .milliseconds(200)).value(of: $0, from: "--every") } ?? .seconds(3),
                victims: victims, harms: harms))
        say("Seed \(number): again with --seed \(number)")
        if dryRun {
            for fault in plan.faults { say(fault.text) }
            if stranger { say("meanwhile a stranger speaks, for \(length)") }
            return .ok
        }
        let broker = try injector.broker()
        var address = MQTTAddress(host: broker.host, port: broker.port)
        if broker.isSecure { address.tls = MQTTAddress.TLS(caFile: try injector.authorities()) }
        // Where everybody has a name, the owner's own may do anything: also lie.
        address.credentials = CredentialSource.directory(data.credentials).forEverybody?.present
        let place = address
        let lies = stranger ? (seed: number, lasts: length) : nil
        EventLoop.blockSignals()
        return Host.run(log: Log(role: "chaos", colors: colors)) { host in
            let settings = ChaosService.Settings(
                plan: plan, victims: all, broker: place, wire: Wire(site: data.site), calmWithin: .seconds(120),
                colors: colors, stranger: lies)
            return [
                try ChaosService(host: host, settings: settings, injector: injector, say: say)
            ]
        }
    }

    private func injector(_ data: DataDirectory, in environment: Environment) throws -> any FaultInjector {
        switch try target.map({ try ValueParser<Target>.choice().value(of: $0, from: "--target") }) ?? .processes {
        case .processes:
            return ProcessFaultInjector(
                data: data, executable: executablePath() ?? CommandLine.arguments[0], authority: TrustOptions.ownAuthority(data))
        case .compose:
            guard let docker = ProgramCommand.find("docker", path: environment["PATH"]) else {
                throw FaultInjectorError("no program docker on the PATH")
            }
            return ComposeFaultInjector(docker: docker)
        }
    }

    private func wanted() throws -> (FaultTarget) -> Bool {
        guard let only else { return { _ in true } }
        if only == "none" { return { _ in false } }
        let roles = try only.split(separator: ",", omittingEmptySubsequences: false).map {
            try ValueParser<FaultTarget.Role>.choice().value(of: String($0), from: "--only")
        }
        return { roles.contains($0.role) }
    }

    private func wantedHarms(of injector: any FaultInjector) throws -> [Harm] {
        guard let ways else { return injector.harms }
        return try ways.split(separator: ",", omittingEmptySubsequences: false).map { text in
            let harm = try ValueParser<Harm>.choice().value(of: String(text), from: "--ways")
            guard injector.harms.contains(harm) else {
                throw SettingError("--ways", value: harm.rawValue, expected: "one of \(injector.harms.map(\.rawValue).joined(separator: ", ")) here")
            }
            return harm
        }
    }
}

/// Writes a line at once: whoever watches through a pipe must not be behind.
private func say(_ line: String) { Output.writeLine(line) }
