internal import ChargingModel
internal import Terminal

/// A piece of a line, in a style.
struct Piece: Hashable, Sendable {
    var text: String
    var style: Style?

    init(_ text: String, _ style: Style? = nil) {
        self.text = text
        self.style = style
    }
}

/// Messages in words.
enum Words {
    static func pieces(of message: BusMessage) -> [Piece] {
        switch message {
        case .info(let info):
            [
                Piece("\(info.power) \(info.kind) at \(info.price)"),
                Piece(", meter \(info.meter), \(info.software), protocol \(info.protocolVersion)", .dim),
            ]
        case .state(let state): pieces(of: state)
        case .telemetry(let reading):
            [
                Piece("\(reading.power)", .blue),
                Piece(", \(reading.energy), \(euro(reading.cost)) after \(reading.elapsedSeconds) s\(text(of: reading.measured))"),
                Piece(" (\(reading.driver), register \(reading.register.wattHours) Wh, seq \(reading.seq))", .dim),
            ]
        case .event(let event): pieces(of: event)
        case .health(let health):
            [
                Piece(health.health.rawValue, style(of: health.health)), Piece(": \(health.reason)"),
                Piece(health.failures.map { $0 > 0 ? " (\($0) failures in a row)" : "" } ?? "", .dim),
            ]
        case .command(let command): pieces(of: command)
        case .centralStatus(let status):
            status.online
                ? [Piece("Central is online", .green), Piece(": \(status.software ?? "")", .dim)]
                : [Piece("Central is offline", .red), Piece(": \(status.reason ?? "")")]
        case .fence(let fence): [Piece("Central's marker \(fence.number)", .dim)]
        case .verdict(let verdict): pieces(of: verdict)
        case .request(_, let request): pieces(of: request)
        case .stationRequest(let request):
            [
                Piece("somebody at the station wants to charge with card \(request.token)"),
                Piece(" (request \(short(request.id.text)))", .dim),
            ]
        case .status(let status): pieces(of: status)
        case .tickets(let list):
            [Piece("\(list.tickets.count) tickets"), Piece(list.tickets.first.map { ", the last: \(text(of: $0))" } ?? "", .dim)]
        case .gateway(let report): pieces(of: report)
        case .station(let message): pieces(of: message)
        }
    }

    private static func pieces(of state: StateReport) -> [Piece] {
        var pieces = [Piece(state.state.rawValue, style(of: state.state))]
        if let driver = state.driver { pieces.append(Piece(" \(driver)")) }
        pieces.append(Piece(": \(state.reason)"))
        let phase = state.phase.map { "phase \($0.rawValue)" }
        let session = state.session.map { "session \(short($0.text))" }
        let register = state.register.map { "register \($0.wattHours) Wh" }
        let details = [phase, session, register, state.seq.map { "seq \($0)" } ?? "its will"].compactMap { $0 }
        return pieces + [Piece(" (\(details.joined(separator: ", ")))", .dim)]
    }

    private static func text(of measured: Measurements) -> String {
        let current = measured.current.map { ", \(decimalText($0.milliamperes, decimals: 3, minimum: 1)) A" }
        let voltage = measured.voltage.map { ", \(decimalText($0.millivolts, decimals: 3, minimum: 1)) V" }
        let charge = measured.stateOfCharge.map { ", battery \(decimalText($0.permille, decimals: 1, minimum: 1)) %" }
        return [current, voltage, charge].compactMap(\.self).joined()
    }

    private static func pieces(of event: ChargePointEvent) -> [Piece] {
        switch event.kind {
        case .sessionStarted(let start):
            [
                Piece("SESSION_STARTED", .blue), Piece(" \(start.driver)"),
                Piece(" (session \(short(start.session.text)), register \(start.startRegister.wattHours) Wh)", .dim),
            ]
        case .sessionEnded(let record):
            [
                Piece("SESSION_ENDED", record.endReason.outcome == .completed ? .green : .red),
                Piece(" \(record.driver?.text ?? "nobody"): \(record.endReason.rawValue), \(record.energy), \(euro(record.cost))"),
                Piece(
                    " (session \(short(record.session.text)), register \(record.startRegister.wattHours)–\(record.endRegister.wattHours) Wh)", .dim),
            ]
        case .commandRefused(let refusal):
            [Piece("COMMAND_REFUSED", .yellow), Piece(" \(refusal.command.rawValue): \(refusal.reason)")]
        }
    }

