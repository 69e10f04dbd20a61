/// Central's knowledge of gateways and stations, and the commands to them that wait for an answer (S13). Nothing of it is durable, and all of it is
/// bounded, whatever is said on the bus.
public struct StationDesk: Sendable {
    public enum Event: Hashable, Sendable {
        case online(Epoch)
        case offline
        case gateway(GatewayReport, retained: Bool)
        case station(StationMessage, retained: Bool)
        /// Somebody asks something of a station; answered once, with this number.
        case ask(ChargePointID, StationAsk, question: UInt64)
        /// Somebody reads a station's frames along from now on, or nobody does any more.
        case watch(ChargePointID, Bool)
        case tick
        case stop
    }

    public enum Action: Hashable, Sendable {
        case publish(BusMessage)
        case answer(UInt64, StationResult)
        case news(StationNews)
    }

    struct Gateway: Sendable {
        var freshness = Freshness()
        var report: GatewayReport?
    }

    /// The limits of what is kept.
    public static let gatewayLimit = 64
    public static let stationLimit = 10_000
    /// The most connectors and quirks of all stations together.
    public static let partLimit = 60_000
    static let mostWaiting = 64
    static let mostWaitingOfStation = 4
    static let mostWatched = 64
    /// The most bytes of an answer, with all its reports.
    public static let answerLimit = 1 << 20
    /// The time that a gateway has for an answer, and for the next part of one: a station has 30 s, and is asked one thing after the other.
    static let patience = Duration.seconds(45)
    /// The time between two commands that renew the lease of those who read along.
    static let renewal = Duration.seconds(10)

    var gateways: [GatewayID: Gateway] = [:]
    var reports: [ChargePointID: StationAbout] = [:]
    var parts = 0
    /// Grows with each change of what gateways tell of themselves and of stations; 0 as long as none was heard.
    public private(set) var revision: UInt64 = 0
    private var rooms = Allowance(burst: 100, every: .milliseconds(100))
    var waiting: [CommandID: Waiting] = [:]
    /// The stations whose frames somebody reads along, and the times to renew that.
    var watched: [ChargePointID: Instant] = [:]
    var lastListVersion: Int32 = 0
    var link: Epoch?
    var isStopping = false
    var random: SplitMix64
    var now = Now(monotonic: Instant(nanoseconds: 0), wall: WallTime(milliseconds: 0))
    var actions: [Action] = []

    public init(seed: UInt64) { random = SplitMix64(seed: seed) }

    public mutating func handle(_ event: Event, at now: Now) -> [Action] {
        self.now = now
        switch event {
        case .online(let epoch):
            link = epoch
            for station in watched.keys { watched[station] = now.monotonic }
        case .offline: offline()
        case .gateway(let report, let retained): hear(report, retained: retained)
        case .station(let message, let retained): hear(message, retained: retained)
        case .ask(let station, let ask, let question): take(ask, of: station, question)
        case .watch(let station, let isOn): watch(station, isOn)
        case .tick: break
        case .stop:
            isStopping = true
            concludeAll("Central is stopping")
        }
        advance()
        defer { actions = [] }
        return actions
    }

    private mutating func offline() {
        link = nil
        concludeAll("Central has lost its connection to the broker: nobody knows what came of it")
        // What the broker keeps comes in any order, and is believed again.
        for gateway in gateways.keys { gateways[gateway]?.freshness = Freshness() }
    }

    private mutating func concludeAll(_ words: String) {
        for id in waiting.keys.sorted() { conclude(id, StationResult(.noAnswer, words)) }
    }

    // MARK: What gateways say

    private mutating func hear(_ report: GatewayReport, retained: Bool) {
        guard gateways[report.gateway] != nil || makeRoomForGateway() else { return }
        let sign = report.sign(retained: retained)
        guard gateways[report.gateway, default: Gateway()].freshness.claim(report.epoch, sign, at: now.monotonic).isCurrent else { return }
        guard gateways[report.gateway]?.report != report else { return }
        gateways[report.gateway]?.report = report
        revision &+= 1
    }

