/// A gateway on the bus as a value (S13): it tells of itself and of its stations, at a measured pace, and takes Central's commands for them. What a
/// station is asked, and what it answers, it does not know.
public struct GatewayCore: Sendable {
    public enum Event: Hashable, Sendable {
        case online(Epoch)
        case offline
        case centralStatus(CentralStatus, retained: Bool)
        case command(StationCommand, retained: Bool)
        /// The own topic was overwritten (P9).
        case overwritten
        /// The broker has a report, or refuses it.
        case concluded
        case news(News)
        case tick
        case stop
    }

    /// News of the gateway's own doing.
    public enum News: Hashable, Sendable {
        /// Stations are served at this address.
        case listens(String)
        /// A station as it is now. Epoch and gateway are filled in here.
        case station(StationAbout)
        case turnedAway(GatewayReport.Stranger)
        /// A part of the answer to a command.
        case reply(StationReply)
        case frame(StationFrame)
    }

    public enum Action: Hashable, Sendable {
        /// Publish; a receipt is awaited where there is a number.
        case publish(BusMessage, receipt: UInt64?)
        case farewell(BusMessage)
        /// Central asks for something; each command once.
        case carryOut(StationCommand)
        /// Frames of these stations alone are wanted from now on.
        case listen(Set<ChargePointID>)
    }

    /// The least time between two reports of the gateway on itself, and on a station.
    static let ownInterval = Duration.seconds(1)
    static let stationInterval = Duration.seconds(5)
    /// The most reports on stations that wait for their receipt.
    static let mostUnderWay = 64
    /// The time for which frames are told after each `tail`, and the most stations of which they are.
    public static let leaseTime = Duration.seconds(30)
    static let mostLeases = 64
    /// The frames of a station that are told at once, and the time for another one.
    static let frameBurst = 500
    static let frameInterval = Duration.milliseconds(10)

    struct Known: Sendable {
        var report: StationAbout
        /// The report that the bus has in this connection; `nil` for none.
        var told: StationAbout?
        var toldAt: Instant?
        var isWaiting = false
    }

    struct Lease: Sendable {
        var until: Instant
        var allowance = Allowance(burst: GatewayCore.frameBurst, every: GatewayCore.frameInterval)
        var missed: UInt64 = 0
    }

    public let gateway: GatewayID
    var report: GatewayReport
    var told: GatewayReport?
    var toldAt: Instant?
    var link: Epoch?
    var central = Freshness()
    var stations: [ChargePointID: Known] = [:]
    /// Those that are to be told, the first first.
    var waiting = Queue<ChargePointID>()
    /// Those of them whose time has not come.
    var later: [ChargePointID] = []
    var underWay = 0
    var lastReceipt: UInt64 = 0
    var leases: [ChargePointID: Lease] = [:]
    var done: [CommandID] = []
    var isStopping = false
    var actions: [Action] = []

    public init(gateway: GatewayID, software: String) {
        self.gateway = gateway
        report = GatewayReport(epoch: 0, gateway: gateway, online: true, software: software)
    }

    public mutating func handle(_ event: Event, at now: Now) -> [Action] {
        switch event {
        case .online(let epoch): online(epoch)
        case .offline: offline()
        case .centralStatus(let status, let retained):
            _ = central.claim(status.epoch, status.sign(retained: retained), at: now.monotonic)
        case .command(let command, let retained): if !retained { take(command, at: now.monotonic) }
        case .overwritten: told = nil
        case .concluded: underWay = max(0, underWay - 1)
        case .news(let news): take(news, at: now)
        case .tick: break
        case .stop: stop()
        }
        if !isStopping { advance(at: now.monotonic) }
        defer { actions = [] }
        return actions
    }

    private mutating func online(_ epoch: Epoch) {
        link = epoch
        told = nil
        toldAt = nil
        for station in stations.keys.sorted() {
            stations[station]?.told = nil
            stations[station]?.toldAt = nil
            plan(station)
        }
    }

    private mutating func offline() {
        link = nil
        central = Freshness()
        underWay = 0
    }

    private mutating func stop() {
        guard !isStopping else { return }
        isStopping = true
        actions.append(
            .farewell(.gateway(GatewayReport(epoch: link ?? 0, gateway: gateway, online: false, reason: StateReport.stopped))))
    }

    // MARK: Time

    /// The time at which `tick` is due.
    public var deadline: Instant? {
        guard !isStopping else { return nil }
        var next = leases.values.map(\.until).min()
        func consider(_ instant: Instant?) { if let instant { next = next.map { min($0, instant) } ?? instant } }
        if link != nil {
            if isOwnNews { consider(toldAt.map { $0 + GatewayCore.ownInterval }) }
            consider(later.compactMap { stations[$0]?.toldAt }.min().map { $0 + GatewayCore.stationInterval })
        }
        return next
    }

    private mutating func advance(at now: Instant) {
        let over = leases.filter { $0.value.until <= now }.keys
        if !over.isEmpty {
            for station in over { leases[station] = nil }
            actions.append(.listen(Set(leases.keys)))
        }
        guard let link else { return }
        if isOwnNews, toldAt.map({ now - $0 >= GatewayCore.ownInterval }) ?? true {
            var said = report
            said.epoch = link
            told = report
            toldAt = now
            actions.append(.publish(.gateway(said), receipt: nil))
        }
        tellStations(link, at: now)
    }

    private var isOwnNews: Bool { told != report }
}
