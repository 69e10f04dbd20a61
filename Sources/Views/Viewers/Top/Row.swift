internal import ChargingModel
internal import NetworkView

/// A row of the table: a point.
struct Row: Sendable {
    let cp: ChargePointID
    let verdict: Verdict
    let why: String
    let kind: String
    let power: Power
    let rated: Power?
    let driver: DriverID?
    let energy: Energy?
    let cost: Money?
    let price: Price?
    /// The seconds of charging.
    let seconds: Int64?
    let isBreakerOpen: Bool

    init(_ point: PointView, _ central: CentralView) {
        let shown = point.shown(central)
        cp = point.cp
        verdict = shown.verdict
        kind = point.info?.kind ?? ""
        power = point.power(central)
        rated = point.info?.power
        driver = point.driver(central)
        energy = point.telemetry?.energy
        cost = point.telemetry?.cost
        price = point.info?.price ?? point.verdict?.price
        seconds = point.telemetry?.elapsedSeconds
        isBreakerOpen = central.isOnline && point.verdict?.breaker == .open
        why = shown.why
    }

    /// The rank in the order by state: what needs a person comes first.
    var rank: Int {
        switch verdict {
        case .faulty: 0
        case .disconnected: 1
        case .stopped: 2
        case .supplying: 3
        case .assigned: 4
        case .activated: 5
        }
    }

    /// True when all the words occur somewhere in the row.
    func matches(_ words: [String]) -> Bool {
        let text = "\(cp) \(verdict.rawValue) \(driver?.text ?? "") \(kind) \(why)".lowercased()
        return words.allSatisfy { text.contains($0) }
    }
}

extension Screen {
    /// The rows that are shown, in their order.
    func rows() -> [Row] {
        let view = shown
        let words = filter.lowercased().split(separator: " ").map(String.init)
        let rows = view.points.values.map { Row($0, view.central) }
        return sort.sorted(words.isEmpty ? rows : rows.filter { $0.matches(words) })
    }
}
