public import ChargingModel

/// Whoever carries out what an operator wants: Central.
public protocol Steerable: Sendable {
    func ask(_ request: OperatorRequest) async -> OperatorAnswer
}
