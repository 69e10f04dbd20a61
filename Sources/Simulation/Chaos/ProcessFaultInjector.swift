internal import Glibc
internal import JSON
public import Settings
internal import Supervisor

/// The processes of a `wattline up`, which starts again by itself what dies.
public struct ProcessFaultInjector: FaultInjector {
    private let data: DataDirectory
    private let executable: String
    private let authority: String?

    /// - Parameters:
    ///   - executable: this program, for its audit.
    ///   - authority: the file of the network's own authority, if it has one.
    public init(data: DataDirectory, executable: String, authority: String?) {
        self.data = data
        self.executable = executable
        self.authority = authority
    }

    public var name: String { "wattline up in \(data.base)" }
    /// A cut needs a network between the processes: that is compose's.
    public var harms: [Harm] { [.kill, .hang, .restart] }

    public func victims() throws(FaultInjectorError) -> [FaultTarget] {
        let running = try told { () throws(UnreadableState) in try ProcessTable.running(data: data) }
        guard !running.isEmpty else { throw FaultInjectorError("no network runs in \(data.base); start one with: wattline up") }
        return running.compactMap { process in FaultTarget.Role(rawValue: process.role).map { FaultTarget($0, process.id) } }.sorted()
    }

    public func broker() throws(FaultInjectorError) -> BrokerURL {
        guard let broker = try told({ () throws(UnreadableState) in try ProcessTable.broker(data: data) }) else {
            throw FaultInjectorError("no network runs in \(data.base); start one with: wattline up")
        }
        return broker
    }

    public func authorities() -> String? { authority }

    public func begin(_ harm: Harm, _ target: FaultTarget) throws(FaultInjectorError) {
        switch harm {
        case .kill: try signal(SIGKILL, target)
        case .hang: try signal(SIGSTOP, target)
        case .restart: try signal(SIGTERM, target)
        case .cut: throw FaultInjectorError("processes on one machine have no network to cut")
        }
    }

    public func end(_ harm: Harm, _ target: FaultTarget) throws(FaultInjectorError) {
        if harm == .hang { try signal(SIGCONT, target) }
    }

    private func signal(_ number: Int32, _ target: FaultTarget) throws(FaultInjectorError) {
        let found = try told { () throws(UnreadableState) in try ProcessTable.pid(of: target.name, data: data) }
        guard let pid = found else { throw FaultInjectorError("\(target.name) does not run just now") }
        guard kill(pid, number) == 0 else { throw FaultInjectorError("\(target.name) (pid \(pid)): \(String(cString: strerror(errno)))") }
    }

    /// The answer of the state file.
    private func told<Answer>(_ question: () throws(UnreadableState) -> Answer) throws(FaultInjectorError) -> Answer {
        do throws(UnreadableState) { return try question() } catch { throw FaultInjectorError("\(error)") }
    }

    public func audit() throws(FaultInjectorError) -> AuditResult {
        var arguments = ["--data", data.root]
        if let site = data.site { arguments += ["--site", site] }
        return try AuditResult.run { options throws(FaultInjectorError) in try run(executable, ["audit"] + options + arguments) }
    }
}

extension AuditResult {
    /// Both forms of `wattline audit`: one for people, one to read the numbers from.
    static func run(_ audit: ([String]) throws(FaultInjectorError) -> ProgramCommand.Result) throws(FaultInjectorError) -> AuditResult {
        let machine = try audit(["--json"])
        guard let object = try? JSONObject(Array(machine.output.utf8)), let holds = object["holds"]?.bool,
            let awaiting = object["incomplete"]?.number?.integer
        else { throw FaultInjectorError("the audit could not be read: \(machine.complaint)") }
        let people = try audit(["--color", "never"])
        return AuditResult(holds: holds, awaitingRecord: Int(awaiting), text: people.output)
    }
}

func run(_ executable: String, _ arguments: [String]) throws(FaultInjectorError) -> ProgramCommand.Result {
    switch ProgramCommand.run(executable, arguments) {
    case .success(let result): return result
    case .failure(let error): throw FaultInjectorError("\(executable): \(error)")
    }
}
