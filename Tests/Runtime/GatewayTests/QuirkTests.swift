import ChargingModel
import Foundation
import Gateway
import OCPP
import Station
import Testing

/// Every quirk of a station, with people, drops, restarts and a random Central: what it metered is recorded, each once.
@Suite struct QuirkTests {
    private static let asked = ProcessInfo.processInfo.environment["SEEDS"].flatMap { UInt64($0) }
    /// `SEEDS=1000` takes as many.
    static let seeds: Range<UInt64> = 0..<(asked ?? 12)
    /// Of each quirk.
    static let fewSeeds: Range<UInt64> = 0..<(asked ?? 3)

    private static var debugged: (OCPPVersion, StationQuirk?, UInt64)? {
        guard let words = ProcessInfo.processInfo.environment["QUIRK_STORY"]?.split(separator: " ") else { return nil }
        return (OCPPVersion(rawValue: String(words[0]))!, StationQuirk(rawValue: String(words[1])), UInt64(words[2])!)
    }

    @Test(.enabled(if: QuirkTests.debugged != nil)) func story() {
        guard let (version, quirk, seed) = QuirkTests.debugged else { return }
        var run = StationRun(version, seed: seed, quirks: quirk.map { [$0] } ?? [], connectors: QuirkTests.connectors(quirk), isTold: true)
        run.run(steps: 250)
        print(run.story)
    }

    /// Which of two a stop without a number is of, nobody can know.
    private static func connectors(_ quirk: StationQuirk?) -> Int32? { quirk == .stopsZero || quirk == .stopsMinusOne ? 1 : nil }

    @Test("A station without quirks: what it metered is recorded, each once", arguments: OCPPVersion.allCases, seeds)
    func honest(_ version: OCPPVersion, _ seed: UInt64) { check(version, nil, seed) }

    @Test("A station with a quirk: what it metered is recorded, each once", arguments: OCPPVersion.allCases, StationQuirk.allCases)
    func odd(_ version: OCPPVersion, _ quirk: StationQuirk) { for seed in QuirkTests.fewSeeds { check(version, quirk, seed) } }

    private func check(_ version: OCPPVersion, _ quirk: StationQuirk?, _ seed: UInt64) {
        var run = StationRun(version, seed: seed, quirks: quirk.map { [$0] } ?? [], connectors: QuirkTests.connectors(quirk))
        run.run(steps: 250)
        let which = "\(version.rawValue) \(quirk?.rawValue ?? "-") \(seed)"
        #expect(run.station.isAllTold, "\(which): \(run.station.untold) words are not told")
        #expect(run.isPunctual, "\(which): it is woken up again and again for what it can't do")
        let records = run.bench.records
        #expect(records.values.allSatisfy { $0.count == 1 }, "\(which)")
        #expect(run.bench.recorded == run.station.metered, "\(which)")
        #expect(run.bench.core.memory.open.isEmpty, "\(which)")
        for (evse, host) in run.bench.engines {
            #expect(host.core.memory.active == nil && host.core.memory.left.isEmpty, "\(which), connector \(evse)")
        }
    }
}
