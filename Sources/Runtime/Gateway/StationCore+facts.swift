/// What is told of a station to people.
extension StationCore {
    /// The milliseconds by which the station's clock is ahead; `nil` as long as nobody knows.
    public var clockAheadMilliseconds: Int64? { clockAhead }

    /// What is known of a connector.
    public func connector(_ evse: Int32) -> Connector? { connectors[evse] }
}
