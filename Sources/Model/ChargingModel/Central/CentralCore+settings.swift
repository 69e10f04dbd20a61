extension CentralCore {
    public struct Settings: Hashable, Sendable {
        public var software: String
        /// The number of sessions a driver may have open if `vehicles` does not name the driver (I1).
        public var defaultVehicles: Int
        public var vehicles: [DriverID: Int]
        /// The accounts that are billed for sessions that were begun offline, by the tokens with which they were.
        public var tokens: [TokenID: DriverID]
        /// The list of those who are known at the start (P15).
        public var access: AccessList
        /// The duration of a session whose request names none (S4).
        public var sessionDuration: Duration
        /// The time after coming online during which requests for points not heard yet get CENTRAL_STARTING; then comes REBIRTH (P8).
        public var startingTime: Duration
        /// The longest time that START may go unconfirmed, and that a record may take after the engine was heard not supplying (S5).
        public var shortWait: Duration
        /// The longest time that an engine may be gone before its session is closed (S5).
        public var goneWait: Duration
        /// The beginning of each connection that does not count as gone (S7).
        public var goneGrace: Duration
        /// The time before the ledger is read again after it failed.
        public var ledgerRetry: Duration
        /// The largest number of points that may be known: whoever may publish could invent them without end.
        public var pointLimit: Int

        public init(
            software: String, defaultVehicles: Int = 1, vehicles: [DriverID: Int] = [:], tokens: [TokenID: DriverID] = [:],
            access: AccessList = .open, sessionDuration: Duration = .seconds(10),
            startingTime: Duration = .seconds(2), shortWait: Duration = .seconds(2), goneWait: Duration = .seconds(60),
            goneGrace: Duration = .seconds(10),
            ledgerRetry: Duration = .seconds(1), pointLimit: Int = 100_000
        ) {
            self.software = software
            self.defaultVehicles = defaultVehicles
            self.vehicles = vehicles
            self.tokens = tokens
            self.access = access
            self.sessionDuration = sessionDuration
            self.startingTime = startingTime
            self.shortWait = shortWait
            self.goneWait = goneWait
            self.goneGrace = goneGrace
            self.ledgerRetry = ledgerRetry
            self.pointLimit = pointLimit
        }
    }
}
