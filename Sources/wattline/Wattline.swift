import ArgumentParser
import Platform
import Services
import Settings

struct Wattline: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wattline",
        abstract: "A charging network for electric vehicles on MQTT.",
        discussion: """
            EXAMPLES
              wattline up                                  # the demo network and a broker
              wattline up --duration 1m --mqtt-port 18830  # for a minute, on another port
              wattline ps                                  # who runs
              wattline health 127.0.0.1:18001              # whether a process can work
              wattline top                                 # the network on one screen
              wattline tail                                # what is said on the bus
              wattline sessions                            # who charged what
              wattline audit                               # whether the bill is right
              wattline chaos --seed 42 --duration 1m       # breaks what runs, and checks
              wattline simulate --seed 7 --trouble wild    # all goes wrong, virtually
              wattline fleet --points 1000                 # many, on a network that runs
              wattline station --url ws://127.0.0.1:9000/ocpp --id ST-1  # speaks OCPP
              wattline rerun central.jsonl                 # plays a --record again
              wattline credentials list                    # who has a name
              wattline operators add anna --role operator  # who may steer on the page
              wattline certificates list                   # until when TLS works
              wattline as driver me mosquitto_sub -v -t 'driver/me/#'  # under a name
              wattline stations                            # that speak OCPP
              wattline station-command ST-1 reset          # ask one for something
              wattline ocpp tail ST-1                      # what one says, live
              wattline broker-check mqtt://127.0.0.1:1883  # whether a broker will do
              wattline sbom                                # what it is made of
              wattline credentials add point CP-011        # and then
              wattline engine --cp CP-011 --power 22 --price 0.30 --health-port 18500
              wattline monitor --cp CP-011 --engine 127.0.0.1:18500
              wattline driver --name driver-frank --every 5s --points CP-011

            SETTINGS
              Flags win over WATTLINE_… variables (--mqtt-port: WATTLINE_MQTT_PORT), those
              over network.json.

            EXIT CODES
               0  done, or stopped by SIGINT or SIGTERM
               1  failed
              64  usage
              66  no ledger
              69  no broker
              73  data directory can't be made
              75  data directory in use
              78  a file or a variable can't be accepted
            """,
        version: NetworkContext.software,
        subcommands: [
            UpCommand.self, PsCommand.self, HealthCommand.self, CentralCommand.self, GatewayCommand.self, StationCommand.self, EngineCommand.self,
            MonitorCommand.self,
            DriverCommand.self,
            TopCommand.self, TailCommand.self, SessionsCommand.self, TicketCommand.self, AuditCommand.self, ExportCommand.self, LedgerCommand.self,
            ChaosCommand.self, SimulateCommand.self, FleetCommand.self, RerunCommand.self, CredentialsCommand.self, OperatorsCommand.self,
            AsCommand.self, TokensCommand.self, StationsCommand.self, StationCommandCommand.self, OCPPCommand.self, CertificatesCommand.self,
            SbomCommand.self, BrokerCheckCommand.self,
        ])
}

/// A command that takes its settings from what the parser made of the flags, and from the environment.
protocol WattlineCommand: ParsableCommand {
    /// True when it only says what it hears for as long as somebody reads.
    static var readerMayGo: Bool { get }
    /// Runs the command.
    /// - Returns: the exit of the process.
    func execute(in environment: Environment) throws -> ProcessExit
}

extension WattlineCommand {
    static var readerMayGo: Bool { false }

    func run() throws {
        let environment = Environment.process
        do {
            for name in environment.unknownVariables {
                complain("⚠️  \(name) is set, but nothing reads it; the names are in wattline \(Self._commandName) --help")
            }
            let exit = ending(try execute(in: environment), readerMayGo: Self.readerMayGo)
            if exit != .ok { throw ExitCode(exit.rawValue) }
        } catch let error as ExitCode {
            throw error
        } catch {
            complain("✖ \(error)")
            throw ExitCode(ProcessExit(of: error).rawValue)
        }
    }
}
