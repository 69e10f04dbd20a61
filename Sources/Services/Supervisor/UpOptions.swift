public import Platform
public import Settings
internal import Terminal

/// The options of `wattline up`.
public struct UpOptions: Sendable {
    /// The network to run, and the file that describes it.
    public var network: Network
    public var networkFile: String
    public var data: DataDirectory

    /// The URL of somebody else's broker; `nil`: our own mosquitto.
    public var externalBroker: BrokerURL?
    /// The port that our own broker must have; `nil`: 1883 or another free one.
    public var mqttPort: UInt16?
    /// The port that the dashboard must have; `nil`: 8000 or another free one.
    public var httpPort: UInt16?
    /// The port on which a gateway serves stations that speak OCPP; `nil`: there is none.
    public var ocppPort: UInt16?
    /// The operator's token for HTTP; `nil`: the one that Central makes.
    public var adminToken: String?
    /// The topic prefix on which Home Assistant is told of the points; `nil`: it is told nothing.
    public var homeAssistant: String?
    /// True when our own broker asks nobody for a name. Else whoever is on this machine may look on without one, and say nothing.
    public var isOpen = false
    /// True when our own broker and the dashboard speak TLS, and nothing else.
    public var isSecure = false
    /// The authorities that somebody else's broker with TLS is to be by; `nil`: as each process finds them.
    public var authorities: String?
    var asksForNames: Bool { externalBroker == nil && !isOpen }
    /// Who is served; `nil`: as the network has it, or any where nobody is asked for a name.
    public var access: Network.Access.Choice?
    /// The vehicles that a driver in no list may charge at a time; `nil`: as Central has it.
    public var vehicles: Int?
    /// The time between two savings of what our own broker keeps; `nil`: by the size of the network.
    public var saveEvery: Duration?
    static let usualHTTPPort: UInt16 = 8000
    /// The first port tried for health checks; each engine gets the next free one.
    public var healthPortBase: UInt16 = 18001

    /// The time after which it stops by itself; `nil`: never.
    public var duration: Duration?
    public var restartDelay = Duration.seconds(1)
    public var grace = Duration.seconds(5)
    /// The time within which a second signal is the first one's echo.
    public var signalEcho = Duration.milliseconds(300)

    /// `WATTLINE_…` variables that the processes get beside those that `up` decides.
    public var passedOn: [String: String] = [:]

    public var logFormat = LogFormat.text
    public var logLevel = LogLevel.info
    public var colors = false

    /// The program to start for everything but the broker; `nil`: this one.
    public var executable: String?
    /// The broker's program; `nil`: found in PATH, `/usr/sbin` and so on.
    public var mosquitto: String?
    /// The broker's configuration; `nil`: found like `network.json`.
    public var mosquittoConfiguration: String?
    /// The address of the server on which Central keeps the ledger; `nil`: in a file in the data directory.
    public var ledger: String?
    /// The number of Centrals: one at work, the others waiting. More than one need a ledger on a server.
    public var centrals = 1
    /// The time for which none of them takes over from another; `nil`: as Central has it.
    public var lease: Duration?
    public var leaseRenewal: Duration?
    /// The environment that the children's is made from. `WATTLINE_…` variables in it are replaced by what was decided here.
    public var environment = Environment.process
    /// The output for the lines.
    public var output = OutputPump()

    public init(network: Network, networkFile: String, data: DataDirectory) {
        self.network = network
        self.networkFile = networkFile
        self.data = data
    }
}

/// The reason why a network could not be started.
public struct UpError: ProcessFailure, Hashable, CustomStringConvertible {
    public let description: String
    public let processExit: ProcessExit

    init(_ description: String, _ processExit: ProcessExit) {
        self.description = description
        self.processExit = processExit
    }
}
