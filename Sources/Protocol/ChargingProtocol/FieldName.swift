internal import JSON

/// The fields of the protocol's payloads and of journal lines: the only place where they are spelled.
enum FieldName: Int, CaseIterable {
    case epoch, seq, cp, state, session, driver, meter, register, reason, ts
    case power, energy, price, cost, duration, elapsed
    case event, startRegister, endRegister, started, ended, endReason, stationReason
    case health, failures, command, id, online, software, protocolVersion, number, kind
    case available, why, breaker, engineEpoch, monitorEpoch
    case request, stop, status, code, complete, tickets
    case phase, current, voltage, stateOfCharge, origin, token, clock
    case minted, journalRegister, acknowledged, forgotten, left, jumped, metered

    var text: String {
        switch self {
        case .epoch: "epoch"
        case .seq: "seq"
        case .cp: "cp"
        case .state: "state"
        case .session: "session"
        case .driver: "driver"
        case .meter: "meter"
        case .register: "meter_wh"
        case .reason: "reason"
        case .ts: "ts"
        case .power: "power_kw"
        case .energy: "energy_kwh"
        case .price: "price_eur_per_kwh"
        case .cost: "cost_eur"
        case .duration: "duration_s"
        case .elapsed: "elapsed_s"
        case .event: "event"
        case .startRegister: "meter_start_wh"
        case .endRegister: "meter_end_wh"
        case .started: "started"
        case .ended: "ended"
        case .endReason: "end_reason"
        case .stationReason: "station_reason"
        case .health: "health"
        case .failures: "failures"
        case .command: "command"
        case .id: "id"
        case .online: "online"
        case .software: "software"
        case .protocolVersion: "protocol"
        case .number: "number"
        case .kind: "kind"
        case .available: "available"
        case .why: "why"
        case .breaker: "breaker"
        case .engineEpoch: "engine_epoch"
        case .monitorEpoch: "monitor_epoch"
        case .request: "request"
        case .stop: "stop"
        case .status: "status"
        case .code: "code"
        case .complete: "complete"
        case .tickets: "tickets"
        case .phase: "phase"
        case .current: "current_a"
        case .voltage: "voltage_v"
        case .stateOfCharge: "soc_percent"
        case .origin: "origin"
        case .token: "token"
        case .clock: "clock"
        case .minted: "minted"
        case .journalRegister: "register_wh"
        case .acknowledged: "acknowledged"
        case .forgotten: "forgotten"
        case .left: "left"
        case .jumped: "jumped_to_wh"
        case .metered: "metered"
        }
    }

    /// All names, found and written without strings; a name's index is its raw value.
    static let all = JSONNames(FieldName.allCases.map(\.text))
}
