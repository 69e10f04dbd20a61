internal import JSON

extension OCPPFields {
    /// The numbers of connectors and EVSEs: 0 and above.
    static let numbers: ClosedRange<Int64> = 0...Int64(Int32.max)

    /// A number of a connector or an EVSE.
    func place(_ name: OCPPField) throws(OCPPFault) -> Int32 { Int32(truncatingIfNeeded: try integer(name, OCPPFields.numbers)) }
    func placeIfPresent(_ name: OCPPField) -> Int32? { integerIfPresent(name, OCPPFields.numbers).map { Int32(truncatingIfNeeded: $0) } }

    /// The place in a message of 1.6.
    func connector() throws(OCPPFault) -> ConnectorPlace { ConnectorPlace(evse: try place(.connectorId)) }
    func connectorIfPresent() -> ConnectorPlace? { placeIfPresent(.connectorId).map { ConnectorPlace(evse: $0) } }

    /// An EVSE with its connector (2.0.1, EVSEType); `nil` when it is not said, or has no number.
    func evseIfPresent() -> ConnectorPlace? {
        guard let evse = objectIfPresent(.evse) else { return nil }
        guard let id = evse.placeIfPresent(.id) else {
            if evse.value(.id) == nil { evse.remark(.missingField, .id) }
            return nil
        }
        return ConnectorPlace(evse: id, connector: evse.placeIfPresent(.connectorId))
    }
}

extension JSONWriter {
    mutating func evse(ifPresent place: ConnectorPlace?) {
        guard let place else { return }
        object(.evse) { object in
            object.integer(.id, place.evse)
            object.integer(.connectorId, ifPresent: place.connector)
        }
    }
}
