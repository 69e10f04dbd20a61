public import ChargingModel

/// The program that carries out an operator's wishes and measures itself: Central.
public protocol Steerable: Sendable {
    func ask(_ request: OperatorRequest) async -> OperatorAnswer
    /// Brings its metrics up to date.
    func sampleMetrics() async
}
