/// The facts of a station for people.
extension StationCore {
    /// The milliseconds by which the station's clock is ahead; `nil` as long as nobody knows.
    public var clockAheadMilliseconds: Int64? { clockAhead }

    /// The state of a connector; `nil` for one that is not known.
    public func connector(_ evse: Int32) -> Connector? { connectors[evse] }
}
