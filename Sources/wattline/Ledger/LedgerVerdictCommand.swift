import ArgumentParser
import ChargingModel
import Dashboard
import EventLoop
import Glibc
import JSON
import Ledger
import LedgerStore
import Platform
import Reports
import SQLite
import Services
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

    /// Decides on a record: by asking Central if it runs, so that the driver hears of it, and otherwise in the ledger itself.
    func decide(_ choice: RecordVerdict.Choice, in environment: Environment) throws -> ProcessExit {
        let session = try ValueParser<SessionID>.id().value(of: session, from: "SESSION")
        let meter = try ValueParser<MeterID>.id().value(of: meter, from: "--meter")
        let network = try places.readNetwork(in: environment)?.network
        let data = try places.dataDirectory(network, in: environment)
        guard access(data.ledger, F_OK) == 0 else {
            throw NoLedger(description: "no ledger \(data.ledger): Central makes it when it starts. Another data directory: --data DIR")
        }
        let verdict = RecordVerdict(
            session: session, meter: meter, cp: try cp.map { try ValueParser<ChargePointID>.id().value(of: $0, from: "--cp") },
            end: try end.map {
                Energy(
                    wattHours: Int64(
                        try ValueParser.integer(in: 0...Int(Energy.limit.wattHours), of: "a register in Wh").value(of: $0, from: "--end")))
            }, choice, by: operatorName())
        let lock: DirectoryLock
        do throws(DataDirectoryError) {
            lock = try data.lock(data.central)
        } catch {
            guard case .inUse = error else { throw error }
            return try ask(verdict, data, in: environment)
        }
        return try withExtendedLifetime(lock) { try write(verdict, to: data.ledger) }
    }

    private func operatorName() -> String {
        let name = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(getuid())"
        return "\(name) on the command line"
    }

    private func write(_ verdict: RecordVerdict, to path: String) throws -> ProcessExit {
        // A ledger of an earlier version is Central's to bring up to date.
        _ = try LedgerReader(path: path)
        let ledger = try SQLiteLedger(path: path)
        guard case .judged(let result) = try ledger.commit([.judge(verdict, at: EventLoop.present().wall)]).first else { return .failure }
        switch result {
        case .done(let session, _):
            say(verdict)
            if let session {
                Output.writeLine("  session \(session.id): \(session.energy), \(session.cost)\(session.isComplete ? "" : ", incomplete")")
            }
            Output.writeLine("  Central is not running: its drivers hear of it when it starts")
            return .ok
        case .unknown:
            complain("✖ no record of session \(verdict.session) and meter \(verdict.meter) was put aside; see: wattline ledger records")
            return .failure
        case .refused(let why):
            complain("✖ \(why)")
            return .failure
        }
    }

    private func ask(_ verdict: RecordVerdict, _ data: DataDirectory, in environment: Environment) throws -> ProcessExit {
        let address = try address(data)
        let token = try AdminToken.text(try CentralCommand.chosenToken(in: environment), in: data.central)
        let answer: OperatorClient.Answer
        do {
            answer = try OperatorClient(address, token: token, authorities: TrustOptions.authority(data, in: environment)).post(
                "/sessions/\(verdict.session)/records/\(verdict.meter)/\(verdict.choice.rawValue)" + query(verdict))
        } catch {
            complain("✖ Central runs and does not answer at \(address): \(error); another address: --central HOST:PORT")
            return .failure
        }
        guard answer.status == 200 else {
            let detail = (try? JSONObject(answer.body))?["detail"]?.string
            complain("✖ Central says: \(detail ?? "HTTP status \(answer.status)")")
            return .failure
        }
        say(verdict)
        return .ok
    }

    private func query(_ verdict: RecordVerdict) -> String {
        let parts = [verdict.cp.map { "cp=\($0)" }, verdict.end.map { "meter_end_wh=\($0.wattHours)" }].compactMap { $0 }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }

    private func say(_ verdict: RecordVerdict) {
        Output.writeLine("✔ The record of session \(verdict.session) from meter \(verdict.meter) is \(verdict.choice.past)")
    }

    private func address(_ data: DataDirectory) throws -> HTTPAddress {
        if let central { return try ValueParser.httpAddress.value(of: central, from: "--central") }
        guard let address = data.readHTTPAddress() else {
            throw SettingError(
                "--central", value: nil, expected: "where the running Central serves its HTTP API; it serves none that it wrote to \(data.httpFile)")
        }
        return address
    }
}

struct LedgerAcceptCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: "Makes a record that was put aside its session's record: it is billed.",
        discussion: """
            Only for a session that is closed without its record. The log keeps who decided and when; it can't be taken back.

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
        let records = try LedgerReader(path: try places.find(in: environment).file).strays(undecidedOnly: undecided)
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
