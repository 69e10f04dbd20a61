public import ChargingModel

/// Whoever carries out what an operator wants, and measures what it does: Central.
public protocol Steerable: Sendable {
    func ask(_ request: OperatorRequest) async -> OperatorAnswer
    /// Brings its metrics up to date.
    func sampleMetrics() async
}
