public import ChargingModel

/// The topics of the protocol: the only place where they are spelled.
public enum Topic: Hashable, Sendable {
    case info(ChargePointID)
    case state(ChargePointID)
    case telemetry(ChargePointID)
    case event(ChargePointID)
    case health(ChargePointID)
    case command(ChargePointID)
    case centralStatus
    case fence
    case verdict(ChargePointID)
    case request(DriverID)
    case status(DriverID)
    case tickets(DriverID)

    /// The topic's text, without a site.
    public var text: String {
        switch self {
        case .info(let cp): "cp/\(cp)/info"
        case .state(let cp): "cp/\(cp)/state"
        case .telemetry(let cp): "cp/\(cp)/telemetry"
        case .event(let cp): "cp/\(cp)/event"
        case .health(let cp): "cp/\(cp)/health"
        case .command(let cp): "cp/\(cp)/command"
        case .centralStatus: "central/status"
        case .fence: "central/fence"
        case .verdict(let cp): "central/cp/\(cp)"
        case .request(let driver): "driver/\(driver)/request"
        case .status(let driver): "driver/\(driver)/status"
        case .tickets(let driver): "driver/\(driver)/ticket"
        }
    }

    /// The topic of a text, without a site; `nil` for any other.
    public init?(_ text: some StringProtocol) {
        let levels = text.split(separator: "/", omittingEmptySubsequences: false)
        switch (levels.first, levels.count) {
        case ("cp", 3):
            guard let cp = ChargePointID(String(levels[1])) else { return nil }
            switch levels[2] {
            case "info": self = .info(cp)
            case "state": self = .state(cp)
            case "telemetry": self = .telemetry(cp)
            case "event": self = .event(cp)
            case "health": self = .health(cp)
            case "command": self = .command(cp)
            default: return nil
            }
        case ("driver", 3):
            guard let driver = DriverID(String(levels[1])) else { return nil }
            switch levels[2] {
            case "request": self = .request(driver)
            case "status": self = .status(driver)
            case "ticket": self = .tickets(driver)
            default: return nil
            }
        case ("central", 2):
            switch levels[1] {
            case "status": self = .centralStatus
            case "fence": self = .fence
            default: return nil
            }
        case ("central", 3):
            guard levels[1] == "cp", let cp = ChargePointID(String(levels[2])) else { return nil }
            self = .verdict(cp)
        default: return nil
        }
    }

    /// Whether the broker keeps the last message.
    public var isRetained: Bool {
        switch self {
        case .info, .state, .health, .centralStatus, .verdict, .tickets: true
        case .telemetry, .event, .command, .fence, .request, .status: false
        }
    }
}
