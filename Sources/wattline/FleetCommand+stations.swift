import ArgumentParser
import ChargingModel
import EventLoop
import Glibc
import Platform
import Services
import Settings
import Station
import Terminal

/// A fleet of stations that speak OCPP: all in one process, which shows how it goes and ends with figures.
extension FleetCommand {
    func runStations(in environment: Environment) throws -> ProcessExit {
        for (name, value) in [("--supplying", supplying), ("--drivers", drivers), ("--rate", rate), ("--session", session), ("--check", check)] {
            if let value { throw SettingError(name, value: value, expected: "not to be given with --ocpp", processExit: .usage) }
        }
        guard let points else {
            throw SettingError("--points", value: nil, expected: "a number of stations, 1–10000, but it is not set", processExit: .usage)
        }
        let count = try ValueParser<Int>.integer(in: 1...10_000, of: "a number of stations").value(of: points, from: "--points")
        guard ocpp != nil else { throw SettingError("--ocpp", value: nil, expected: "1.6 or 2.0.1, with --url", processExit: .usage) }
        let choices = StationChoices(
            url: url, ocpp: ocpp, sample: sample, offline: offline, tokens: token, every: every, quirks: quirk, seed: seed,
            passwordFile: passwordFile, duration: duration)
        let first = try choices.specification(name ?? "STATION")
        let digits = max(4, String(count).count)
        let stations = (1...count).map { number in
            var station = first
            station.id = "\(first.id)-" + zeroPadded(number, to: digits)
            return station
        }
        var settings = try choices.settings(stations, try choices.habits(in: environment), in: environment)
        if let connectRate {
            settings.dialsPerSecond = try ValueParser<Int>.integer(in: 1...100_000, of: "connections a second").value(
                of: connectRate, from: "--connect-rate")
        }
        settings.summary = json ? .json : .text(isTerminal: isatty(STDERR_FILENO) == 1)
        let log = Log(
            role: "fleet", format: .text, level: .warning, colors: try common.output.colors(in: environment), sink: DescriptorSink.standardError)
        DescriptorLimit.raise()
        let chosen = settings
        EventLoop.blockSignals()
        return Host.run(log: log) { host in [StationService(host: host, log: log, settings: chosen)] }
    }
}
