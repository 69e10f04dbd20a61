internal import ChargingModel
internal import ChargingProtocol
internal import EventLoop
public import NetworkView

/// What somebody who looks on is given: what changed since the last time, each thing as it is now.
public struct CentralUpdate: Sendable {
    /// The condition that is not seen by looking at points and sessions.
    public struct Condition: Hashable, Sendable {
        public var isConnected: Bool
        public var isLedgerWorking: Bool
        public var standing: Standing
        /// Another one whenever gateways or stations are; 0 where there is none.
        public var stations: UInt64

        /// The place of a Central among those that may write its ledger.
        public enum Standing: Hashable, Sendable {
            /// Nothing is known yet.
            case unknown
            /// Another one is at work.
            case waiting
            case active
        }

        public init(isConnected: Bool, isLedgerWorking: Bool, standing: Standing = .active, stations: UInt64 = 0) {
            self.isConnected = isConnected
            self.isLedgerWorking = isLedgerWorking
            self.standing = standing
            self.stations = stations
        }
    }

    public var changes: NetworkChanges
    public var counts: Counts
    public var condition: Condition

    public init(changes: NetworkChanges, counts: Counts, condition: Condition) {
        self.changes = changes
        self.counts = counts
        self.condition = condition
    }
}

/// Somebody who looks on, on a thread of its own. It is given copies, and never keeps Central waiting.
public protocol CentralUpdateListener: AnyObject, Sendable {
    /// Whether it has taken what it was given last. Until then Central keeps what changes, and each thing once.
    var isReady: Bool { get }
    /// Called on Central's loop, at most every 50 ms.
    func take(_ update: CentralUpdate)
}

/// Sees what Central hears and says, and tells a watcher now and then. Bound to Central's loop.
final class NetworkObserver {
    private static let interval = Duration.milliseconds(50)

    private let loop: EventLoop
    private let listener: any CentralUpdateListener
    private var view = NetworkView()
    private var condition: CentralUpdate.Condition?
    private var shown: CentralUpdate.Condition?
    private var last: Instant?
    private var isPlanned = false

    init(loop: EventLoop, listener: any CentralUpdateListener) {
        self.loop = loop
        self.listener = listener
    }

    func hears(_ message: BusMessage, retained: Bool, at now: Now) { view.hear(message, retained: retained, at: now) }
    func forgets(_ topic: Topic, at now: Now) { view.forget(topic, at: now) }
    func connected(at now: Now) { view.connected(at: now) }
    func disconnected(at now: Now) { view.disconnected("not connected to the broker", at: now) }

    /// Tells what is new: at the end of this round, or when it has told something a moment ago, a moment later.
    func show(_ condition: CentralUpdate.Condition, outOfOrder: Set<ChargePointID>) {
        self.condition = condition
        view.show(outOfOrder: outOfOrder)
        guard !isPlanned, view.hasChanges || condition != shown else { return }
        isPlanned = true
        let now = EventLoop.present().monotonic
        if let last, now - last < NetworkObserver.interval {
            loop.schedule(after: NetworkObserver.interval - (now - last)) { [weak self] in self?.tell() }
        } else {
            loop.atEndOfRound { [weak self] in self?.tell() }
        }
    }

    private func tell() {
        guard let condition else { return }
        guard listener.isReady else {
            loop.schedule(after: NetworkObserver.interval) { [weak self] in self?.tell() }
            return
        }
        isPlanned = false
        last = EventLoop.present().monotonic
        shown = condition
        listener.take(CentralUpdate(changes: view.takeChanges(), counts: view.counts, condition: condition))
    }
}
