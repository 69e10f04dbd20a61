/// The presence of a client that others watch: where it says that it lives, and what its connections leave behind.
public struct BusPresence: Sendable {
    public var identity: Presence.Identity
    /// The last epoch persisted; 0 for none.
    public var lastEpoch: UInt64
    /// The last will of the connection with this epoch: QoS 1, retained, on the identity's topic. It must carry only what can't age.
    public var will: @Sendable (_ epoch: UInt64) -> [UInt8]
    /// The epoch in a payload of the identity's topic; nil when it is empty or not readable. Called with whatever somebody put there.
    public var epochOf: @Sendable (_ payload: [UInt8]) -> UInt64?

    public init(
        identity: Presence.Identity, lastEpoch: UInt64 = 0, will: @escaping @Sendable (UInt64) -> [UInt8],
        epochOf: @escaping @Sendable ([UInt8]) -> UInt64?
    ) {
        self.identity = identity
        self.lastEpoch = lastEpoch
        self.will = will
        self.epochOf = epochOf
    }
}
