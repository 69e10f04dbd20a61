internal import ChargingProtocol
public import ContractLint
public import EventLoop
internal import Glibc
public import MQTT
internal import Mosquitto
public import Services

/// A connection that only listens: it has no will, no epoch, and publishes nothing. Bound to its loop.
public final class BusListener {
    public enum Event: Sendable {
        /// Subscribed; what the broker keeps is coming, or has come.
        case online
        /// The connection is lost; it will be made again.
        case offline(String)
        /// The connection could not be made, with the reason; it is tried again.
        case notReached(String)
        case message(IncomingMessage, Delivery)
        /// The connection has ended for good, with the reason.
        case failed(String)
        /// The stop that was asked for is complete.
        case stopped
    }

    /// The topics to listen to.
    public enum Range: Sendable {
        /// The topics of the protocol below `cp/`, `central/`, `driver/`, `station/` and `gateway/`.
        case network
        /// All topics on the broker, below the site.
        case everything
    }

    // By which subscription a message came.
    private static let keptNumber: UInt32 = 1
    private static let liveNumber: UInt32 = 2

    private let onEvent: (Event) -> Void
    private var client: BusClient?

    /// Makes the connection.
    /// - Parameters:
    ///   - role: the beginning of its client id.
    ///   - seesFlags: true to tell the RETAIN flags of publishers apart from what the broker kept, which takes a second subscription.
    /// - Throws: when a setting is unusable.
    public init(
        loop: EventLoop, context: NetworkContext, role: String, range: Range = .network, seesFlags: Bool = false, onEvent: @escaping (Event) -> Void
    ) throws(MQTTError) {
        self.onEvent = onEvent
        let settings = context.lookingOn(as: role)
        let prefix = context.wire.site.map { $0 + "/" } ?? ""
        let filters: [String] =
            switch range {
            case .network: ["cp/#", "central/#", "driver/#", "station/#", "gateway/#"].map { prefix + $0 }
            case .everything: [prefix + "#"]
            }
        client = try BusClient(loop: loop, settings: settings, subscriptions: BusListener.subscriptions(filters, seesFlags: seesFlags)) {
            [weak self] event in
            self?.handle(event, seesFlags: seesFlags)
        }
    }

    /// The subscriptions. With `seesFlags` the first one brings what the broker keeps, and the second takes its place before anything else can be
    /// read: the subscription's number in a message tells whether its RETAIN flag is the broker's or the publisher's.
    private static func subscriptions(_ filters: [String], seesFlags: Bool) -> [Subscription] {
        let options =
            seesFlags
            ? [
                Subscription.Options(retainAsPublished: true, identifier: keptNumber),
                Subscription.Options(retainAsPublished: true, liveOnly: true, identifier: liveNumber),
            ] : [Subscription.Options()]
        // What is personal is refused to those without a name, who see the rest.
        return options.flatMap { options in filters.map { Subscription($0, options: options, isOptional: isPersonal($0)) } }
    }

    private static func isPersonal(_ filter: String) -> Bool {
        filter.hasSuffix("driver/#") || filter.hasSuffix("station/#")
    }

    public func start() { client?.start() }
    public func stop() { client?.stop() }
    public var isOnline: Bool { client?.isOnline ?? false }

    private func handle(_ event: BusEvent, seesFlags: Bool) {
        switch event {
        case .online: onEvent(.online)
        case .offline(let error): onEvent(.offline("\(error)"))
        case .attemptFailed(let error, _): onEvent(error.isRefusal ? .failed("\(error)") : .notReached("\(error)"))
        case .message(let message): onEvent(.message(message, delivery(of: message, seesFlags: seesFlags)))
        case .failed(let error): onEvent(.failed("\(error)"))
        case .stopped: onEvent(.stopped)
        case .persist, .abandoned, .delivered, .rejected, .restore, .takenOver: break
        }
    }

    private func delivery(of message: IncomingMessage, seesFlags: Bool) -> Delivery {
        switch message.subscription {
        case BusListener.liveNumber: .live(retain: message.retained)
        // A broker without subscription identifiers does not tell.
        default: message.retained ? .stored : .live(retain: nil)
        }
    }
}

extension IncomingMessage {
    /// The QoS in the protocol's terms.
    var published: Publication.QoS {
        switch qos {
        case .atMostOnce: .atMostOnce
        case .atLeastOnce: .atLeastOnce
        }
    }
}
