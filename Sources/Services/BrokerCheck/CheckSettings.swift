public import MQTT
public import RawMQTT

/// The broker that is checked, and how.
public struct CheckSettings: Sendable {
    public var address: MQTTAddress
    /// The client id, or its beginning, under which the name may come; `nil` without a name.
    public var clientID: String?
    /// Another name, for what belongs to a name alone; `nil` where none was given.
    public var other: MQTTAddress.Credentials?
    /// In front of every topic, so that nobody's are touched.
    public var prefix: String
    /// The patience with an answer of the broker.
    public var patience: Duration
    public var interruption: Interruption?
    /// The number of this run, in client ids.
    public var run: String

    public init(address: MQTTAddress, prefix: String, run: String, patience: Duration = .seconds(5), interruption: Interruption? = nil) {
        self.address = address
        self.prefix = prefix
        self.run = run
        self.patience = patience
        self.interruption = interruption
    }

    /// A client id of a guest that nobody else has.
    func clientID(of guest: String) -> String {
        let name = "broker-check:\(run)-\(guest)"
        return clientID.map { "\($0):\(name)" } ?? name
    }
}
