/// A name for the broker, and how its password is found: anew for each connection, since it may be another one by then.
public struct Login: Hashable, Sendable {
    /// Its origin, for people: a file.
    public let source: String
    private let find: @Sendable () -> MQTTAddress.Credentials?

    /// - Parameter find: returns `nil` when there is none at present; it may read a small file.
    public init(from source: String, find: @escaping @Sendable () -> MQTTAddress.Credentials?) {
        self.source = source
        self.find = find
    }

    public var credentials: MQTTAddress.Credentials? { find() }

    public static func == (a: Login, b: Login) -> Bool { a.source == b.source }
    public func hash(into hasher: inout Hasher) { hasher.combine(source) }
}

/// How one client talks to the broker. Clean Start, Session Expiry 0 and Will Delay 0 are fixed (P8).
public struct MQTTSettings: Hashable, Sendable {
    public var address: MQTTAddress
    /// The numeric address of this machine from which to connect; `nil` for the one that the system chooses.
    public var sourceAddress: String?
    /// 1…65535 bytes; brokers throw out an older client with the same id.
    public var clientID: String
    /// The name and password, where these are not in the address.
    public var login: Login?
    /// Whole seconds, 5 s…65535 s. A silent broker is noticed after at most twice this and a second.
    public var keepAlive: Duration = .seconds(5)
    /// For each attempt, from the look-up of the name to the last SUBACK; from 10 ms.
    public var connectTimeout: Duration = .seconds(5)
    public var backoff = Backoff.Limits()
    /// Accepted and not yet written (QoS 0) or acknowledged (QoS 1): 1…32 000 messages.
    public var maxOutboundMessages = 10_000
    /// The same in bytes of payloads and topics.
    public var maxOutboundBytes = 16 << 20
    /// The time that messages of QoS 0 may wait for others, so that many leave in one write; up to 1 s. What is of QoS 1 takes them along at once.
    public var holdTime: Duration = .zero
    /// Longer payloads are counted and thrown away, in bytes.
    public var maxInboundPayload = 64 << 10

    public init(address: MQTTAddress, clientID: String) {
        self.address = address
        self.clientID = clientID
    }

    func validate() throws(MQTTError) {
        func check(_ condition: Bool, _ name: String, _ why: String) throws(MQTTError) {
            if !condition { throw MQTTError(.badSetting(name: name, why: why)) }
        }
        try check((1...65535).contains(clientID.utf8.count) && !clientID.utf8.contains(0), "clientID", "it must have 1 to 65535 bytes and no NUL")
        try check((.seconds(5)...(.seconds(65535))).contains(keepAlive), "keepAlive", "it must be from 5 to 65535 s")
        try check(connectTimeout >= .milliseconds(10), "connectTimeout", "it must be at least 10 ms")
        try check((1...32_000).contains(maxOutboundMessages), "maxOutboundMessages", "it must be from 1 to 32000")
        try check((.zero...(.seconds(1))).contains(holdTime), "holdTime", "it must be from 0 to 1 s")
        try check(maxOutboundBytes > 0, "maxOutboundBytes", "it must be positive")
        try check((1...(16 << 20)).contains(maxInboundPayload), "maxInboundPayload", "it must be from 1 to 16 MiB")
        try check(!address.host.isEmpty && !address.host.utf8.contains(0), "address", "its host is empty or has a NUL in it")
        try check((address.tls?.certificateFile == nil) == (address.tls?.keyFile == nil), "tls", "certificate and key go together")
    }
}
