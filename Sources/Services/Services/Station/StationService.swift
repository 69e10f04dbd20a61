internal import ChargingModel
public import EventLoop
internal import OCPP
public import Platform
public import Station
public import WebSocket
internal import WebSocketDoor

/// Stations that speak OCPP to a backend, ours or anybody's: one, or thousands of them.
public actor StationService: Service {
    public struct Settings: Sendable {
        public var stations: [ChargingStation.Specification]
        /// Of the people at each of them; where there are several stations each has one of the cards.
        public var habits: StationPeople.Habits
        /// The backend's address; each station's id is its last segment.
        public var url: WebSocketURL
        public var password: String?
        public var tls: Dial.TLS
        public var seed: UInt64
        /// The most that begin to dial in a second.
        public var dialsPerSecond = 200
        /// True to show each frame.
        public var showsFrames = false
        /// The time after which it stops by itself; `nil`: never.
        public var duration: Duration?
        /// The form of the figures with which it ends; `nil`: none.
        public var summary: Summary?

        public init(
            stations: [ChargingStation.Specification], habits: StationPeople.Habits, url: WebSocketURL, password: String? = nil,
            tls: Dial.TLS = Dial.TLS(), seed: UInt64
        ) {
            self.stations = stations
            self.habits = habits
            self.url = url
            self.password = password
            self.tls = tls
            self.seed = seed
        }
    }

    /// The form of the figures of a crowd.
    public enum Summary: Sendable {
        /// A table; with a line that shows how it goes on a terminal.
        case text(isTerminal: Bool)
        case json
    }

    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let host: Host
    private let log: Log
    private let settings: Settings
    private var sockets: StationSockets?
    private var stations: [PlayedStation] = []
    private var started = 0
    private var began = EventLoop.present().monotonic
    private var isStopping = false
    private var counts = StationCounts()
    /// The trouble that was told last, by station: the same again is not news.
    private var troubles: [String: String] = [:]

    public init(host: Host, log: Log, settings: Settings) {
        loop = host.loop
        self.host = host
        self.log = log
        self.settings = settings
    }

    /// The figures until now.
    public var figures: StationCounts {
        var counts = counts
        for station in stations {
            if station.core.isAccepted { counts.accepted += 1 }
            counts.untold += station.core.untold
            counts.unconfirmed = counts.unconfirmed + station.core.unconfirmed
            counts.charging += station.core.outlets.values.count { $0.charge != nil }
            counts.charges += UInt64(station.core.chargesEnded)
            counts.metered = counts.metered + station.core.metered
        }
        return counts
    }

    public func start() {
        var sockets = StationSockets.Settings()
        sockets.threads = settings.stations.count > 200 ? 2 : 1
        self.sockets = StationSockets(loop: loop, settings: sockets) { [weak self] event in self?.assumeIsolated { $0.hear(event) } }
        for (number, specification) in settings.stations.enumerated() {
            var habits = settings.habits
            if settings.stations.count > 1, !habits.cards.isEmpty { habits.cards = [habits.cards[number % habits.cards.count]] }
            stations.append(
                PlayedStation(
                    specification, habits: habits, number: UInt64(number), seed: settings.seed &+ UInt64(number) &* 7919,
                    surroundings(of: specification)))
        }
        startSome()
        if let duration = settings.duration { loop.schedule(after: duration) { [weak self] in self?.assumeIsolated { $0.stop() } } }
        if settings.summary != nil { showProgress() }
    }

    /// Shows how it goes, each second.
    private func showProgress() {
        guard !isStopping, case .text(isTerminal: true)? = settings.summary else { return }
        DescriptorSink.standardError.write(Array("\r\u{1B}[K\(report.live)".utf8))
        loop.schedule(after: .seconds(1)) { [weak self] in self?.assumeIsolated { $0.showProgress() } }
    }

    private var report: PlayedStationsReport {
        PlayedStationsReport(stations: stations.count, counts: figures, elapsed: EventLoop.present().monotonic - began)
    }

    private func surroundings(of specification: ChargingStation.Specification) -> PlayedStation.Surroundings {
        let show: ((Int, Bool, [UInt8]) -> Void)? =
            settings.showsFrames ? { [weak self] station, isOut, bytes in self?.assumeIsolated { $0.show(station, isOut, bytes) } } : nil
        return PlayedStation.Surroundings(
            loop: loop, dial: dial(of: specification), take: { [weak self] order in self?.assumeIsolated { $0.sockets?.take(order) } },
            say: { [weak self] station, notice in self?.assumeIsolated { $0.say(station, notice) } }, onFrame: show)
    }

    private func dial(of specification: ChargingStation.Specification) -> Dial {
        var url = settings.url.appending(station: specification.id)
        if specification.quirks.contains(.doubledID) { url = url.appending(station: specification.id) }
        var subprotocols = [specification.version.subprotocol]
        if specification.quirks.contains(.noSubprotocol) { subprotocols = [] }
        if specification.quirks.contains(.wrongSubprotocol) { subprotocols = ["ocpp1.5"] }
        return Dial(
            url, subprotocols: subprotocols,
            credentials: settings.password.map { Knock.Credentials(user: specification.id, password: Array($0.utf8)) },
            tls: settings.tls)
    }

    /// Thousands don't dial at once.
    private func startSome() {
        guard !isStopping else { return }
        let most = min(stations.count, started + max(1, settings.dialsPerSecond / 10))
        for station in stations[started..<most] { station.start() }
        started = most
        guard started < stations.count else { return }
        loop.schedule(after: .milliseconds(100)) { [weak self] in self?.assumeIsolated { $0.startSome() } }
    }

    public func stop() {
        guard !isStopping else { return }
        isStopping = true
        if let summary = settings.summary { sumUp(summary) }
        for station in stations { station.stop() }
        if let sockets { sockets.stop() } else { host.ended() }
    }

    private func sumUp(_ summary: Summary) {
        switch summary {
        case .json: Output.writeLine(report.json)
        case .text(let isTerminal):
            if isTerminal { DescriptorSink.standardError.write(Array("\r\u{1B}[K".utf8)) }
            Output.write(report.text)
        }
    }

    public var trouble: String? { stations.allSatisfy { $0.core.isAccepted } ? nil : "a station is not accepted by its backend" }

    private func hear(_ event: DialEvent) {
        switch event {
        case .stopped: host.ended()
        case .opened(let socket, _), .text(let socket, _), .closed(let socket, _), .failed(let socket, _):
            let station = stations[Int(PlayedStation.station(of: socket))]
            if case .opened = event { counts.connections += 1 }
            if case .closed(_, let end) = event, !isStopping { sayTrouble(station, "the connection has ended: \(end)") }
            if let problem = station.hear(event), !isStopping { sayTrouble(station, "\(problem)") }
        }
    }

    // MARK: What people see

    /// Of thousands only the figures are told.
    private var isCrowd: Bool { stations.count > 10 }

    private func sayTrouble(_ station: PlayedStation, _ words: String) {
        guard !isCrowd, troubles.updateValue(words, forKey: station.id) != words else { return }
        log.warning("⚠️  Station \(station.id): \(words)", event: "connection")
    }

    private func say(_ number: Int, _ notice: ChargingStation.Notice) {
        let station = stations[number]
        switch notice {
        case .answered(let action, let time):
            counts.answered += 1
            counts.times.add(time)
            if [.start, .stop, .meterValues, .transaction].contains(action) { counts.told += 1 }
        case .failed: counts.failed += 1
        case .turnedAway: counts.turnedAway += 1
        case .accepted: troubles[station.id] = nil
        default: break
        }
        if !isCrowd { PlayedStationReporter(log: log, station: station.id).say(notice) }
    }

    private func show(_ number: Int, _ isOut: Bool, _ bytes: [UInt8]) {
        log.info(
            "\(isOut ? "→" : "←") \(String(decoding: bytes, as: UTF8.self).bounded(to: 2000))", event: "frame",
            ["station": .text(stations[number].id)])
    }
}
