internal import ChargingModel
internal import ChargingProtocol
internal import MQTT

/// A party's connection in the protocol's terms: messages as values, presence by its rules, receipts by the party's own numbers.
///
/// Its outputs go to the party's, in sequence; its events are taken one by one until there is none.
struct PartyBus: Sendable {
    enum Event {
        /// The epoch is to be journalled before there is a connection; then `persisted` says so.
        case persist(Epoch)
        /// From here it may be published, everything under this epoch.
        case online(Epoch)
        case offline
        /// Something on one of the topics outside the contract that were asked for.
        case outside(topic: String, payload: [UInt8], retained: Bool)
        /// Somebody else spoke on a topic where the broker keeps what this party says, or emptied it.
        case foreign(Topic)
        /// The broker has the message that was published with this number.
        case delivered(UInt64)
        /// The broker refuses that one: it has no right there, or a quota is used up.
        case refused(UInt64)
        /// The own retained topic was overwritten or emptied, and is to be said again (P9).
        /// - isNews: somebody did it now; false when it is said once more, for those who believe another epoch.
        /// - number: the highest on it in this connection, perhaps of somebody else: the next one is above it.
        case overwritten(isNews: Bool, number: UInt64)
        /// The stop that was asked for is complete.
        case stopped
        /// It can't go on, and says why: another copy took over, or the epochs are used up.
        case failed(String)
    }

    let party: Party
    let wire: Wire
    private let isWatched: Bool
    private let outsideTopics: [String]
    private var session: BusSession
    private var deliveries: [DeliveryToken: UInt64] = [:]
    private var rejections = RejectionLog()
    /// Since when, in this minute, so many messages could not be sent.
    private var unsendable: (since: Instant, count: Int)?
    /// Another copy of this client is at work.
    private(set) var hasGivenWay = false
    private var events: [Event] = []
    private var firstEvent = 0

    /// - Parameters:
    ///   - points: those that a driver asks for.
    ///   - outsideTopics: what else to listen to that is no topic of the protocol; without wildcards, and nothing in it is read here. With QoS.
    /// - Throws: when a setting is unusable.
    init(
        _ party: Party, _ context: PartyContext, points: [ChargePointID] = [], outside: [Subscription] = [], seed: UInt64
    ) throws(MQTTError) {
        self.party = party
        wire = context.wire
        isWatched = context.isWatched
        outsideTopics = outside.map(\.filter)
        let wire = context.wire
        let presence = party.ownTopic.map { topic in
            BusPresence(
                identity: Presence.Identity(topic: wire.text(of: topic), beliefTopics: party.beliefTopic.map { [wire.text(of: $0)] } ?? []),
                lastEpoch: context.lastEpoch, will: { PartyBus.will(of: party, epoch: $0, wire) }, claim: { PartyBus.claim(of: party, in: $0, wire) })
        }
        session = try BusSession(
            settings: context.settings, presence: presence,
            subscriptions: wire.filters(of: party, points: points).map { Subscription($0) }
                + wire.keptFilters(of: party).map { Subscription($0, options: .init(liveOnly: true, othersOnly: true)) } + outside, seed: seed)
    }

    private static func will(of party: Party, epoch: Epoch, _ wire: Wire) -> [UInt8] {
        // Wills have no time: it would age.
        party.will(epoch: epoch).map { wire.publication($0, at: WallTime(milliseconds: 0)).payload } ?? []
    }

    private static func claim(of party: Party, in payload: [UInt8], _ wire: Wire) -> BusPresence.Claim? {
        guard let epoch = wire.epoch(in: payload) else { return nil }
        // Of the topics that tell who lives, states alone are numbered (P7).
        let number: UInt64? = if case .engine = party { wire.seq(in: payload) } else { nil }
        return BusPresence.Claim(epoch: epoch, number: number)
    }

    /// True while what is published reaches the broker.
    var isOnline: Bool { session.isOnline }
    var deadline: Instant? { session.deadline }
    var counters: BusCounters { session.counters }
    /// The numbers of messages that were not accepted, by reason (P4).
    var rejected: [String: UInt64] { rejections.counts }

    /// The next thing that happened.
    mutating func nextEvent() -> Event? {
        guard firstEvent < events.count else {
            if firstEvent > 0 {
                events.removeAll(keepingCapacity: true)
                firstEvent = 0
            }
            return nil
        }
        firstEvent += 1
        return events[firstEvent - 1]
    }

    // MARK: What the party wants

    mutating func start<Own>(at now: Now, _ outputs: inout [PartyOutput<Own>]) {
        session.start(at: now)
        settle(at: now, &outputs)
    }

