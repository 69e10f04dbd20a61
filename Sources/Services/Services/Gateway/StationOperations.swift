internal import ChargingModel
internal import ChargingProtocol
internal import EventLoop
internal import Gateway
internal import OCPP
internal import Runtime
internal import WebSocket

/// The gateway's own side of the bus (S13): what it tells Central of itself and its stations, and what Central asks of them. Bound to its loop.
final class StationOperations {
    /// The facts about a station that its core does not keep.
    private struct Facts {
        var version: OCPPVersion?
        var since: WallTime?
        /// Its connection; `nil` while it is away.
        var socket: SocketID?
        var quirks: [String] = []
        var listPage: Int?
        var toldClock: Int64?
        var reports = AwaitedReports()
    }

    /// A question to a station that is not answered yet.
    private struct Question {
        var command: StationCommand
        var call: BackendCall
        var version: OCPPVersion
        var report: Int32
    }

    /// The most questions at a time, of all stations.
    private static let mostQuestions = 1024
    /// The seconds by which a clock must move to be news.
    private static let clockStep: Int64 = 2

    let gateway: GatewayID
    private let store: EpochStore
    private let party: PartyHost<GatewayRuntime>
    private var hosts: [ChargePointID: StationHost] = [:]
    private var facts: [ChargePointID: Facts] = [:]
    private var questions: [UInt64: Question] = [:]
    private var lastQuestion: UInt64 = 0
    private var lastReport = Int32.random(in: 1...1_000_000)
    private var listened: Set<ChargePointID> = []
    var onEnd: (String?) -> Void = { _ in }

    /// - Throws: when a setting is unusable.
    init(_ gateway: GatewayID, _ store: EpochStore, loop: EventLoop, context: NetworkContext, writer: JournalWriter) throws {
        self.gateway = gateway
        self.store = store
        let party = Party.gateway(gateway)
        let settings = context.connection(of: party)
        let making = context.making(settings, store.journal, lastEpoch: store.lastEpoch, seed: UInt64.random(in: .min ... .max))
        context.recorder?.begin(RecordedParty(.gateway(gateway, NetworkContext.software), making, at: EventLoop.present()))
        self.party = PartyHost(
            loop: loop, try GatewayRuntime(gateway, software: NetworkContext.software, making), party: party, context: context, settings: settings,
            journal: (store.journal, writer))
        self.party.onAction = { [weak self] in self?.carryOut($0) }
        self.party.onEnd = { [weak self] in self?.onEnd($0) }
    }

    var isOnline: Bool { party.runtime.isOnline }
    var hasGivenWay: Bool { party.runtime.hasGivenWay }
    func start() { party.feed(.start) }
    func stop() { party.feed(.stop) }

    private func tell(_ news: GatewayCore.News) { party.feed(.news(news)) }

    func add(_ station: StationHost) { hosts[station.id] = station }

    /// The station can't go on: who asked it for something is told.
    func remove(_ station: StationHost) {
        hosts[station.id] = nil
        for reply in facts[station.id]?.reports.giveUp() ?? [] { tell(.reply(reply)) }
        for (number, question) in questions where question.command.station == station.id {
            questions[number] = nil
            answer(question.command, WishAnswer(.notConnected, "the station can't be served now"))
        }
    }

    // MARK: What is told

    func listens(at address: String) { tell(.listens(address)) }

    func turnedAway(_ knock: Knock, _ refusal: Refusal) {
        tell(
            .turnedAway(
                GatewayReport.Stranger(
                    name: knock.station, address: knock.address, status: refusal.status, why: refusal.words, at: EventLoop.present().wall)))
    }

    func connected(_ station: StationHost, _ version: OCPPVersion, _ socket: SocketID) {
        let id = station.id
        facts[id, default: Facts()].version = version
        facts[id]?.socket = socket
        facts[id]?.since = EventLoop.present().wall
        facts[id]?.quirks = []
        tell(of: station)
    }

    /// A connection is over; one in whose place another came is nothing to tell of.
    func gone(_ station: StationHost, _ socket: SocketID) {
        let id = station.id
        guard facts[id]?.socket == socket else { return }
        facts[id]?.socket = nil
        facts[id]?.since = EventLoop.present().wall
        for reply in facts[id]?.reports.giveUp() ?? [] { tell(.reply(reply)) }
        tell(of: station)
    }

    func hears(_ notice: StationCore.Notice, of station: StationHost) {
        switch notice {
        case .quirk(let remark):
            let quirks = facts[station.id, default: Facts()].quirks
            guard !quirks.contains(remark.quirk.rawValue), quirks.count < StationAbout.mostQuirks else { return }
            facts[station.id]?.quirks.append(remark.quirk.rawValue)
            tell(of: station)
        case .booted, .status: tell(of: station)
        case .turnedAway, .unmatchedStop, .beginningLost, .registerFell, .metersChanged, .broken, .callFailed: break
        }
    }

