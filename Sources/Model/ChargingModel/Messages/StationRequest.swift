/// `station/{cp}/request`: somebody at a station wants to charge, with a card (S12). Its engine says it, and Central alone reads it.
public struct StationRequest: Hashable, Sendable {
    public var epoch: Epoch
    /// The engine's id of it: a repeat has the same one.
    public var id: RequestID
    public var cp: ChargePointID
    /// The name under which the card is known; never what is stored on it.
    public var token: TokenID

    public init(epoch: Epoch, id: RequestID, cp: ChargePointID, token: TokenID) {
        self.epoch = epoch
        self.id = id
        self.cp = cp
        self.token = token
    }
}
