public import ChargingModel
public import ChargingProtocol
public import NetworkView

/// The picture and the keys of `wattline top`, as a value: messages and keys go in, frames come out. It knows neither a terminal nor a clock.
public struct Screen: Sendable {
    /// A wish of the person that the screen can't fulfil itself.
    public enum Wish: Hashable, Sendable {
        case quit
        /// Draw everything anew.
        case redraw
    }

    enum Place: Hashable, Sendable {
        case points
        case point(ChargePointID)
        case help
    }

    enum Panel: Hashable, Sendable { case log, sessions }

    /// The network as it is heard, shown or not.
    public private(set) var network: NetworkView
    /// The network as it was when the screen was paused; `nil` while it is not.
    private var still: NetworkView?
    let broker: String
    let glyphs: Glyphs
    public private(set) var width = 80
    public private(set) var height = 24
    var place = Place.points
    var panel = Panel.log
    var sort = Sort()
    /// The text that must occur in a row; empty for all.
    var filter = ""
    var isTyping = false
    var selected: ChargePointID?
    /// The row of the selected point, for when it is gone.
    var selectedRow = 0
    /// The first row that is drawn.
    var firstRow = 0
    /// The first line that is drawn of the page of a point.
    var firstLine = 0
    /// The number of rows that there was room for.
    var roomForRows = 10

    /// Makes the screen.
    /// - Parameters:
    ///   - broker: its name as it is shown.
    ///   - sort: the order at first.
    ///   - filter: the filter at first.
    ///   - logLimit: the number of log lines that are kept.
    public init(broker: String, glyphs: Glyphs = Glyphs(isASCII: false), sort: SortKey = .point, filter: String = "", logLimit: Int = 500) {
        self.broker = broker
        self.sort = Sort(key: sort)
        self.filter = filter
        self.glyphs = glyphs
        network = NetworkView(NetworkView.Settings(logLimit: logLimit, closedLimit: 200, pointLimit: 20_000))
    }

    /// True when the readings that complete the picture are there: they come once a second, and are not kept by the broker.
    public var isWhole: Bool {
        network.points.values.allSatisfy { $0.telemetry != nil || $0.shown(network.central).verdict != .supplying }
    }

    public var isPaused: Bool { still != nil }

    /// The network that is shown.
    var shown: NetworkView { still ?? network }

    // MARK: What is heard

    public mutating func hear(_ message: BusMessage, retained: Bool, at now: Now) { network.hear(message, retained: retained, at: now) }
    public mutating func forget(_ topic: Topic, at now: Now) { network.forget(topic, at: now) }
    public mutating func connected(at now: Now) { network.connected(at: now) }
    public mutating func disconnected(_ reason: String, at now: Now) { network.disconnected(reason, at: now) }

    /// Returns and forgets the changes since the last call.
    public mutating func takeChanges() -> NetworkChanges { network.takeChanges() }

    /// Notes the size of the terminal.
    public mutating func resize(width: Int, height: Int) {
        self.width = min(max(1, width), Frame.limit)
        self.height = min(max(1, height), Frame.limit)
    }

    mutating func pause() { still = still == nil ? network : nil }
}
