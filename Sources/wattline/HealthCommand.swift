import ArgumentParser
import ChargingModel
import Dashboard
import EventLoop
import Platform
import Services
import Settings
import Terminal

struct HealthCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Asks a process whether it can do its work: exit code 0 if so, 1 with a reason if not.",
        discussion: """
            Without an argument it asks this machine on $WATTLINE_HEALTH_PORT, as containers do.

            EXAMPLES
              wattline health 127.0.0.1:18001
              wattline health ev-central:8000 --timeout 500ms
              wattline health https://localhost:8000 --ca ca.pem
              docker compose exec ev-cp-e-3 wattline health
            """)

    @Argument(help: ArgumentHelp("Where it answers; with https:// in front where that is with TLS.", valueName: "host:port"))
    var endpoint: String?
    @Option(help: ArgumentHelp("Whom to believe, with https. Default: ca.pem in the data directory, else the system's.", valueName: "file"))
    var ca: String?
    @Option(help: ArgumentHelp("The data directory. Default: $XDG_STATE_HOME/wattline or ~/.local/state/wattline.", valueName: "dir"))
    var data: String?
    @Option(help: ArgumentHelp("How long to wait for the answer. Default: 1s.", valueName: "time"))
    var timeout: String?

    func execute(in environment: Environment) throws -> ProcessExit {
        let address = try endpoint.map(parse) ?? HTTPAddress(ownEndpoint(in: environment))
        let timeout = try AllSettings.healthTimeout.resolve(flag: timeout, in: environment, default: .seconds(1))
        return address.isSecure ? try askSecurely(address, timeout, in: environment) : try ask(address.endpoint, timeout)
    }

    private func askSecurely(_ address: HTTPAddress, _ timeout: Duration, in environment: Environment) throws -> ProcessExit {
        let authorities =
            try AllSettings.authorities.resolve(flag: ca, in: environment)
            ?? TrustOptions.ownAuthority(DataDirectory.resolve(flag: data, in: environment))
        do throws(OperatorClientError) {
            let answer = try OperatorClient(address, authorities: authorities).get("/health", within: timeout)
            if answer.status == 200 {
                Output.writeLine("\(address): ready")
                return .ok
            }
            complain("✖ \(address): \(answer.words)")
        } catch {
            complain("✖ \(address): \(error)")
        }
        return .failure
    }

    private func ask(_ endpoint: Endpoint, _ timeout: Duration) throws -> ProcessExit {
        let loop = try EventLoop()
        // Written on the loop, read when it has ended.
        nonisolated(unsafe) var found = HealthCheck.Result.failed("no answer")
        loop.execute {
            HealthCheck.ask(endpoint, expecting: .ready, timeout: timeout, on: loop) { result in
                found = result
                loop.shutdown()
            }
        }
        try loop.start()
        loop.join()
        switch found {
        case .passed:
            Output.writeLine("\(endpoint): ready")
            return .ok
        case .failed(let reason), .away(let reason):
            complain("✖ \(endpoint): \(reason)")
            return .failure
        }
    }

    private func parse(_ text: String) throws -> HTTPAddress {
        guard let address = ValueParser.httpAddress(text) else { throw refusal(of: text, expected: "") }
        return address
    }

    private func ownEndpoint(in environment: Environment) throws -> Endpoint {
        guard let port = try AllSettings.healthPort.resolve(flag: nil, in: environment), port != 0 else {
            throw refusal(of: nil, expected: ", or WATTLINE_HEALTH_PORT in the environment")
        }
        return Endpoint(host: "127.0.0.1", port: port)
    }

    private func refusal(of value: String?, expected more: String) -> SettingError {
        SettingError("HOST:PORT", value: value, expected: AllSettings.engine.parser.expected + more, processExit: .usage)
    }
}
