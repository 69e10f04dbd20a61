public import ChargingModel
public import ChargingProtocol
public import Journal
public import MQTT

/// A wish of any party to the world around it. Carried out in this sequence; the world answers with inputs.
public enum PartyOutput<Own: Sendable>: Sendable {
    case order(TransportOrder)
    /// Publish, and who watches may know what it means.
    indirect case publish(BusMessage, ConnectionID, DeliveryToken, OutgoingMessage)
    /// A message of the protocol was accepted, and the core is about to hear it. Told only where somebody asked for it.
    indirect case heard(BusMessage, retained: Bool)
    case journal(JournalOrder)
    case notice(PartyNotice)
    /// Something that only this kind of party wants.
    case own(Own)
    /// It is over; with a reason when it could not go on.
    case end(failure: String?)

    /// True for what need not be done before others hear what was published.
    public var isForPeople: Bool {
        switch self {
        case .own, .notice, .heard, .end: true
        case .order, .publish, .journal: false
        }
    }
}

/// News for any party from the world around it.
public enum PartyInput: Sendable {
    /// The first one.
    case start
    case bus(TransportEvent)
    case journal(JournalResult)
    /// The time has come that `deadline` named, or an earlier one.
    case tick
    /// End well (P10).
    case stop
}

/// A party of the network around its core: inputs and the time go in, outputs come out, and whoever runs it carries them out in their sequence. It has no
/// clock, no disk, no socket and no thread; the programs and the simulator run the very same.
public protocol PartyRuntime: AnyObject {
    /// Something that only this kind of party is told.
    associatedtype Event: Sendable
    /// Something that only this kind of party wants.
    associatedtype Action: Sendable

    /// True when it ended since another copy of it is at work, which is nothing to the parties beside it.
    var hasGivenWay: Bool { get }

    /// - Parameter sink: empty; its memory is used again.
    func handle(_ input: PartyInput, _ decoder: MessageDecoder, at now: Now, into sink: inout [PartyOutput<Action>])
    func handle(_ event: Event, at now: Now, into sink: inout [PartyOutput<Action>])
    /// The time at which `tick` is due; `nil` when nothing is waited for.
    var deadline: Instant? { get }
    /// True while what it says reaches the broker.
    var isOnline: Bool { get }
}

extension PartyRuntime {
    public func handle(_ input: PartyInput, _ decoder: MessageDecoder, at now: Now) -> [PartyOutput<Action>] {
        var outputs: [PartyOutput<Action>] = []
        handle(input, decoder, at: now, into: &outputs)
        return outputs
    }

    public func handle(_ event: Event, at now: Now) -> [PartyOutput<Action>] {
        var outputs: [PartyOutput<Action>] = []
        handle(event, at: now, into: &outputs)
        return outputs
    }
}

/// A message for people about a party's connection.
public enum PartyNotice: Hashable, Sendable {
    case connected
    /// The connection is lost, or an attempt failed; it is tried again.
    case disconnected(why: String)
    case rejected(Rejection, topic: String)
    /// So many more of a topic were rejected in the last minute.
    case rejectedMore(Int, topic: String)
    /// A message could not be sent, and would not be later.
    case unsendable(MQTTError)
    /// The broker takes nothing any more: the connection is given up.
    case overflow(MQTTError)
    /// The journal goes on as it was, only longer.
    case notCompacted(String)
}

/// The parts of a party that do not depend on its kind.
public struct PartyContext: Sendable {
    public var settings: MQTTSettings
    public var wire: Wire
    /// The last epoch persisted; 0 for none.
    public var lastEpoch: Epoch
    /// The number of records that the journal has.
    public var journalRecords: Int
    /// Of all that is random.
    public var seed: UInt64
    /// Tells `heard` for each message that was accepted.
    public var isWatched: Bool

    public init(
        settings: MQTTSettings, wire: Wire, lastEpoch: Epoch = 0, journalRecords: Int = 0, seed: UInt64, isWatched: Bool = false
    ) {
        self.settings = settings
        self.wire = wire
        self.lastEpoch = lastEpoch
        self.journalRecords = journalRecords
        self.seed = seed
        self.isWatched = isWatched
    }
}

/// The first of some times, if there is any.
func earliest(_ a: Instant?, _ b: Instant?, _ c: Instant? = nil) -> Instant? {
    var first = a
    if let b, first.map({ b < $0 }) ?? true { first = b }
    if let c, first.map({ c < $0 }) ?? true { first = c }
    return first
}
