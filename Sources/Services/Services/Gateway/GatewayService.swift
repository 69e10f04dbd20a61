internal import ChargingModel
public import EventLoop
internal import Gateway
public import Identities
internal import OCPP
internal import Platform
internal import Runtime
internal import Settings
internal import WebSocket
internal import WebSocketDoor

/// The gateway for stations that speak OCPP: its door, and a host for each station, on the loop that is its executor.
public actor GatewayService: Service {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let host: Host
    let context: NetworkContext
    let settings: Settings
    private let stores: Stores
    private let writer: JournalWriter
    let names: StationNames
    /// The edition of the names by which those who are here were looked at last, and why the present one can't be read.
    var namesHeld: UInt64 = 0
    var namesFault: IdentityError?
    let operations: StationOperations
    private(set) var door: StationDoor?
    private var stations: [String: StationHost] = [:]
    /// Those that could not go on, until they have said goodbye.
    private var leaving: [String: StationHost] = [:]
    /// The stations that could not go on, and why, until they are served again; by their directories.
    private var unserved: [String: String] = [:]
    /// The same, in the order in which they are tried again.
    private var unservedInTurn: [StationName] = []
    private var isRetryPlanned = false
    /// The stations behind connections that were let in, and what is spoken there.
    private(set) var visits: [SocketID: Visit] = [:]
    private var port: UInt16?
    private(set) var isStopping = false
    private var isOver = false
    private var left = 0
    var strangers = Allowance(burst: 10, every: .seconds(6))
    let measured = GatewayMetrics()
    private let room = DescriptorRoom()

    /// - Throws: when a setting is unusable.
    public init(host: Host, context: NetworkContext, settings: Settings, stores: Stores, names: IdentityStore) throws {
        loop = host.loop
        self.host = host
        self.context = context
        self.settings = settings
        self.stores = stores
        self.names = StationNames(names, clientsFile: context.data.certificates + "/clients")
        writer = try JournalWriter(loop: host.loop, log: context.log)
        operations = try StationOperations(settings.name, stores.gateway, loop: host.loop, context: context, writer: writer)
    }

    public func start() {
        do {
            for found in stores.take() { try add(found.name, found.store, found.points) }
        } catch {
            return end("\(error)")
        }
        for (name, why) in stores.left {
            context.log.warning("⚠️  Station \(name) is not served: \(why)", event: "station_left")
            unserved[name.directory] = why
            tryAgain(name)
        }
        for station in stations.values { station.start() }
        operations.onEnd = { [weak self] failure in self?.assumeIsolated { $0.operationsEnded(failure) } }
        operations.start()
        for station in stations.values.sorted(by: { $0.id < $1.id }) { operations.tell(of: station) }
        let door = StationDoor(loop: loop, settings: settings.door) { [weak self] event in self?.assumeIsolated { $0.hear(event) } }
        self.door = door
        door.open()
        if !settings.isOpen { watchNames() }
    }

    public func stop() {
        guard !isStopping else { return }
        isStopping = true
        // The stations, the door, and its own client on the bus.
        left = stations.count + leaving.values.count { !$0.isOver } + (door == nil ? 0 : 1) + 1
        door?.stop()
        operations.stop()
        for station in stations.values { station.stop() }
    }

    public var trouble: String? {
        if port == nil { return "it does not listen yet" }
        if let (station, why) = unserved.min(by: { $0.key < $1.key }) {
            return "\(unserved.count) stations are not served; of \(station): \(why)"
        }
        return operations.isOnline && stations.values.allSatisfy(\.isOnline) ? nil : Self.notConnected
    }

    private func operationsEnded(_ failure: String?) {
        guard let failure else { return partEnded() }
        end(failure)
    }

    public var metrics: String? { measured.text(connected: visits.count, known: stations.count) }

    private func partEnded() {
        left -= 1
        if isStopping, left == 0 { end(nil) }
    }

    private func end(_ failure: String?) {
        guard !isOver else { return }
        isOver = true
        if failure != nil {
            isStopping = true
            door?.stop()
        }
        host.ended(self, failure, hasGivenWay: operations.hasGivenWay)
    }

    // MARK: Stations

    @discardableResult
    private func add(_ name: StationName, _ store: StationStore, _ points: [FoundPoint]) throws -> StationHost {
        let directory = name.directory
        let around = StationHost.Surroundings(
            loop: loop, context: context, writer: writer,
            take: { [weak self] order in self?.assumeIsolated { $0.take(order) } },
            points: stores.points, specification: { [weak self] cp in self!.assumeIsolated { $0.specification(of: cp, at: name) } },
            crowd: { [weak self] in self?.assumeIsolated { $0.crowd(stations: 0) } },
            onFailure: { [weak self] failure in self?.assumeIsolated { $0.failed(directory, failure) } },
            onEnd: { [weak self] in self?.assumeIsolated { $0.ended(directory) } })
        let station = try StationHost(name, store: store, points: points, around)
        station.onNotice = { [weak operations, weak station, measured] notice in
            measured.notes(notice)
            if let station { operations?.hears(notice, of: station) }
        }
        station.onFound = { [weak operations, weak station] in if let station { operations?.tell(of: station) } }
        station.onAnswer = { [weak operations] question, outcome in operations?.answered(question, outcome) }
        operations.add(station)
        stations[name.directory] = station
        return station
    }

    /// The time after which a station that could not be served may come again.
    private static let patience = Duration.seconds(10)

    /// A station can't go on: what concerns it alone costs no other anything (P9).
    private func failed(_ directory: String, _ failure: StationFailure) {
        switch failure {
        case .ofAll(let why): end(why)
        case .itsOwn(let why):
            guard !isStopping, let station = stations.removeValue(forKey: directory) else { return }
            let patience = GatewayService.patience
            context.log.error(
                "❌ Station \(station.name) is not served any more: \(why); it may come again in \(patience)", event: "station_failed")
            unserved[directory] = why
            for (id, visit) in visits where visit.station === station { door?.take(.close(id, .tryAgainLater, "This station can't be served now.")) }
            operations.remove(station)
            leaving[directory] = station
            station.stop()
            tryAgain(station.name)
        }
    }

    /// The most that are tried again at a time: each may read journals, and the others are served meanwhile.
    private static let mostTried = 16

    /// Serves it again a while later, also if it does not come: what it metered is to be told.
    private func tryAgain(_ name: StationName) {
        unservedInTurn.append(name)
        planRetry()
    }

    private func planRetry() {
        guard !isRetryPlanned, !unservedInTurn.isEmpty else { return }
        isRetryPlanned = true
        loop.schedule(after: GatewayService.patience) { [weak self] in self?.assumeIsolated { $0.serveNextInTurn() } }
    }

    /// The most that are tried again at a time: each may read journals, and the others are to be served meanwhile.
    private static let mostRetried = 16

    private func serveNextInTurn() {
        isRetryPlanned = false
        let due = Array(unservedInTurn.prefix(GatewayService.mostRetried))
        unservedInTurn.removeFirst(due.count)
        for name in due { serveAgain(name) }
        planRetry()
    }

    private func serveAgain(_ name: StationName) {
        guard !isStopping else { return }
        guard leaving[name.directory] == nil else { return tryAgain(name) }
        do {
            try serve(name)
            unserved[name.directory] = nil
            context.log.info("🔌 Station \(name) is served again", event: "station_back")
        } catch {
            unserved[name.directory] = "\(error)"
            tryAgain(name)
        }
    }

    private func ended(_ directory: String) {
        // It is in the middle of what it does for the last time.
        loop.atEndOfRound { [weak self] in self?.assumeIsolated { $0.leaving[directory] = nil } }
        partEnded()
    }

    /// Hands an order of a station's on to the door, and shows it to whoever reads along.
    private func take(_ order: DoorOrder) {
        if case .send(let id, let bytes) = order {
            measured.sends(bytes)
            if let station = visits[id]?.station { operations.sent(bytes, to: station) }
        }
        door?.take(order)
    }

    /// The station's line in the network's file wins, then that of the point.
    private func specification(of cp: ChargePointID, at name: StationName) -> EngineCore.Specification {
        let (station, point) = (stores.points.entry(of: name), settings.network?.point(cp))
        return EngineCore.Specification(
            cp: cp, power: station?.power ?? point?.power ?? settings.power, price: station?.price ?? point?.price ?? settings.price,
            kind: station?.kind ?? point?.kind ?? "OCPP station",
            software: NetworkContext.software, sessionDuration: settings.network?.sessionDuration ?? Network.defaultSessionDuration,
            hardware: .station)
    }

    /// The reason why there are no descriptors for so many more stations, with a point each, or for another point; `nil` when there are.
    private func crowd(stations more: Int) -> String? {
        let points = stations.values.reduce(1) { $0 + max(1, $1.points.count) }
        return room.holds(stations: stations.count + more, points: points) ? nil : room.words
    }

    /// The error that a station can't be served now.
    private struct Unserved: Error, CustomStringConvertible {
        let description: String
        var refusal: Refusal { Refusal(status: 503, words: "This station can't be served now: \(description)") }
    }

    /// The host of a station that was let in; made where it is new.
    private func station(_ name: StationName) throws -> StationHost {
        if let known = stations[name.directory] {
            if known.name.text == name.directory { known.name = name }
            guard known.name == name else { throw Refusal(status: 403, words: "The id \(name) is too much like \(known.name)'s: give it another.") }
            return known
        }
        if let why = unserved[name.directory] { throw Unserved(description: why).refusal }
        do { return try serve(name) } catch let reason as Unserved { throw reason.refusal }
    }

    /// Makes the host of a station that has none.
    @discardableResult
    private func serve(_ name: StationName) throws -> StationHost {
        if let why = crowd(stations: 1) ?? stores.points.unsettled(name, in: context.data) { throw Unserved(description: why) }
        // The points first: where one is somebody else's, nothing is left that says this was a station.
        let points = try FoundPoint.open([name], as: stores.points, in: context.data)[name] ?? []
        guard let store = try StationStore.open([name], in: context.data).first else {
            preconditionFailure("one directory was opened, and none is there")
        }
        let station = try add(name, store, points)
        station.start()
        return station
    }

    // MARK: The door

    private func hear(_ event: DoorEvent) {
        switch event {
        case .listening(let port):
            self.port = port
            let scheme = settings.door.certificate == nil ? "ws" : "wss"
            context.log.info(
                "🔌 Stations are served at \(scheme)://\(settings.door.host):\(port)/ocpp/{station}", event: "listening", ["port": .integer(Int(port))]
            )
            operations.listens(at: "\(scheme)://\(settings.door.host):\(port)/ocpp/")
            if settings.isOpen {
                context.log.warning("⚠️  Whatever station comes is let in, without a password: for experiments, on this machine alone", event: "open")
            }
        case .failed(let why): end(why)
        case .knocked(let id, let knock): door?.take(.answer(id, admission(of: knock, id)))
        case .opened(let id):
            guard let visit = visits[id] else { return }
            let (station, version) = (visit.station, visit.version)
            context.log.info("🔌 Station \(station.name) is connected, OCPP \(version.rawValue)", event: "station_connected")
            station.feed(.connected(id.number, version))
            operations.connected(station, version, id)
        case .text(let id, let bytes):
            measured.hears(bytes)
            guard let station = visits[id]?.station else { return }
            operations.heard(bytes, from: station)
            station.feed(.text(id.number, bytes))
            operations.settled(station)
        case .closed(let id, let why):
            guard let station = visits.removeValue(forKey: id)?.station else { return }
            context.log.info("🔌 Station \(station.name) is gone: \(why)", event: "station_gone")
            station.feed(.disconnected(id.number))
            operations.gone(station, id)
        case .turnedAway(let address, let words):
            measured.refuses(status: nil)
            context.log.info("🚪 Somebody at \(address) was turned away: \(words)", event: "turned_away")
        case .certificate(let file, let problem):
            if let problem {
                context.log.warning("⚠️  \(file) can't be used: \(problem)", event: "certificate")
            } else {
                context.log.info("🔐 \(file) is used from now on", event: "certificate")
            }
        case .stopped: partEnded()
        }
    }

    private func admission(of knock: Knock, _ id: SocketID) -> Admission {
        do {
            let (name, proof) = try identify(knock)
            let (version, word) = try version(of: name, knock.subprotocols)
            visits[id] = Visit(station: try station(name), version: version, proof: proof)
            return .accept(subprotocol: word)
        } catch let refusal as Refusal {
            turnAway(knock, refusal)
            return .refuse(refusal)
        } catch {
            context.log.error("❌ Station \(knock.station) can't be served: \(error)", event: "station_failed")
            measured.refuses(status: 500)
            return .refuse(Refusal(status: 500, words: "The gateway can't serve this station now; its log says why."))
        }
    }

    /// The version that is spoken with a station, and the word for it that the station offered.
    private func version(of name: StationName, _ offered: [String]) throws -> (OCPPVersion, String?) {
        switch SubprotocolChoice(offered: offered, assuming: settings.assumed16.contains(name.text) ? .v16 : nil) {
        case .agreed(let version, let word): return (version, word)
        case .assumed(let version): return (version, nil)
        case .refused(let words): throw Refusal(status: 400, words: words)
        }
    }
}
