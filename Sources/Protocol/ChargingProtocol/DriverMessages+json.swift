internal import ChargingModel
internal import JSON

extension DriverRequest {
    init<F: Fields & ~Copyable>(_ fields: borrowing F) throws(F.Failure) {
        if fields.has(.stop) {
            self = .stop(try fields.id(.stop))
        } else {
            self = .charge(
                ChargeRequest(
                    id: try fields.idIfPresent(.request), cp: try fields.idIfPresent(.cp), energyTarget: try fields.energyIfPresent(),
                    duration: try fields.durationIfPresent()))
        }
    }

    /// Reads a request. An object that makes no sense as one is `malformed`, to be answered BAD_REQUEST (P4).
    init(orMalformed fields: ObjectFields) {
        do throws(Rejection) {
            try self.init(fields)
        } catch {
            self = .malformed(request: try? fields.idIfPresent(.request), reason: error.description)
        }
    }

    func write(_ json: inout JSONOutput) {
        switch self {
        case .charge(let charge):
            json.id(.request, ifPresent: charge.id)
            json.id(.cp, ifPresent: charge.cp)
            if let target = charge.energyTarget { json.energy(target) }
            if let duration = charge.duration { json.duration(duration) }
        case .stop(let session): json.id(.stop, session)
        case .malformed(let request, _): json.id(.request, ifPresent: request)
        }
    }
}

/// The words in `status` on `driver/{driver}/status`.
private enum StatusName: String, CaseIterable {
    case accepted = "ACCEPTED"
    case denied = "DENIED"
    case inProgress = "IN_PROGRESS"
    case completed = "COMPLETED"
    case failed = "FAILED"
}

extension DriverStatus {
    init<F: Fields & ~Copyable>(_ fields: borrowing F, _ driver: DriverID) throws(F.Failure) {
        let name: StatusName = try fields.word(.status)
        let kind: Kind =
            switch name {
            case .accepted: .accepted(session: try fields.id(.session), power: try fields.power(), price: try fields.price())
            case .denied: .denied(code: try fields.word(.code), reason: try fields.text(.reason), session: try fields.idIfPresent(.session))
            case .inProgress:
                .inProgress(
                    session: try fields.id(.session), power: try fields.power(), energy: try fields.energy(), cost: try fields.money(),
                    reason: try fields.textIfPresent(.reason))
            case .completed:
                .completed(
                    session: try fields.id(.session), energy: try fields.energy(), cost: try fields.money(), complete: try fields.bool(.complete))
            case .failed:
                .failed(
                    session: try fields.id(.session), energy: try fields.energy(), cost: try fields.money(), complete: try fields.bool(.complete),
                    reason: try fields.text(.reason))
            }
        self.init(
            epoch: try fields.epoch(), driver: driver, request: name == .denied ? try fields.idIfPresent(.request) : try fields.id(.request),
            cp: name == .denied ? try fields.idIfPresent(.cp) : try fields.id(.cp), kind: kind)
        _ = try fields.time(.ts)
    }

    func write(_ json: inout JSONOutput) {
        json.integer(.epoch, epoch)
        json.id(.request, ifPresent: request)
        json.id(.cp, ifPresent: cp)
        switch kind {
        case .accepted(let session, let power, let price):
            write(.accepted, session, &json)
            json.power(power)
            json.price(price)
        case .denied(let code, let reason, let session):
            write(.denied, session, &json)
            json.string(.code, code.rawValue)
            json.text(.reason, reason)
        case .inProgress(let session, let power, let energy, let cost, let reason):
            write(.inProgress, session, &json)
            json.power(power)
            json.energy(energy)
            json.money(cost)
            if let reason { json.text(.reason, reason) }
        case .completed(let session, let energy, let cost, let complete):
            write(.completed, session, &json)
            json.energy(energy)
            json.money(cost)
            json.bool(.complete, complete)
        case .failed(let session, let energy, let cost, let complete, let reason):
            write(.failed, session, &json)
            json.energy(energy)
            json.money(cost)
            json.bool(.complete, complete)
            json.text(.reason, reason)
        }
    }

    private func write(_ name: StatusName, _ session: SessionID?, _ json: inout JSONOutput) {
        json.string(.status, name.rawValue)
        json.id(.session, ifPresent: session)
    }
}

extension TicketList {
    init<F: Fields & ~Copyable>(_ fields: borrowing F, _ driver: DriverID) throws(F.Failure) {
        try fields.require(.driver, driver)
        let tickets = try fields.readableObjects(.tickets, most: TicketList.limit) { (ticket) throws(F.Failure) in try Ticket(ticket) }
        self.init(epoch: try fields.epoch(), driver: driver, tickets: tickets)
        _ = try fields.time(.ts)
    }

    func write(_ json: inout JSONOutput) {
        json.integer(.epoch, epoch)
        json.id(.driver, driver)
        json.objects(FieldName.tickets.rawValue, tickets) { $0.write(&$1) }
    }
}

extension Ticket {
    fileprivate init<F: Fields & ~Copyable>(_ fields: borrowing F) throws(F.Failure) {
        self.init(
            session: try fields.id(.session), request: try fields.idIfPresent(.request), cp: try fields.id(.cp), energy: try fields.energy(),
            cost: try fields.money(), price: try fields.price(), started: try fields.timeIfPresent(.started),
            ended: try fields.timeIfPresent(.ended),
            outcome: try fields.word(.status), endReason: try fields.word(.endReason), complete: try fields.bool(.complete))
    }

    fileprivate func write(_ json: inout JSONOutput) {
        json.id(.session, session)
        json.id(.request, ifPresent: request)
        json.id(.cp, cp)
        json.energy(energy)
        json.money(cost)
        json.price(price)
        json.time(.started, orNull: started)
        json.time(.ended, orNull: ended)
        json.string(.status, outcome.rawValue)
        json.string(.endReason, endReason.rawValue)
        json.bool(.complete, complete)
    }
}
