/// The presence of a client that others watch: where it says that it lives, and what its connections leave behind.
public struct BusPresence: Sendable {
    public var identity: Presence.Identity
    /// The last epoch persisted; 0 for none.
    public var lastEpoch: UInt64
    /// The last will of the connection with this epoch: QoS 1, retained, on the identity's topic. It must carry only what can't age.
    public var will: @Sendable (_ epoch: UInt64) -> [UInt8]
    /// The claim in a payload of the identity's topic; nil when it is empty or not readable. Called with whatever somebody put there.
    public var claim: @Sendable (_ payload: [UInt8]) -> Claim?

    /// The place of a message on a client's own topic: its connection, and its number there.
    public struct Claim: Hashable, Sendable {
        public var epoch: UInt64
        /// Its place among those of its connection (P7); nil where nothing is counted, and in a will.
        public var number: UInt64?

        public init(epoch: UInt64, number: UInt64? = nil) {
            self.epoch = epoch
            self.number = number
        }
    }

    public init(
        identity: Presence.Identity, lastEpoch: UInt64 = 0, will: @escaping @Sendable (UInt64) -> [UInt8],
        claim: @escaping @Sendable ([UInt8]) -> Claim?
    ) {
        self.identity = identity
        self.lastEpoch = lastEpoch
        self.will = will
        self.claim = claim
    }
}
