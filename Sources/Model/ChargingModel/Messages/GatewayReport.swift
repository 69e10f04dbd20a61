/// `gateway/{gateway}/about`: a gateway on itself, and on those whom it turned away (S13). Also its last will.
public struct GatewayReport: Hashable, Sendable {
    /// The numbers of connections that were turned away since the gateway began, by the HTTP status that they got.
    public struct Refusals: Hashable, Sendable {
        /// 400: no version of OCPP that is spoken here.
        public var malformed: UInt64
        /// 401: a wrong password, or none.
        public var unauthorized: UInt64
        /// 403: an id that is too much like another's.
        public var forbidden: UInt64
        /// 404: an id that nobody knows.
        public var unknown: UInt64

        public init(malformed: UInt64 = 0, unauthorized: UInt64 = 0, forbidden: UInt64 = 0, unknown: UInt64 = 0) {
            self.malformed = malformed
            self.unauthorized = unauthorized
            self.forbidden = forbidden
            self.unknown = unknown
        }

        public mutating func count(_ status: Int) {
            switch status {
            case 400: malformed &+= 1
            case 401: unauthorized &+= 1
            case 403: forbidden &+= 1
            case 404: unknown &+= 1
            default: break
            }
        }
    }

    /// A station that was turned away.
    public struct Stranger: Hashable, Sendable {
        public static let textLimit = 64
        public static let whyLimit = 160

        /// The id that it gave itself: anything that can be in a path, cut and made harmless.
        public var name: String
        public var address: String
        /// The HTTP status that it got.
        public var status: Int
        public var why: String
        public var at: WallTime
        /// The times that it was turned away since it is told of; 1 for the first time.
        public var times: UInt64

        public init(name: String, address: String, status: Int, why: String, at: WallTime, times: UInt64 = 1) {
            self.name = name.bounded(to: Stranger.textLimit)
            self.address = address.bounded(to: Stranger.textLimit)
            self.status = status
            self.why = why.bounded(to: Stranger.whyLimit)
            self.at = at
            self.times = times
        }
    }

    /// The most strangers that are told.
    public static let mostStrangers = 20

    public var epoch: Epoch
    public var gateway: GatewayID
    public var online: Bool
    /// The reason why it is not online.
    public var reason: String?
    /// The address at which stations are served, `ws://127.0.0.1:9000/ocpp/`; `nil` while there is none.
    public var address: String?
    public var software: String?
    /// The numbers of stations that it knows, and of those that are connected.
    public var known = 0
    public var connected = 0
    public var refusals = Refusals()
    /// The last ones that were turned away, each once, the newest first.
    public var wantsIn: [Stranger] = []

    public init(epoch: Epoch, gateway: GatewayID, online: Bool, reason: String? = nil, software: String? = nil) {
        self.epoch = epoch
        self.gateway = gateway
        self.online = online
        self.reason = reason
        self.software = software
    }

    /// The last will of a gateway's connection.
    public static func will(epoch: Epoch, gateway: GatewayID) -> GatewayReport {
        GatewayReport(epoch: epoch, gateway: gateway, online: false, reason: StateReport.connectionLost)
    }

    /// Its worth as a sign of life: none when it is offline, as its will says.
    public func sign(retained: Bool) -> Freshness.Sign { retained || !online ? .none : .live }

    /// Notes a stranger, in the place of what was known of that id.
    public mutating func note(_ stranger: Stranger) {
        refusals.count(stranger.status)
        var stranger = stranger
        if let before = wantsIn.first(where: { $0.name == stranger.name }) { stranger.times = before.times &+ 1 }
        wantsIn.removeAll { $0.name == stranger.name }
        wantsIn.insert(stranger, at: 0)
        if wantsIn.count > GatewayReport.mostStrangers { wantsIn.removeLast() }
    }

    /// Notes that a station came in: it wants in no more, unless somebody of its name was turned away since.
    public mutating func note(cameIn name: String, at since: WallTime) {
        wantsIn.removeAll { $0.name == name.bounded(to: Stranger.textLimit) && $0.at <= since }
    }
}