    /// Tells of a station as it is now.
    func tell(of station: StationHost) {
        let known = facts[station.id, default: Facts()]
        var report = StationAbout(
            epoch: 0, gateway: gateway, station: station.id, name: station.name.text, isConnected: known.socket != nil)
        report.since = known.since
        report.version = known.version?.rawValue
        report.vendor = station.core.boot?.vendor.bounded(to: StationAbout.textLimit)
        report.model = station.core.boot?.model.bounded(to: StationAbout.textLimit)
        report.serial = station.core.boot?.serial?.bounded(to: StationAbout.textLimit)
        report.firmware = station.core.boot?.firmware?.bounded(to: StationAbout.textLimit)
        report.clockAhead = clock(of: station)
        facts[station.id, default: Facts()].toldClock = report.clockAhead
        report.listPage = known.listPage
        report.quirks = known.quirks
        report.connectors = station.points.keys.sorted().prefix(StationAbout.mostConnectors).map { evse in
            let connector = station.core.connector(evse)
            return StationAbout.Connector(
                number: Int(evse), cp: station.point(evse), status: connector?.status?.rawValue, error: connector?.error)
        }
        tell(.station(report))
    }

    private func clock(of station: StationHost) -> Int64? { station.core.clockAheadMilliseconds.map { $0 / 1000 } }

    // MARK: Frames

    func heard(_ bytes: [UInt8], from station: StationHost) {
        let id = station.id
        tap(bytes, .fromStation, id)
        if facts[id]?.reports.isEmpty == false { for reply in facts[id]?.reports.hear(bytes) ?? [] { tell(.reply(reply)) } }
    }

    /// Looks at what a frame may have changed.
    func settled(_ station: StationHost) {
        let told = facts[station.id]?.toldClock
        guard let clock = clock(of: station) else { return }
        if told.map({ abs($0 - clock) >= StationOperations.clockStep }) ?? true { tell(of: station) }
    }

    func sent(_ bytes: [UInt8], to station: StationHost) { tap(bytes, .toStation, station.id) }

    private func tap(_ bytes: [UInt8], _ direction: StationFrame.Direction, _ station: ChargePointID) {
        guard listened.contains(station) else { return }
        // A little more than is told, so that it shows where it is cut.
        let text = String(decoding: bytes.prefix(StationFrame.textLimit + 8), as: UTF8.self)
        tell(
            .frame(
                StationFrame(
                    epoch: 0, gateway: gateway, station: station, direction: direction, at: EventLoop.present().wall, bytes: bytes.count, missed: 0,
                    text: text)))
    }

    // MARK: What Central wants

    private func carryOut(_ action: GatewayRuntime.Action) {
        switch action {
        case .listen(let stations): listened = stations
        case .carryOut(let command): ask(command)
        }
    }

    private func ask(_ command: StationCommand) {
        lastReport = lastReport == .max ? 1 : lastReport + 1
        guard let station = hosts[command.station], let known = facts[command.station], known.socket != nil, let version = known.version else {
            return answer(command, WishAnswer(.notConnected, "the station is not connected"))
        }
        guard let call = command.wish.call(report: lastReport) else {
            return answer(command, WishAnswer(.notSupported, "\(command.wish.name.rawValue) is not supported"))
        }
        guard questions.count < StationOperations.mostQuestions else { return answer(command, WishAnswer(.noAnswer, "too many commands wait")) }
        lastQuestion += 1
        questions[lastQuestion] = Question(command: command, call: call, version: version, report: lastReport)
        if case .getBaseReport = call { facts[command.station]?.reports.wait(for: lastReport, of: command) }
        station.feed(.call(call, question: lastQuestion))
    }

    func answered(_ number: UInt64, _ outcome: StationCore.CallOutcome) {
        guard let question = questions.removeValue(forKey: number) else { return }
        let result = WishAnswer(outcome, to: question.call, in: question.version)
        let id = question.command.station
        if let page = result.listPage, facts[id]?.listPage != page {
            facts[id]?.listPage = page
            if let station = hosts[id] { tell(of: station) }
        }
        guard case .getBaseReport = question.call, result.isDone else {
            facts[id]?.reports.drop(question.report)
            return answer(question.command, result)
        }
        let replies = result.replies(to: question.command, hasMore: true)
        for reply in replies + (facts[id]?.reports.begin(question.report, from: replies.count) ?? []) { tell(.reply(reply)) }
    }

    private func answer(_ command: StationCommand, _ answer: WishAnswer) { for reply in answer.replies(to: command) { tell(.reply(reply)) } }
}

extension StationHost {
    /// The station's id on the bus: that of its directory, as its first charge point is called.
    var id: ChargePointID { name.id }
}
