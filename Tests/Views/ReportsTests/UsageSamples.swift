import ChargingModel
import Demand
import Reports

/// Reports for tests.
enum UsageSamples {
    /// 2026-11-27, a Friday.
    static let midnight = WallTime(milliseconds: 1_795_737_600_000)

    static let empty = UsageReport(
        title: "Nothing", command: "wattline simulate", begins: midnight, slotLength: .seconds(900), slots: [], kinds: [], waits: [], energies: [],
        stays: [], incidents: 0, assumptions: [])

    /// Two kinds with four points, and so many slots of the length with something in each.
    static func report(slots count: Int, of length: Duration = .seconds(900)) -> UsageReport {
        var report = empty
        report.title = "A span"
        report.slotLength = length
        for index in 0..<count {
            var slot = UsageReport.Slot()
            slot.arrivals = index % 4 + 1
            slot.accepted = index % 4
            slot.unserved = index % 7 == 0 ? 1 : 0
            slot.denials = index % 3 == 0 ? [.noneAvailable: 2, .busy: 1] : [:]
            slot.energy = Energy(wattHours: Int64(10_000 + index % 96 * 100))
            slot.income = Money(microEuro: slot.energy.wattHours * 300)
            slot.occupied = length * 2
            slot.peak = Power(watts: 60_000 + Int64(index % 96) * 1000)
            report.slots.append(slot)
        }
        var slow = UsageReport.Usage()
        (slow.points, slow.sessions, slow.failed) = (3, 7, 1)
        (slow.energy, slow.income) = (Energy(wattHours: 70_350), Money(microEuro: 21_105_000))
        slow.billed = slow.energy
        (slow.occupied, slow.supplying) = (report.span * 3 / 2, report.span * 3 / 4)
        var fast = UsageReport.Usage()
        (fast.points, fast.sessions, fast.failed) = (1, 1234, 2)
        (fast.energy, fast.income) = (Energy(wattHours: 12_345_678), Money(microEuro: 4_444_444_080))
        fast.billed = fast.energy
        (fast.occupied, fast.supplying) = (report.span / 2, report.span / 4)
        report.kinds = [("Slow AC", slow), ("Fast DC", fast)]
        report.waits = [.milliseconds(80), .seconds(10), .seconds(60), .seconds(120), .seconds(600)]
        report.energies = [Energy(wattHours: 12_000), Energy(wattHours: 30_500)]
        report.stays = [.seconds(1800), .seconds(7200)]
        report.incidents = 3
        report.assumptions = ["Arrivals: Poisson"]
        return report
    }
}
