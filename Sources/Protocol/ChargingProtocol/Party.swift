public import ChargingModel

/// A party on the bus, with its client id (P2), its subscriptions, and the topic that says whether it lives (P8, P9).
public enum Party: Hashable, Sendable {
    case central
    case engine(ChargePointID)
    case monitor(ChargePointID)
    case driver(DriverID)
    case gateway(GatewayID)

    /// The topic of its birth, life and last will; `nil` for drivers, whom nobody watches.
    public var ownTopic: Topic? {
        switch self {
        case .central: .centralStatus
        case .engine(let cp): .state(cp)
        case .monitor(let cp): .health(cp)
        case .driver: nil
        case .gateway(let gateway): .gateway(gateway)
        }
    }

    /// The topic on which Central shows the epochs it believes (P9); `nil` for others.
    public var beliefTopic: Topic? {
        switch self {
        case .engine(let cp), .monitor(let cp): .verdict(cp)
        case .central, .driver, .gateway: nil
        }
    }

    /// True for a topic where the broker keeps what this party alone may say, besides its own topic; it listens there for others who speak (P9).
    public func keeps(_ topic: Topic) -> Bool {
        switch (self, topic) {
        case (.central, .verdict), (.central, .tickets): true
        case (.engine(let cp), .info(let other)): other == cp
        default: false
        }
    }

    /// The last will of a connection, which carries nothing that can age (P6); `nil` for drivers.
    public func will(epoch: Epoch) -> BusMessage? {
        switch self {
        case .central: .centralStatus(CentralStatus(epoch: epoch, online: false, reason: StateReport.connectionLost))
        case .engine(let cp): .state(.will(epoch: epoch, cp: cp))
        case .monitor(let cp): .health(.will(epoch: epoch, cp: cp))
        case .driver: nil
        case .gateway(let gateway): .gateway(.will(epoch: epoch, gateway: gateway))
        }
    }
}

extension Party: Comparable {
    /// A fixed order: Central, engines, monitors, drivers, gateways, each by their ids.
    public static func < (a: Party, b: Party) -> Bool { (a.rank, a.id) < (b.rank, b.id) }

    private var rank: Int {
        switch self {
        case .central: 0
        case .engine: 1
        case .monitor: 2
        case .driver: 3
        case .gateway: 4
        }
    }

    /// The point's or driver's id; empty for Central.
    private var id: String {
        switch self {
        case .central: ""
        case .engine(let cp), .monitor(let cp): cp.text
        case .driver(let driver): driver.text
        case .gateway(let gateway): gateway.text
        }
    }
}

extension Wire {
    /// The MQTT client id: `engine:CP-001`, with a site `madrid:engine:CP-001` (P2).
    public func clientID(of party: Party) -> String {
        let name =
            switch party {
            case .central: "central"
            case .engine(let cp): "engine:\(cp)"
            case .monitor(let cp): "monitor:\(cp)"
            case .driver(let driver): "driver:\(driver)"
            case .gateway(let gateway): "gateway:\(gateway)"
            }
        return site.map { "\($0):\(name)" } ?? name
    }

    /// The topic filters that a party listens to besides its own topic, all with QoS 1.
    /// - Parameter points: those that a driver asks for; it listens to these alone, or to all when there are none or more than 32: in a network of
    ///   thousands of points nobody wants to hear of each.
    public func filters(of party: Party, points: [ChargePointID] = []) -> [String] {
        let filters =
            switch party {
            case .central:
                [
                    "cp/+/info", "cp/+/state", "cp/+/telemetry", "cp/+/event", "cp/+/health", "driver/+/request", "station/+/request",
                    "station/+/about", "station/+/answer", "station/+/frame", "gateway/+/about", Topic.fence.text,
                ]
            case .engine(let cp): [Topic.command(cp).text, Topic.centralStatus.text, Topic.verdict(cp).text]
            case .monitor(let cp): [Topic.command(cp).text, Topic.centralStatus.text, Topic.verdict(cp).text]
            case .driver(let driver):
                [Topic.status(driver).text, Topic.tickets(driver).text, Topic.centralStatus.text]
                    + ((1...32).contains(points.count) ? points.map { Topic.verdict($0).text } : ["central/cp/+"])
            case .gateway: ["station/+/command", Topic.centralStatus.text]
            }
        return filters.map { prefix + $0 }
    }

    /// The filters of the topics that a party keeps (`Party.keeps`).
    public func keptFilters(of party: Party) -> [String] {
        switch party {
        case .central: [prefix + "central/cp/+", prefix + "driver/+/ticket"]
        case .engine(let cp): [text(of: .info(cp))]
        case .monitor, .driver, .gateway: []
        }
    }

    /// The filter for all that is said of a point, by whomever, except Central's verdict.
    public func filterOfAll(on cp: ChargePointID) -> String { "\(prefix)cp/\(cp)/+" }

    /// The topic with the site in front.
    public func text(of topic: Topic) -> String { topic.text(after: prefix) }
}
