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
            /// The time since which it is wanted; `nil` where nobody knows.
            public var since: WallTime?
            /// True where somebody showed the token, so that the station needs no telling.
            public var isShown: Bool
            /// The number by which events of 2.0.1 refer to it.
            var remoteStart: Int32
            /// The transaction that the station says it will be (2.0.1).
            var transaction: String?
            /// True once the station has said that it will begin.
            var isPromised = false
            /// True when the station may have heard of it before: a refusal says nothing then.
            var isUncertain: Bool

            public init(_ session: SessionID, token: String? = nil, since: WallTime? = nil) {
                self.init(session, token: token, since: since, remoteStart: 1, isUncertain: true)
            }

            init(_ session: SessionID, token: String? = nil, since: WallTime?, remoteStart: Int32, isUncertain: Bool = false) {
                self.session = session
                self.since = since
                self.token = token ?? StationCore.token(of: session)
                isShown = token != nil
                self.remoteStart = remoteStart
                self.isUncertain = isUncertain
            }
        }

        /// The engine's register.
        public var register: Energy
        public var wanted: Wanted?
        /// The session that its engine has under way, energy flowing, when this process begins.
        var charging: SessionID?
        public internal(set) var status: ConnectorStatus?
        /// The fault that the station reports here; `nil` while there is none.
        public internal(set) var error: String?
        /// False while the operator wants it out of order.
        var isServing = true
        /// False as long as the station has not said that it heard of that.
        var isServingTold = true
        /// True as long as an earlier life of the gateway may have told it to serve nobody, and this one has said nothing else.
        var mayBeToldOtherwise = true
        /// The transaction that is charged, by its id.
        var transaction: String?
        /// The session that is to end, whose station has not said yet that it did, and the time to ask it again.
        var ending: SessionID?
        var endsAgainAt: Instant?
        /// True while the vehicle of a transaction that is over is still plugged in.
        var isSpent = false
        /// The time at which an idle connector's transaction is given up.
        var lostAt: Instant?
        /// True after a register that fell: the next session is on another meter.
        var isMeterSpent = false
        /// The time to have the engine change it; `nil` before something is over on it.
        var meterChangesAt: Instant?

        /// True where it is spent, and nothing is under way on it.
        var mayChangeMeter: Bool { isMeterSpent && transaction == nil && wanted == nil }

        /// - Parameters:
        ///   - wanted: a session that its engine has, and in which no energy flows yet.
        ///   - charging: a session that its engine has, and in which energy flows.
        public init(register: Energy = .zero, wanted: Wanted? = nil, charging: SessionID? = nil) {
            self.register = register
            self.wanted = wanted
            self.charging = charging
        }
    }

    /// The token for a session of Central's that nobody showed a card for: 20 characters, as 1.6 allows, and of that session alone.
    static func token(of session: SessionID) -> String { String(session.text.suffix(20)) }

    /// The most connectors of a station.
    static let mostConnectors: Int32 = 64

    /// Makes a connector known; false for a number that none can have.
    mutating func know(_ evse: Int32) -> Bool {
        guard (1...StationCore.mostConnectors).contains(evse) else { return false }
        if connectors[evse] == nil {
            connectors[evse] = Connector()
            actions.append(.found(evse))
            if link != nil { actions.append(.engine(evse, .reachable(true))) }
        }
        return true
    }

    /// The connector of a transaction: one with a number that none can have is at the first, for what is metered there is a fact.
    mutating func place(_ evse: Int32?) -> Int32 {
        if let evse, know(evse) { return evse }
        let first = connectors.keys.min() ?? 1
        _ = know(first)
        return first
    }

    /// The connectors of a kind of place: all of them for the station itself.
    func evses(of place: ConnectorPlace) -> [Int32] { place.isStation ? connectors.keys.sorted() : [place.evse] }

    /// The transaction that is charged at a connector.
    func current(at evse: Int32) -> StationTransaction? { connectors[evse]?.transaction.flatMap { memory.openTransaction($0) } }

    /// The same, if its session is Central's.
    func agreedTransaction(at evse: Int32) -> StationTransaction? { current(at: evse).flatMap { $0.isAgreed ? $0 : nil } }
}