    /// Takes the next epoch above one that was used elsewhere (P6).
    mutating func goAbove(_ epoch: Epoch) { session.goAbove(epoch) }

    mutating func persisted<Own>(_ epoch: Epoch, at now: Now, _ outputs: inout [PartyOutput<Own>]) {
        session.persisted(epoch, at: now)
        settle(at: now, &outputs)
    }

    /// Publishes now or never: what is said while offline is lost, and the core says it again when it is online.
    /// - Parameter delivery: comes back with `delivered` or `refused`.
    mutating func publish<Own>(_ message: BusMessage, delivery: UInt64? = nil, at now: Now, _ outputs: inout [PartyOutput<Own>]) {
        guard session.isOnline else { return }
        let outgoing = outgoing(message, at: now)
        guard let (connection, token) = send(outgoing, delivery, at: now, &outputs) else { return }
        outputs.append(.publish(message, connection, token, outgoing))
    }

    /// Has the broker keep something that is no message of the protocol; empty deletes it. While offline it is lost.
    mutating func publishOutsideContract<Own>(topic: String, retained payload: [UInt8], at now: Now, _ outputs: inout [PartyOutput<Own>]) {
        guard session.isOnline else { return }
        let outgoing = OutgoingMessage(topic: topic, payload: payload, retain: true)
        guard let (connection, token) = send(outgoing, nil, at: now, &outputs) else { return }
        outputs.append(.order(.publish(connection, token, outgoing)))
    }

    /// Empties what the broker keeps on a topic.
    mutating func erase<Own>(_ topic: Topic, at now: Now, _ outputs: inout [PartyOutput<Own>]) {
        publishOutsideContract(topic: wire.text(of: topic), retained: [], at: now, &outputs)
    }

    /// A message that can't be sent costs itself alone. Only when the broker takes nothing any more is the connection given up: what was meant for it
    /// is said anew on the next one, in order.
    private mutating func send<Own>(_ message: OutgoingMessage, _ delivery: UInt64?, at now: Now, _ outputs: inout [PartyOutput<Own>])
        -> (ConnectionID, DeliveryToken)?
    {
        do throws(MQTTError) {
            let (connection, token) = try session.publish(message)
            if let delivery { deliveries[token] = delivery }
            return (connection, token)
        } catch {
            if error.isOfMessage {
                sayUnsendable(error, at: now, &outputs)
                if let delivery { events.append(.refused(delivery)) }
            } else {
                outputs.append(.notice(.overflow(error)))
                session.breakConnection(at: now)
                settle(at: now, &outputs)
            }
            return nil
        }
    }

    /// Says the last word, if any, waits for its receipt and disconnects (P10).
    ///
    /// One that was meant for an earlier connection is not said on this one, on which nothing was said (P9): the earlier one's will has spoken.
    mutating func stop<Own>(farewell: BusMessage? = nil, at now: Now, _ outputs: inout [PartyOutput<Own>]) {
        if let farewell, session.isOnline, farewell.epoch == session.epoch {
            let outgoing = outgoing(farewell, at: now)
            if let (connection, token) = session.farewell(outgoing) {
                outputs.append(.publish(farewell, connection, token, outgoing))
            }
        }
        session.stop(at: now)
        settle(at: now, &outputs)
    }

    /// Ends the connection, and begins another under a new epoch.
    mutating func connectAnew<Own>(at now: Now, _ outputs: inout [PartyOutput<Own>]) {
        session.leaveEpoch(at: now)
        settle(at: now, &outputs)
    }

    /// Ends at once and without a word: the will speaks.
    mutating func abort<Own>(at now: Now, _ outputs: inout [PartyOutput<Own>]) {
        session.abort()
        settle(at: now, &outputs)
        events.removeAll()
        firstEvent = 0
    }

    private func outgoing(_ message: BusMessage, at now: Now) -> OutgoingMessage {
        let publication = wire.publication(message, at: now.wall)
        return OutgoingMessage(
            topic: publication.topic, payload: publication.payload, qos: publication.qos == .atLeastOnce ? .atLeastOnce : .atMostOnce,
            retain: publication.retain, expirySeconds: publication.expirySeconds)
    }

    // MARK: What happens

    mutating func tick<Own>(at now: Now, _ outputs: inout [PartyOutput<Own>]) {
        session.tick(at: now)
        settle(at: now, &outputs)
    }

    mutating func handle<Own>(_ event: TransportEvent, at now: Now, _ outputs: inout [PartyOutput<Own>]) {
        session.handle(event, at: now)
        settle(at: now, &outputs)
    }

