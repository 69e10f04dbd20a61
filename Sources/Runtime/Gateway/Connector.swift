public import ChargingModel
public import OCPP

extension StationCore {
    /// A connector of 1.6, or an EVSE of 2.0.1: what charges one vehicle by itself.
    public struct Connector: Sendable {
        /// A session of Central's that is to begin here.
        public struct Wanted: Hashable, Sendable {
            public var session: SessionID
            /// The token by which the station will name it.
            public var token: String
            /// True where somebody showed the token, so that the station needs no telling.
            public var isShown: Bool
            /// The number by which events of 2.0.1 refer to it.
            var remoteStart: Int32

            public init(_ session: SessionID, token: String? = nil, remoteStart: Int32 = 0) {
                self.session = session
                self.token = token ?? StationCore.token(of: session)
                isShown = token != nil
                self.remoteStart = remoteStart
            }
        }

        /// The engine's register.
        public var register: Energy
        public var wanted: Wanted?
        public internal(set) var status: ConnectorStatus?
        public internal(set) var error: String?
        /// False while the operator wants it out of order.
        var isServing = true
        /// The transaction that is charged, by its id.
        var transaction: String?
        var meter = SessionMeter()
        /// The time at which an idle connector's transaction is given up.
        var lostAt: Instant?
        /// True after a register that fell: the next session is on another meter.
        var isMeterSpent = false

        public init(register: Energy = .zero, wanted: Wanted? = nil) {
            self.register = register
            self.wanted = wanted
        }
    }

    /// The token for a session of Central's that nobody showed a card for: 20 characters, as 1.6 allows, and of that session alone.
    static func token(of session: SessionID) -> String { String(session.text.suffix(20)) }

    /// The connectors of a kind of place: all of them for the station itself.
    func evses(of place: ConnectorPlace) -> [Int32] { place.isStation ? connectors.keys.sorted() : [place.evse] }

    /// The most connectors of a station.
    static let mostConnectors: Int32 = 64

    /// Makes a connector known; false for a number that none can have.
    mutating func know(_ evse: Int32) -> Bool {
        guard (1...StationCore.mostConnectors).contains(evse) else { return false }
        if connectors[evse] == nil {
            connectors[evse] = Connector()
            actions.append(.found(evse))
            if link?.hasSpoken == true { actions.append(.engine(evse, .reachable(true))) }
        }
        return true
    }

    // MARK: Status

    mutating func hear(_ report: StatusReport) {
        actions.append(.notice(.status(report)))
        guard report.place.isStation || know(report.place.evse) else { return }
        for evse in evses(of: report.place) { note(report, at: evse) }
    }

    private mutating func note(_ report: StatusReport, at evse: Int32) {
        guard var connector = connectors[evse] else { return }
        // Of the whole station only what keeps it from serving says anything of a connector.
        if report.place.isStation, report.status != .faulted, report.status != .unavailable {
            if connector.status != .faulted, connector.status != .unavailable { return }
            connector.status = nil
        } else {
            connector.status = report.status
        }
        connector.error = report.status == .faulted ? report.error ?? report.info ?? "faulted" : nil
        connectors[evse] = connector
        actions.append(.fault(evse, connector.error.map { "the station says \($0)" }))
        actions.append(.engine(evse, .unavailable(connector.status == .unavailable && connector.isServing)))
        sayOccupied(evse)
        if let phase = phase(of: report.status), let transaction = agreedTransaction(at: evse) {
            actions.append(.engine(evse, .phase(transaction.session, phase)))
        }
        planLoss(evse)
    }

    private func phase(of status: ConnectorStatus) -> Phase? {
        switch status {
        case .charging: .charging
        case .suspendedVehicle: .suspendedVehicle
        case .suspendedStation: .suspendedStation
        case .finishing: .finishing
        case .available, .preparing, .reserved, .unavailable, .faulted, .occupied: nil
        }
    }

    /// The transaction at a connector whose session is Central's.
    func agreedTransaction(at evse: Int32) -> StationTransaction? {
        guard let id = connectors[evse]?.transaction, let transaction = memory.transaction(id), memory.isOpen(id), transaction.isAgreed else {
            return nil
        }
        return transaction
    }

    /// Says whether a vehicle is plugged in that is nobody's: it has been charged, or charges unasked.
    mutating func sayOccupied(_ evse: Int32) {
        guard let connector = connectors[evse] else { return }
        // Whoever is asked about is not nobody's yet.
        let isAskedAbout = asks.values.contains { $0.evse == evse && $0.transaction != nil }
        let isUnasked = memory.open.contains { $0.evse == evse && !$0.isAgreed && $0.id == connector.transaction }
        let isOver =
            switch connector.status {
            case .finishing: true
            case .charging, .suspendedVehicle, .suspendedStation: agreedTransaction(at: evse) == nil && connector.wanted == nil
            case .available, .preparing, .reserved, .unavailable, .faulted, .occupied, nil: false
            }
        actions.append(.engine(evse, .occupied(!isAskedAbout && (isUnasked || isOver))))
    }

    // MARK: What is not told

    /// The time for which a connector that says it is idle may still owe the end of its transaction: a station sends what it queued.
    static let lossPatience = Duration.seconds(60)

    private mutating func planLoss(_ evse: Int32) {
        let isIdle = connectors[evse]?.status == .available && connectors[evse]?.transaction.map { memory.isOpen($0) } ?? false
        if !isIdle {
            connectors[evse]?.lostAt = nil
        } else if connectors[evse]?.lostAt == nil {
            connectors[evse]?.lostAt = now.monotonic + StationCore.lossPatience
        }
    }

    mutating func loseIfDue(_ evse: Int32) {
        guard let at = connectors[evse]?.lostAt, at <= now.monotonic, link != nil else { return }
        giveUpTransaction(at: evse)
    }

    /// Lets a connector go on without the end of its transaction, which counts whenever it comes.
    mutating func giveUpTransaction(at evse: Int32) {
        if let transaction = agreedTransaction(at: evse) { actions.append(.engine(evse, .lost(transaction.session))) }
        connectors[evse]?.transaction = nil
        connectors[evse]?.lostAt = nil
        sayOccupied(evse)
    }
}
