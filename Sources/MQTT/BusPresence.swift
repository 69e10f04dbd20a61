/// What the owner of a client that has a presence does for it. The closures are called on the loop.
public struct BusPresence {
    public var identity: Presence.Identity
    /// The last epoch persisted; 0 for none.
    public var lastEpoch: UInt64
    /// The last will of the connection with this epoch: QoS 1, retained, on the identity's topic. It must carry only what can't age.
    public var will: (_ epoch: UInt64) -> [UInt8]
    /// The epoch in a payload of the identity's topic; nil when it is empty or not readable. Called with whatever somebody put there.
    public var epochOf: (_ payload: [UInt8]) -> UInt64?
    /// Stores the epoch where a crash can't take it, then calls `done` on the loop (at once or later; more than once is harmless). Until
    /// then the client does not connect.
    public var persistEpoch: (_ epoch: UInt64, _ done: @escaping () -> Void) -> Void

    public init(
        identity: Presence.Identity, lastEpoch: UInt64 = 0, will: @escaping (UInt64) -> [UInt8], epochOf: @escaping ([UInt8]) -> UInt64?,
        persistEpoch: @escaping (UInt64, @escaping () -> Void) -> Void
    ) {
        self.identity = identity
        self.lastEpoch = lastEpoch
        self.will = will
        self.epochOf = epochOf
        self.persistEpoch = persistEpoch
    }
}