    private static func pieces(of command: Command) -> [Piece] {
        let hand = command.epoch == nil ? ", typed by hand" : ""
        let name = Piece(command.kind.name.rawValue, .cyan)
        switch command.kind {
        case .start(let order):
            let limits = [order.duration.map { "\(decimalText($0.milliseconds, decimals: 3)) s" }, order.energyTarget.map { "\($0)" }]
            let text = limits.compactMap { $0 }.map { ", at most \($0)" }.joined()
            let request = order.request.map { ", request \(short($0.text))" } ?? ""
            return [
                name, Piece(" \(order.driver) at \(order.price)\(text)"), Piece(" (session \(short(order.session.text))\(request)\(hand))", .dim),
            ]
        case .stop(let session), .ack(let session, _): return [name, Piece(" session \(short(session.text))\(hand)")]
        case .deny(let denial):
            return [
                name, Piece(": \(denial.reason)"), Piece(" (\(denial.code.rawValue), request \(short(denial.request.text))\(hand))", .dim),
            ]
        case .outOfOrder, .resume, .rebirth: return [name, Piece(hand)]
        }
    }

    private static func pieces(of verdict: VerdictReport) -> [Piece] {
        let breaker = verdict.breaker == .closed ? "" : ", breaker \(verdict.breaker.rawValue)"
        return [
            Piece(verdict.verdict.rawValue, style(of: verdict.verdict)), Piece(": \(verdict.why)"),
            Piece(verdict.available ? " (available\(breaker))" : breaker.isEmpty ? "" : " (\(breaker.dropFirst(2)))", .dim),
        ]
    }

    private static func pieces(of request: DriverRequest) -> [Piece] {
        switch request {
        case .charge(let charge):
            let limits = [charge.duration.map { "\(decimalText($0.milliseconds, decimals: 3)) s" }, charge.energyTarget.map { "\($0)" }]
            let text = limits.compactMap { $0 }.map { ", at most \($0)" }.joined()
            return [
                Piece("wants to charge at \(charge.cp?.text ?? "any point")\(text)"),
                Piece(charge.id.map { " (request \(short($0.text)))" } ?? " (without an id)", .dim),
            ]
        case .stop(let session): return [Piece("wants to stop session \(short(session.text))")]
        case .malformed(_, let reason): return [Piece("asks for what makes no sense", .yellow), Piece(": \(reason)")]
        }
    }

    private static func pieces(of status: DriverStatus) -> [Piece] {
        let place = status.cp.map { " at \($0)" } ?? ""
        switch status.kind {
        case .accepted(let session, let power, let price):
            return [Piece("ACCEPTED", .green), Piece("\(place), \(power) at \(price)"), Piece(" (session \(short(session.text)))", .dim)]
        case .denied(let code, let reason, _): return [Piece("DENIED", .yellow), Piece("\(place): \(reason)"), Piece(" (\(code.rawValue))", .dim)]
        case .inProgress(_, let power, let energy, let cost, let reason):
            return [
                Piece("IN_PROGRESS", .blue), Piece("\(place): \(power), \(energy), \(euro(cost))"), Piece(reason.map { ", \($0)" } ?? "", .yellow),
            ]
        case .completed(_, let energy, let cost, let complete):
            return [Piece("COMPLETED", .green), Piece("\(place): \(energy), \(cost)\(complete ? "" : ", its record still to come")")]
        case .failed(_, let energy, let cost, let complete, let reason):
            return [Piece("FAILED", .red), Piece("\(place): \(reason), \(energy), \(cost)\(complete ? "" : ", its record still to come")")]
        }
    }

    private static func text(of ticket: Ticket) -> String { "\(ticket.outcome.rawValue) at \(ticket.cp), \(ticket.energy), \(ticket.cost)" }

    /// The amount with more decimals than cents: `€0.0054`.
    private static func euro(_ money: Money) -> String { "€" + decimalText(money.microEuro, decimals: 6, minimum: 2) }

    /// The last eight characters of an id longer than twelve, where ids differ.
    static func short(_ id: String) -> String { id.count > 12 ? "…" + id.suffix(8) : id }

    private static func style(of state: LifecycleState) -> Style {
        switch state {
        case .activated: .green
        case .supplying: .blue
        case .stopped: .yellow
        case .faulty, .disconnected: .red
        }
    }

    private static func style(of verdict: Verdict) -> Style {
        switch verdict {
        case .activated: .green
        case .assigned: .cyan
        case .supplying: .blue
        case .stopped: .yellow
        case .faulty, .disconnected: .red
        }
    }

    private static func style(of health: HealthReport.Health) -> Style {
        switch health {
        case .ok: .green
        case .faulty: .red
        case .unmonitored: .yellow
        }
    }
}
