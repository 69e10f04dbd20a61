/// A request to charge as Central received it: a driver's own, or one that was made at a station with a card of the account (S12).
struct ReceivedRequest: Hashable, Sendable {
    var driver: DriverID
    /// Its id; Central's, where it came without one.
    var id: RequestID
    var charge: ChargeRequest
    var provenance = Provenance.central

    init(_ charge: ChargeRequest, _ id: RequestID, of driver: DriverID) {
        self.driver = driver
        self.id = id
        self.charge = charge
    }

    init(_ request: StationRequest, of account: DriverID) {
        driver = account
        id = request.id
        charge = ChargeRequest(id: request.id, cp: request.cp)
        provenance = request.provenance
    }

    /// The request that was decided.
    init(_ decision: Decision) {
        driver = decision.driver
        id = decision.request
        charge = ChargeRequest(id: decision.request, cp: decision.cp)
        provenance = decision.provenance
    }

    /// The point asked for; `nil` for anywhere.
    var cp: ChargePointID? { charge.cp }
    var key: DriverRequestKey { DriverRequestKey(driver: driver, request: id) }
    /// The point whose engine asked, and is answered; `nil` where the driver did.
    var station: ChargePointID? { provenance.origin == .station ? charge.cp : nil }
}

extension StationRequest {
    /// The part of it that the ledger keeps with the session.
    var provenance: Provenance { Provenance(origin: .station, token: token) }
}
