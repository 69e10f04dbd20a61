import ChargingModel
import ChargingProtocol
import Identities
import OCPP
import Platform
import Services
import Settings
import Station
import WebSocket

/// The settings of a station or of a fleet of them, as they were written.
struct StationChoices {
    var url: String?
    var ocpp: String?
    var connectors: String?
    var power: String?
    var sample: String?
    var offline: String?
    var tokens: [String] = []
    var every: String?
    var quirks: [String] = []
    var seed: String?
    var passwordFile: String?
    var ca: String?
    var certificate: String?
    var key: String?
    var duration: String?

    func specification(_ id: String) throws -> ChargingStation.Specification {
        let version = try ocpp.map { try ValueParser<OCPPVersion>.version.value(of: $0, from: "--ocpp") } ?? .v16
        let count = try connectors.map { try ValueParser<Int>.integer(in: 1...100, of: "a number of connectors").value(of: $0, from: "--connectors") }
        return ChargingStation.Specification(
            id: id, version: version, connectors: Int32(count ?? 1),
            power: try power.map { try ValueParser<Power>.power.value(of: $0, from: "--power") } ?? Power(watts: 22_000),
            quirks: try Set(quirks.map { try ValueParser<StationQuirk>.quirk.value(of: $0, from: "--quirk") }),
            sampling: try sample.map { try ValueParser<Duration>.duration(from: .seconds(1), to: .seconds(86_400)).value(of: $0, from: "--sample") }
                ?? .seconds(1))
    }

    func habits(in environment: Environment) throws -> StationPeople.Habits {
        var habits = StationPeople.Habits()
        habits.offline = try offline.map { try ValueParser<ClosedRange<Duration>>.durations.value(of: $0, from: "--offline") }
        habits.cards = tokens
        if !tokens.isEmpty || every != nil {
            habits.every = try AllSettings.every.resolve(flag: every, in: environment, default: .seconds(30))
        }
        // Whoever starts one wants to see something, and a crowd comes all the same.
        habits.firstWithin = .seconds(30)
        return habits
    }

    func settings(
        _ stations: [ChargingStation.Specification], _ habits: StationPeople.Habits, in environment: Environment
    ) throws -> StationService.Settings {
        guard let url else {
            throw SettingError("--url", value: nil, expected: "the backend's address, like ws://127.0.0.1:9000/ocpp", processExit: .usage)
        }
        let address: WebSocketURL
        do throws(WebSocketURL.Problem) {
            address = try WebSocketURL(url)
        } catch {
            throw SettingError("--url", value: url, expected: "an address like ws://127.0.0.1:9000/ocpp or wss://…, but \(error)")
        }
        guard (certificate == nil) == (key == nil) else {
            throw SettingError(certificate == nil ? "--certificate" : "--key", value: nil, expected: "a file: certificate and key go together")
        }
        var settings = StationService.Settings(
            stations: stations, habits: habits, url: address, tls: Dial.TLS(caFile: ca, certificateFile: certificate, keyFile: key),
            seed: try seed.map { try ValueParser<UInt64>.seed.value(of: $0, from: "--seed") } ?? newSeed())
        settings.duration = try AllSettings.duration.resolve(flag: duration, in: environment)
        if let passwordFile { settings.password = try StationChoices.password(passwordFile) }
        return settings
    }

    private static func password(_ file: String) throws -> String {
        guard let password = Password(file: file) else {
            throw SettingError("--password-file", value: file, expected: "a file that can be read, with a password in it")
        }
        return password.text
    }

    /// The station's password: as it was set, else the one that is kept on this machine for a backend on it.
    func password(of id: String, _ url: WebSocketURL, in environment: Environment) throws -> String? {
        if let passwordFile { return try StationChoices.password(passwordFile) }
        guard Endpoint(host: url.host, port: url.port).isLoopback, certificate == nil, let identity = try? Identity(.station, id) else { return nil }
        let data = try DataDirectory.resolve(flag: nil, site: nil, in: environment)
        return (try? IdentityStore(directory: data.credentials, site: nil).credentials(of: identity))?.password
    }
}

extension ValueParser where Value == OCPPVersion {
    fileprivate static var version: ValueParser { ValueParser(expected: "1.6 or 2.0.1") { OCPPVersion(rawValue: $0) } }
}

extension ValueParser where Value == StationQuirk {
    fileprivate static var quirk: ValueParser {
        ValueParser(expected: "a quirk of those that wattline station --list-quirks lists") { StationQuirk(rawValue: $0) }
    }
}

extension ValueParser where Value == ClosedRange<Duration> {
    /// `10s..40s`, or one time for both.
    fileprivate static var durations: ValueParser {
        ValueParser(expected: "two times like 10s..40s, the first not the longer one") { text in
            let time = ValueParser<Duration>.duration(from: .milliseconds(100), to: .seconds(86_400))
            let parts = text.split(separator: "..", omittingEmptySubsequences: false).map { time(String($0)) }
            guard let first = parts.first ?? nil, let last = parts.last ?? nil, parts.count <= 2, first <= last else { return nil }
            return first...last
        }
    }
}