    private mutating func makeRoomForGateway() -> Bool {
        if gateways.count < StationDesk.gatewayLimit { return true }
        guard let gone = gateways.filter({ $0.value.report?.online != true }).keys.min() else { return false }
        gateways[gone] = nil
        return true
    }

    private mutating func hear(_ message: StationMessage, retained: Bool) {
        guard gateways[message.gateway] != nil || makeRoomForGateway() else { return }
        let sign: Freshness.Sign = retained ? .none : .live
        let standing = gateways[message.gateway, default: Gateway()].freshness.hear(message.epoch, sign, at: now.monotonic)
        guard standing.isCurrent else { return }
        switch message {
        case .report(let report): take(report)
        case .reply(let reply): if !retained { take(reply) }
        case .frame(let frame): if !retained, watched[frame.station] != nil { actions.append(.news(.frame(frame))) }
        // Its own.
        case .command: break
        }
    }

    private mutating func take(_ report: StationAbout) {
        let before = reports[report.station].map(StationDesk.parts) ?? 0
        if reports[report.station] == nil, reports.count >= StationDesk.stationLimit { makeRoom() }
        let sum = parts - before + StationDesk.parts(of: report)
        guard reports[report.station] != nil || reports.count < StationDesk.stationLimit, sum <= StationDesk.partLimit else { return }
        guard reports[report.station] != report else { return }
        parts = sum
        reports[report.station] = report
        revision &+= 1
    }

    private static func parts(of report: StationAbout) -> Int { report.connectors.count + report.quirks.count }

    /// Makes room for another station: one gives way whose gateway is not there. Now and then alone: whoever invents stations costs no more than that.
    private mutating func makeRoom() {
        guard rooms.take(at: now.monotonic) else { return }
        guard let gone = reports.filter({ gateways[$0.value.gateway]?.report?.online != true }).keys.min(), let report = reports[gone] else { return }
        parts -= StationDesk.parts(of: report)
        reports[gone] = nil
    }

    // MARK: Time

    /// The time at which `tick` is due.
    public var deadline: Instant? {
        guard !isStopping, link != nil else { return nil }
        var next = waiting.values.map(\.until).min()
        if let renewal = watched.values.min() { next = next.map { min($0, renewal) } ?? renewal }
        return next
    }

    private mutating func advance() {
        guard !isStopping, let link else { return }
        for id in waiting.filter({ $0.value.until <= now.monotonic }).keys.sorted() {
            conclude(id, StationResult(.noAnswer, "the gateway does not answer"))
        }
        for station in watched.filter({ $0.value <= now.monotonic }).keys.sorted() {
            watched[station] = now.monotonic + StationDesk.renewal
            guard let report = reports[station] else { continue }
            _ = send(.tail, to: report, link)
        }
    }

    mutating func send(_ wish: StationWish, to report: StationAbout, _ epoch: Epoch) -> CommandID {
        let id = CommandID(known: ULID.make(at: now.wall, using: &random))
        actions.append(
            .publish(.station(.command(StationCommand(epoch: epoch, gateway: report.gateway, station: report.station, id: id, wish: wish)))))
        return id
    }

    private mutating func watch(_ station: ChargePointID, _ isOn: Bool) {
        guard isOn else {
            watched[station] = nil
            return
        }
        guard watched[station] == nil, watched.count < StationDesk.mostWatched else { return }
        watched[station] = now.monotonic
    }

    // MARK: For people

    /// The gateways that were heard, by their ids.
    public var gatewayList: [GatewayReport] { gateways.values.compactMap(\.report).sorted { $0.gateway < $1.gateway } }

    /// The stations that were heard, by their ids, as they are now: one whose gateway is gone, or has not told of it anew, is not connected.
    public var stationList: [StationAbout] { reports.keys.sorted().compactMap { station($0) } }

    public func station(_ station: ChargePointID) -> StationAbout? {
        guard var report = reports[station] else { return nil }
        report.isConnected = report.isConnected && isHere(report)
        return report
    }

    func isHere(_ report: StationAbout) -> Bool {
        guard let gateway = gateways[report.gateway]?.report else { return false }
        return gateway.online && gateway.epoch == report.epoch
    }
}
