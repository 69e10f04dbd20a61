internal import ChargingModel
internal import Glibc
public import Settings
internal import Supervisor

/// The containers of the compose stack of the current directory.
public struct ComposeFaultInjector: FaultInjector {
    private let docker: String

    /// - Parameter docker: the program, found on the PATH.
    public init(docker: String) { self.docker = docker }

    public var name: String { "the compose stack" }
    public var harms: [Harm] { Harm.allCases }

    public func victims() throws(FaultInjectorError) -> [FaultTarget] {
        let running = try compose(["ps", "--services", "--filter", "status=running"]).split(separator: "\n").map(String.init)
        let victims = running.compactMap { ComposeFaultInjector.target(of: $0) }
        guard !victims.isEmpty else { throw FaultInjectorError("the compose stack does not run; start it with: docker compose up -d --build --wait") }
        return victims.sorted()
    }

    /// `ev-cp-e-3` is the engine of CP-003.
    static func target(of service: String) -> FaultTarget? {
        func point(_ number: Substring) -> String? { Int(number).map { "CP-" + zeroPadded($0, to: 3) } }
        if service == "mosquitto" { return FaultTarget(.broker) }
        if service == "ev-central" { return FaultTarget(.central) }
        if service == "gateway" { return FaultTarget(.gateway) }
        if service.hasPrefix("ev-cp-e-") { return point(service.dropFirst(8)).map { FaultTarget(.engine, $0) } }
        if service.hasPrefix("ev-cp-m-") { return point(service.dropFirst(8)).map { FaultTarget(.monitor, $0) } }
        if service.hasPrefix("ev-driver-") { return FaultTarget(.driver, String(service.dropFirst(3))) }
        return nil
    }

    static func service(of target: FaultTarget) -> String {
        let number = Int(target.id.dropFirst(3)).map(String.init) ?? ""
        return switch target.role {
        case .broker: "mosquitto"
        case .central: "ev-central"
        case .gateway: "gateway"
        case .engine: "ev-cp-e-\(number)"
        case .monitor: "ev-cp-m-\(number)"
        case .driver: "ev-\(target.id)"
        }
    }

    public func broker() throws(FaultInjectorError) -> BrokerURL {
        if let endpoint = try published(port: 1883) { return BrokerURL(host: endpoint.host, port: endpoint.port) }
        // As docker/tls.yml has it.
        if let endpoint = try published(port: 8883) { return BrokerURL(host: endpoint.host, port: endpoint.port, isSecure: true) }
        throw FaultInjectorError(
            "the compose stack publishes neither 1883 nor 8883 of mosquitto, expected one of them (docker compose port mosquitto 1883)")
    }

    public func authorities() throws(FaultInjectorError) -> String? {
        let text = try compose(["exec", "-T", "mosquitto", "cat", "/var/lib/wattline/certificates/ca.pem"])
        guard let file = MemoryFile(text) else { throw FaultInjectorError("a file in memory can't be made: \(String(cString: strerror(errno)))") }
        return file.path
    }

    /// The address at which this machine has a port of the broker's container; `nil` when it has none.
    private func published(port: UInt16) throws(FaultInjectorError) -> (host: String, port: UInt16)? {
        let result = try run(docker, ["compose", "port", "mosquitto", "\(port)"])
        guard result.status == 0, let line = result.output.split(separator: "\n").first, let colon = line.lastIndex(of: ":"),
            let number = UInt16(line[line.index(after: colon)...]), number != 0
        else { return nil }
        let host = String(line[..<colon])
        return (host == "0.0.0.0" || host == "[::]" ? "127.0.0.1" : host, number)
    }

    public func begin(_ harm: Harm, _ target: FaultTarget) throws(FaultInjectorError) {
        let service = ComposeFaultInjector.service(of: target)
        switch harm {
        case .kill: try compose(["kill", service])
        case .hang: try compose(["pause", service])
        case .restart: try compose(["restart", service])
        case .cut:
            let container = try container(of: service)
            try docker(["network", "disconnect", try network(of: container), container])
        }
    }

    public func end(_ harm: Harm, _ target: FaultTarget) throws(FaultInjectorError) {
        let service = ComposeFaultInjector.service(of: target)
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

    public func audit() throws(FaultInjectorError) -> AuditResult {
        try AuditResult.run { options throws(FaultInjectorError) in
            try run(docker, ["compose", "exec", "-T", "ev-central", "wattline", "audit"] + options)
        }
    }

    private func container(of service: String) throws(FaultInjectorError) -> String {
        guard let id = try compose(["ps", "-q", service]).split(separator: "\n").first else {
            throw FaultInjectorError("\(service) has no container")
        }
        return String(id)
    }

    private func network(of container: String) throws(FaultInjectorError) -> String {
        let names = try docker(["inspect", "-f", "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}\n{{end}}", container])
        guard let name = names.split(separator: "\n").first else { throw FaultInjectorError("\(container) is in no network") }
        return String(name)
    }

    /// Found by its labels: any container may be cut off from it just now.
    private func network(ofProjectOf container: String) throws(FaultInjectorError) -> String {
        let label = "com.docker.compose.project"
        let project = try docker(["inspect", "-f", "{{index .Config.Labels \"\(label)\"}}", container]).split(separator: "\n").first ?? ""
        let networks = try docker([
            "network", "ls", "--filter", "label=\(label)=\(project)", "--filter", "label=com.docker.compose.network=default", "--format", "{{.Name}}",
        ])
        guard let name = networks.split(separator: "\n").first else { throw FaultInjectorError("the project \(project) has no network") }
        return String(name)
    }

    @discardableResult
    private func compose(_ arguments: [String]) throws(FaultInjectorError) -> String { try docker(["compose"] + arguments) }

    @discardableResult
    private func docker(_ arguments: [String]) throws(FaultInjectorError) -> String {
        let result = try run(docker, arguments)
        guard result.status == 0 else { throw FaultInjectorError("docker \(arguments.joined(separator: " ")): \(result.complaint)") }
        return result.output
    }
}
