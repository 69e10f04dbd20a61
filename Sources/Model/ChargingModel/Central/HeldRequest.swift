/// A request that waits until its point is settled.
struct HeldRequest: Hashable, Sendable {
    var driver: DriverID
    var charge: ChargeRequest
}
