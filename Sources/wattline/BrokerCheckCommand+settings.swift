import BrokerCheck
import EventLoop
import Identities
import MQTT
import Platform
import RawMQTT
import Services
import Settings

extension BrokerCheckCommand {
    /// The settings of a run, which has topics and client ids of its own.
    func settings(_ broker: BrokerURL, in environment: Environment) throws -> CheckSettings {
        let network = try places.readNetwork(in: environment)?.network
        let data = try places.dataDirectory(network, in: environment)
        let run = String(UInt32.random(in: 0x1000_0000 ... .max), radix: 36)
        var settings = CheckSettings(
            address: try trust.address(of: broker, credentials, data, in: environment), prefix: "\(try place())/\(run)", run: run)
        if let timeout {
            settings.patience = try ValueParser.duration(from: .milliseconds(100), to: .seconds(600)).value(of: timeout, from: "--timeout")
        }
        if let own = try login(broker, data, in: environment) {
            settings.address.credentials = .init(user: own.username, password: own.password)
            settings.clientID = own.clientID
        }
        if let otherCredentials {
            let other = try Credentials(file: otherCredentials)
            settings.other = .init(user: other.username, password: other.password)
        }
        return settings
    }

    private func place() throws -> String {
        guard let prefix else { return "wattline-check" }
        let isTopic = !prefix.isEmpty && prefix.utf8.count <= 200 && !prefix.contains { "+#".contains($0) || $0 == "\0" } && !prefix.hasPrefix("$")
        guard isTopic, !prefix.hasSuffix("/") else { throw SettingError("--prefix", value: prefix, expected: "a topic like wattline-check") }
        return prefix
    }

    /// The name that was given; else the owner's, for a broker of this machine.
    private func login(_ broker: BrokerURL, _ data: DataDirectory, in environment: Environment) throws -> Credentials? {
        if let path = try AllSettings.credentials.resolve(flag: credentials, in: environment) {
            let store = IdentityStore(directory: path, site: data.site)
            return try Credentials(file: store.exists ? store.file(of: .localAdmin) : path)
        }
        if try trust.certificateFile(in: environment) != nil { return nil }
        let store = IdentityStore(directory: data.credentials, site: data.site)
        guard store.exists, let own = try? Credentials(file: store.file(of: .localAdmin)) else { return nil }
        // They are not shown to whoever listens elsewhere.
        return broker.isSame(as: own.broker) ? own : nil
    }
}

/// A run that SIGINT and SIGTERM end in good order.
enum Interrupted {
    static func run(_ settings: CheckSettings, _ body: (CheckSettings) throws -> ProcessExit) throws -> ProcessExit {
        EventLoop.blockSignals()
        let interruption = try Interruption()
        let loop = try EventLoop(name: "signals")
        loop.execute { _ = try? loop.watchSignals { _ in interruption.raise() } }
        try loop.start()
        defer { loop.shutdown() }
        var settings = settings
        settings.interruption = interruption
        return try body(settings)
    }
}
