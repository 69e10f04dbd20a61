import ArgumentParser
import ChargingModel
import Ledger
import LedgerStore
import Platform
import Reports
import Settings
import Terminal

/// The common part of the two commands that decide on a record.
struct LedgerVerdictOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The session's id.", valueName: "session"))
    var session: String
    @Option(help: ArgumentHelp("The meter that the record is of; wattline ledger records names it.", valueName: "id"))
    var meter: String
    @Option(help: ArgumentHelp("The point that sent it, where several did.", valueName: "id"))
    var cp: String?
    @Option(help: ArgumentHelp("Where its register ends, in Wh, where several have that meter.", valueName: "wh"))
    var end: String?
    @Option(help: ArgumentHelp("Where a running Central serves its HTTP API. Default: as it says in its directory.", valueName: "host:port"))
    var central: String?
    @OptionGroup var places: PlaceOptions

    /// Decides on a record.
    func decide(_ choice: RecordVerdict.Choice, in environment: Environment) throws -> ProcessExit {
        let verdict = RecordVerdict(
            session: try ValueParser<SessionID>.id().value(of: session, from: "SESSION"),
            meter: try ValueParser<MeterID>.id().value(of: meter, from: "--meter"),
            cp: try cp.map { try ValueParser<ChargePointID>.id().value(of: $0, from: "--cp") },
            end: try end.map {
                Energy(
                    wattHours: Int64(
                        try ValueParser.integer(in: 0...Int(Energy.limit.wattHours), of: "a register in Wh").value(of: $0, from: "--end")))
            }, choice, by: OperatorDoor.operatorName)
        let network = try places.readNetwork(in: environment)?.network
        var isOffline = false
        var told: LedgerSession?
        let path = "/sessions/\(verdict.session)/records/\(verdict.meter)/\(verdict.choice.rawValue)" + query(verdict)
        let door = try OperatorDoor(data: places.dataDirectory(network, in: environment), central: central, environment: environment)
        let isDone = try door.ask(
            path, orWrite: { .judge(verdict, at: $0) },
            answered: { result in
                isOffline = true
                switch result {
                case .judged(.done(let session, _)):
                    told = session
                    return true
                case .judged(.refused(let why)): complain("✖ \(why)")
                default: complain("✖ no record of session \(verdict.session) and meter \(verdict.meter) was put aside; see: wattline ledger records")
                }
                return false
            })
        guard isDone else { return .failure }
        Output.writeLine("✔ The record of session \(verdict.session) from meter \(verdict.meter) is \(verdict.choice.past)")
        if let session = told {
            Output.writeLine("  session \(session.id): \(session.energy), \(session.cost)\(session.isComplete ? "" : ", incomplete")")
        }
        if isOffline { Output.writeLine("  Central is not running: its drivers hear of it when it starts") }
        return .ok
    }

    private func query(_ verdict: RecordVerdict) -> String {
        let parts = [verdict.cp.map { "cp=\($0)" }, verdict.end.map { "meter_end_wh=\($0.wattHours)" }].compactMap { $0 }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }
}

struct LedgerAcceptCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: "Makes a record that was put aside its session's record: it is billed.",
        discussion: """
            Only for a session that is closed without its record. The log keeps who decided and when; it can't be taken back.
            A running Central is asked as the operator whose secret WATTLINE_OPERATOR_SECRET is, else with the shared token.

            EXAMPLES
              wattline ledger accept 01KB0F2Q8M0V5TTBKPFAJJ1234 --meter m-4f9a
            """)

    @OptionGroup var options: LedgerVerdictOptions

    func execute(in environment: Environment) throws -> ProcessExit { try options.decide(.accept, in: environment) }
}

struct LedgerRefuseCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "refuse", abstract: "Bills a record that was put aside to nobody, and says so in the log.",
        discussion: """
            The audit counts its energy as written off. The session's own record still completes it, should it come.

            EXAMPLES
              wattline ledger refuse 01KB0F2Q8M0V5TTBKPFAJJ1234 --meter m-4f9a
            """)

    @OptionGroup var options: LedgerVerdictOptions

    func execute(in environment: Environment) throws -> ProcessExit { try options.decide(.refuse, in: environment) }
}

struct LedgerRecordsCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "records", abstract: "Lists the records that were put aside, and what was decided on them.",
        discussion: """
            EXAMPLES
              wattline ledger records
              wattline ledger records --undecided
              wattline ledger records --json
            """)

    @Flag(help: "Only those on which nobody has decided.")
    var undecided = false
    @Flag(help: "One JSON object on each line.")
    var json = false
    @Option(help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"))
    var color: String?
    @OptionGroup var places: LedgerOptions

    func execute(in environment: Environment) throws -> ProcessExit {
        let records = try places.read(in: environment).strays(undecidedOnly: undecided)
        if json {
            Output.write(records.map { RecordsText.json($0) }.joined())
        } else {
            var output = OutputOptions()
            output.color = color
            Output.write(RecordsText.text(records, colors: try output.colors(in: environment)))
        }
        return .ok
    }
}
