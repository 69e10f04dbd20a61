public import ChargingModel
public import ChargingProtocol
public import Services

/// The program that carries out an operator's wishes and measures itself: Central.
public protocol Steerable: Sendable {
    func ask(_ request: OperatorRequest) async -> OperatorAnswer
    /// Asks a station something; answered when the station has, or can't.
    func ask(_ wish: StationWish.Written, of station: ChargePointID) async -> StationResult
    /// The gateways and stations as they are now.
    func stationBook() async -> StationBook
    /// A station as it is now; `nil` for one that no gateway knows.
    func station(_ station: ChargePointID) async -> StationAbout?
    /// Hands the news of a station to a reader until `unfollow`; `nil` when there are too many readers.
    func follow(_ station: ChargePointID, _ reader: AsyncStream<StationNews?>.Continuation) async -> UInt64?
    func unfollow(_ number: UInt64) async
    /// Brings its metrics up to date.
    func sampleMetrics() async
}
