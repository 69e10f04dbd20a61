internal import ChargingModel
internal import Encodings
internal import HTTPTypes
internal import Identities
internal import Settings

/// A resource, by its path.
enum Resource: Hashable, Sendable {
    case health
    case points
    case point(ChargePointID)
    case telemetry
    case sessions
    case session(SessionID)
    case drivers
    case driver(DriverID)
    case events
    case metrics
    case openAPI
    /// Takes a point out of order, or puts it back.
    case wish(ChargePointID, outOfOrder: Bool)
    /// The same for all points.
    case wishForAll(outOfOrder: Bool)
    case stop(SessionID)
    /// The operator's decision on a record that was put aside.
    case record(SessionID, MeterID, RecordVerdict.Choice)
    /// The tokens of accounts.
    case tokens
    case token(TokenID, TokenOrder)
    /// The gateways, and the stations that they bring in.
    case stations
    case station(ChargePointID)
    case stationCommands(ChargePointID)
    case stationFrames(ChargePointID)
    /// The check of a secret: does it hold?
    case tokenCheck
    /// The list of those who may sign in.
    case operators
    /// The person who asks, as they have signed in.
    case me
    /// A file of the page, by its name in the page's folder.
    case file(String)

    /// An operator's wish for a token.
    enum TokenOrder: String, Hashable, Sendable {
        case add
        case block
        case unblock
    }

    /// Reads a path; `nil` when nothing can be there.
    init?(path: String) {
        // Decoded part by part: an encoded slash divides nothing, and is in no name.
        let encoded = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        let parts = encoded.compactMap { PercentEncoding.decoded($0, isQuery: false) }
        guard parts.count == encoded.count, !parts.contains(where: { $0.contains("/") }) else { return nil }
        switch (parts.count, parts.first) {
        case (1, "health"): self = .health
        case (1, "cp"): self = .points
        case (1, "telemetry"): self = .telemetry
        case (1, "sessions"): self = .sessions
        case (1, "drivers"): self = .drivers
        case (1, "events"): self = .events
        case (1, "metrics"): self = .metrics
        case (1, "tokens"): self = .tokens
        case (1, "operators"): self = .operators
        case (1, "stations"): self = .stations
        case (2, "stations"), (3, "stations"):
            guard let station = Resource.station(parts) else { return nil }
            self = station
        case (2, "operators") where parts[1] == "me": self = .me
        case (1, "openapi.yaml"): self = .openAPI
        case (2, "cp"):
            // A point of that name has no page of its own.
            if let wish = Resource.outOfOrder(parts[1]) {
                self = .wishForAll(outOfOrder: wish)
                return
            }
            guard let cp = ChargePointID(parts[1]) else { return nil }
            self = .point(cp)
        case (2, "sessions"):
            guard let session = SessionID(parts[1]) else { return nil }
            self = .session(session)
        case (2, "drivers"):
            guard let driver = DriverID(parts[1]) else { return nil }
            self = .driver(driver)
        case (2, "token") where parts[1] == "check": self = .tokenCheck
        case (2, "tokens"):
            guard let token = TokenID(parts[1]) else { return nil }
            self = .token(token, .add)
        case (3, "tokens"):
            guard let token = TokenID(parts[1]), let order = TokenOrder(rawValue: parts[2]), order != .add else { return nil }
            self = .token(token, order)
        case (3, "cp"):
            guard let cp = ChargePointID(parts[1]), let wish = Resource.outOfOrder(parts[2]) else { return nil }
            self = .wish(cp, outOfOrder: wish)
        case (3, "sessions"):
            guard let session = SessionID(parts[1]), parts[2] == "stop" else { return nil }
            self = .stop(session)
        case (5, "sessions"):
            guard parts[2] == "records", let session = SessionID(parts[1]), let meter = MeterID(parts[3]),
                let choice = RecordVerdict.Choice(rawValue: parts[4])
            else { return nil }
            self = .record(session, meter, choice)
        case (1, ""): self = .file("index.html")
        default: self = .file(parts.joined(separator: "/"))
        }
    }

    private static func station(_ parts: [String]) -> Resource? {
        guard let station = ChargePointID(parts[1]) else { return nil }
        guard parts.count > 2 else { return .station(station) }
        switch parts[2] {
        case "commands": return .stationCommands(station)
        case "frames": return .stationFrames(station)
        default: return nil
        }
    }

    private static func outOfOrder(_ name: String) -> Bool? {
        switch name {
        case "out-of-order": true
        case "resume": false
        default: nil
        }
    }

    var methods: [HTTPRequest.Method] {
        switch self {
        case .health, .points, .telemetry, .sessions, .session, .drivers, .driver, .events, .metrics, .openAPI, .operators, .me, .tokens, .file,
            .stations,
            .station, .stationFrames:
            [.get, .head]
        case .point: [.get, .head, .delete]
        case .wish, .wishForAll, .stop, .record, .token, .tokenCheck, .stationCommands: [.post]
        }
    }

    /// True for what only a Central on the bus knows, or does.
    var needsTurn: Bool {
        switch self {
        case .points, .point, .telemetry, .drivers, .driver, .stations, .station, .stationFrames: true
        case .health, .sessions, .session, .events, .metrics, .openAPI, .operators, .me, .tokens, .file: false
        case .wish, .wishForAll, .stop, .record, .token, .stationCommands: true
        case .tokenCheck: false
        }
    }

    /// The role that a request needs; `nil` where everybody may. The table in docs/dashboard.md says the same.
    func role(for method: HTTPRequest.Method, _ reading: HTTPReading) -> OperatorRole? {
        guard method == .get || method == .head else { return self == .tokenCheck ? .viewer : .operator }
        return switch self {
        case .health, .metrics, .openAPI, .file: nil
        case .points, .point, .telemetry, .sessions, .session, .drivers, .driver, .events: reading == .open ? nil : .viewer
        case .me, .tokens, .stations, .station: .viewer
        // Cards go by in them.
        case .stationFrames: .operator
        case .operators: .admin
        // Not to be read at all.
        case .wish, .wishForAll, .stop, .record, .token, .tokenCheck, .stationCommands: .viewer
        }
    }
}