    /// Takes what came on a connection.
    /// - Returns: the message that the party is to hear, after the events that it brought.
    mutating func receive<Own>(
        _ message: IncomingMessage, on connection: ConnectionID, _ decoder: MessageDecoder, at now: Now, _ outputs: inout [PartyOutput<Own>]
    ) -> BusMessage? {
        guard session.receives(message, on: connection, at: now) else {
            settle(at: now, &outputs)
            return nil
        }
        if !outsideTopics.isEmpty, outsideTopics.contains(message.topic) {
            events.append(.outside(topic: message.topic, payload: message.payload, retained: message.retained))
            return nil
        }
        do throws(Rejection) {
            let received = try decoder.decode(topic: message.topic, payload: message.payload)
            guard case .message(let value) = received, !party.keeps(value.topic) else {
                noteForeign(message, received, at: now, &outputs)
                return nil
            }
            if case .verdict(let verdict) = value {
                believe(verdict, at: now)
                settle(at: now, &outputs)
            }
            if isWatched { outputs.append(.heard(value, retained: message.retained)) }
            return value
        } catch {
            noteForeign(message, nil, at: now, &outputs)
            for notice in rejections.reject(error, topic: message.topic, at: now.monotonic) { outputs.append(.notice(notice)) }
            return nil
        }
    }

    /// Notes that somebody else spoke on a topic that this party keeps, whatever it was.
    /// - Parameter received: the meaning of it, if it has one.
    private mutating func noteForeign<Own>(
        _ message: IncomingMessage, _ received: Wire.Received?, at now: Now, _ outputs: inout [PartyOutput<Own>]
    ) {
        guard !message.retained, let topic = wire.topic(message.topic), party.keeps(topic) else { return }
        if case .engine = party {
            // Under an epoch that nobody else knows yet, the first word is its own.
            let isDispute = if case .message(.info(let info))? = received { info.epoch == session.epoch } else { false }
            if isDispute { session.leaveEpoch(at: now) }
            // Until it may leave: whoever hears two different ones takes neither.
            session.speakAgain(at: now)
        } else {
            events.append(.foreign(topic))
        }
        settle(at: now, &outputs)
    }

    /// This client's epoch as Central shows it (P9).
    private mutating func believe(_ verdict: VerdictReport, at now: Now) {
        switch party {
        case .engine: if let epoch = verdict.engineEpoch { session.believed(epoch, at: now) }
        case .monitor: if let epoch = verdict.monitorEpoch { session.believed(epoch, at: now) }
        case .central, .driver, .gateway: break
        }
    }

    private mutating func settle<Own>(at now: Now, _ outputs: inout [PartyOutput<Own>]) {
        guard !session.orders.isEmpty || !session.events.isEmpty else { return }
        for order in session.orders { outputs.append(.order(order)) }
        session.orders.removeAll(keepingCapacity: true)
        let happened = session.events
        session.events = []
        for event in happened { translate(event, at: now, &outputs) }
    }

    private mutating func translate<Own>(_ event: BusEvent, at now: Now, _ outputs: inout [PartyOutput<Own>]) {
        switch event {
        case .persist(let epoch): events.append(.persist(epoch))
        case .online(let epoch):
            outputs.append(.notice(.connected))
            events.append(.online(epoch))
        case .offline(let error):
            deliveries = [:]
            outputs.append(.notice(.disconnected(why: "\(error)")))
            events.append(.offline)
        case .attemptFailed(let error, _): outputs.append(.notice(.disconnected(why: "\(error)")))
        case .message: break
        case .delivered(let token): if let number = deliveries.removeValue(forKey: token) { events.append(.delivered(number)) }
        case .rejected(let token, let error):
            sayUnsendable(error, at: now, &outputs)
            if let number = deliveries.removeValue(forKey: token) { events.append(.refused(number)) }
        case .abandoned: events.append(.offline)
        case .restore(let isNews, let number): events.append(.overwritten(isNews: isNews, number: number))
        case .takenOver(let epoch):
            hasGivenWay = true
            let name = wire.clientID(of: party)
            events.append(.failed("another copy of \(name) is at work (its epoch is \(epoch)): this one gives way; stop one of the two"))
        case .failed(let error): events.append(.failed("\(error)"))
        case .stopped: events.append(.stopped)
        }
    }

    /// Says what can't be sent, a few times a minute: it may be tried again and again.
    private mutating func sayUnsendable<Own>(_ error: MQTTError, at now: Now, _ outputs: inout [PartyOutput<Own>]) {
        if let since = unsendable?.since, now.monotonic - since < .seconds(60) { unsendable?.count += 1 } else { unsendable = (now.monotonic, 1) }
        if (unsendable?.count ?? 0) <= 3 { outputs.append(.notice(.unsendable(error))) }
    }
}
