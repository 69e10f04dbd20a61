// swift-format-ignore-file: AlwaysUseLowerCamelCase

// The names are those on the bus.
import Foundation

/// The same objects as Foundation's coders would have them: one field for each name, decimals as `Double`, times and ids as `String`.
enum Comparators {
    struct Telemetry: Codable {
        var epoch: UInt64
        var seq: UInt64
        var cp, session, driver: String
        var power_kw, energy_kwh: Double
        var meter_wh: Int64
        var cost_eur: Double
        var elapsed_s: Int64
        var ts: String
    }

    struct State: Codable {
        var epoch: UInt64
        var seq: UInt64?
        var cp, state: String
        var session, driver, meter: String?
        var meter_wh: Int64?
        var reason: String
        var ts: String?
    }

    struct Health: Codable {
        var epoch: UInt64
        var cp, health: String
        var failures: Int?
        var reason: String
        var ts: String?
    }

    struct Event: Codable {
        var epoch: UInt64
        var event, cp, session, driver, meter: String
        var meter_start_wh: Int64
        var meter_end_wh: Int64?
        var energy_kwh, cost_eur: Double?
        var started, ended, end_reason: String?
        var ts: String
    }

    struct Command: Codable {
        var epoch: UInt64?
        var command, id: String
        var session, driver: String?
        var price_eur_per_kwh, energy_kwh, duration_s: Double?
        var ts: String?
    }

    struct Request: Codable {
        var request, cp: String?
        var energy_kwh, duration_s: Double?
        var ts: String?
    }

    struct Status: Codable {
        var epoch: UInt64
        var request, cp: String?
        var status: String
        var session, code, reason: String?
        var power_kw, price_eur_per_kwh, energy_kwh, cost_eur: Double?
        var complete: Bool?
        var ts: String
    }

    struct Verdict: Codable {
        var epoch: UInt64
        var cp, state: String
        var available: Bool
        var why: String
        var session, driver: String?
        var breaker: String
        var power_kw, price_eur_per_kwh: Double?
        var engine_epoch, monitor_epoch: UInt64?
        var ts: String
    }

    struct Started: Codable {
        var session, driver: String
        var price_eur_per_kwh: Double
        var energy_kwh: Double?
        var duration_s: Double
        var meter_start_wh: Int64
        var started: String
    }

    struct Ended: Codable {
        var session: String
        var driver: String?
        var meter: String
        var meter_start_wh, meter_end_wh: Int64
        var energy_kwh, cost_eur: Double
        var started: String?
        var ended, end_reason: String
    }

    struct Line: Codable {
        var epoch: UInt64?
        var minted: String?
        var started: Started?
        var register_wh: Int64?
        var ended: Ended?
        var acknowledged: String?
    }

    /// What stands for a kind of message.
    static func type(of name: String) -> any Codable.Type {
        switch name {
        case "telemetry": Telemetry.self
        case "state": State.self
        case "health": Health.self
        case "SESSION_STARTED", "SESSION_ENDED": Event.self
        case "START", "ACK": Command.self
        case "request": Request.self
        case "ACCEPTED", "DENIED", "IN_PROGRESS", "COMPLETED": Status.self
        case "verdict": Verdict.self
        default: Line.self
        }
    }
}
