internal import Glibc
internal import Supervisor

/// The containers of the compose stack of the current directory.
public struct ComposeArena: Arena {
    private let docker: String

    /// - Parameter docker: the program, found on the PATH.
    public init(docker: String) { self.docker = docker }

    public var name: String { "the compose stack" }
    public var harms: [Harm] { Harm.allCases }

    public func victims() throws(ArenaError) -> [Victim] {
        let running = try compose(["ps", "--services", "--filter", "status=running"]).split(separator: "\n").map(String.init)
        let victims = running.compactMap { ComposeArena.victim(of: $0) }
        guard !victims.isEmpty else { throw ArenaError("the compose stack does not run; start it with: docker compose up -d --build --wait") }
        return victims.sorted()
    }

    /// `ev-cp-e-3` is the engine of CP-003.
    static func victim(of service: String) -> Victim? {
        func point(_ number: Substring) -> String? {
            Int(number).map { "CP-" + String(repeating: "0", count: max(0, 3 - "\($0)".count)) + "\($0)" }
        }
        if service == "mosquitto" { return Victim(.broker) }
        if service == "ev-central" { return Victim(.central) }
        if service.hasPrefix("ev-cp-e-") { return point(service.dropFirst(8)).map { Victim(.engine, $0) } }
        if service.hasPrefix("ev-cp-m-") { return point(service.dropFirst(8)).map { Victim(.monitor, $0) } }
        if service.hasPrefix("ev-driver-") { return Victim(.driver, String(service.dropFirst(3))) }
        return nil
    }

    static func service(of victim: Victim) -> String {
        let number = Int(victim.id.dropFirst(3)).map(String.init) ?? ""
        return switch victim.role {
        case .broker: "mosquitto"
        case .central: "ev-central"
        case .engine: "ev-cp-e-\(number)"
        case .monitor: "ev-cp-m-\(number)"
        case .driver: "ev-\(victim.id)"
        }
    }

    public func broker() throws(ArenaError) -> (host: String, port: UInt16) {
        let published = try compose(["port", "mosquitto", "1883"]).split(separator: "\n").first ?? ""
        guard let colon = published.lastIndex(of: ":"), let port = UInt16(published[published.index(after: colon)...]) else {
            throw ArenaError("docker compose port mosquitto 1883 says \(published)")
        }
        let host = String(published[..<colon])
        return (host == "0.0.0.0" || host == "[::]" ? "127.0.0.1" : host, port)
    }

    public func begin(_ harm: Harm, _ victim: Victim) throws(ArenaError) {
        let service = ComposeArena.service(of: victim)
        switch harm {
        case .kill: try compose(["kill", service])
        case .hang: try compose(["pause", service])
        case .restart: try compose(["restart", service])
        case .cut:
            let container = try container(of: service)
            try docker(["network", "disconnect", try network(of: container), container])
        }
    }

    public func end(_ harm: Harm, _ victim: Victim) throws(ArenaError) {
        let service = ComposeArena.service(of: victim)
        switch harm {
        // Docker revives nobody whom it was told to kill.
        case .kill: try compose(["up", "-d", "--no-deps", "--no-recreate", service])
        case .hang: try compose(["unpause", service])
        case .restart: break
        case .cut:
            let container = try container(of: service)
            try docker(["network", "connect", "--alias", service, try network(ofProjectOf: container), container])
        }
    }

    public func audit() throws(ArenaError) -> AuditResult {
        try AuditResult.run { options throws(ArenaError) in
            try run(docker, ["compose", "exec", "-T", "ev-central", "wattline", "audit"] + options)
        }
    }

    private func container(of service: String) throws(ArenaError) -> String {
        guard let id = try compose(["ps", "-q", service]).split(separator: "\n").first else { throw ArenaError("\(service) has no container") }
        return String(id)
    }

    private func network(of container: String) throws(ArenaError) -> String {
        let names = try docker(["inspect", "-f", "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}\n{{end}}", container])
        guard let name = names.split(separator: "\n").first else { throw ArenaError("\(container) is in no network") }
        return String(name)
    }

    /// Found by its labels: any container may be cut off from it just now.
    private func network(ofProjectOf container: String) throws(ArenaError) -> String {
        let label = "com.docker.compose.project"
        let project = try docker(["inspect", "-f", "{{index .Config.Labels \"\(label)\"}}", container]).split(separator: "\n").first ?? ""
        let networks = try docker([
            "network", "ls", "--filter", "label=\(label)=\(project)", "--filter", "label=com.docker.compose.network=default", "--format", "{{.Name}}",
        ])
        guard let name = networks.split(separator: "\n").first else { throw ArenaError("the project \(project) has no network") }
        return String(name)
    }

    @discardableResult
    private func compose(_ arguments: [String]) throws(ArenaError) -> String { try docker(["compose"] + arguments) }

    @discardableResult
    private func docker(_ arguments: [String]) throws(ArenaError) -> String {
        let result = try run(docker, arguments)
        guard result.status == 0 else { throw ArenaError("docker \(arguments.joined(separator: " ")): \(result.complaint)") }
        return result.output
    }
}
