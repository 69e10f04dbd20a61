internal import ChargingModel
internal import JSON

extension Command {
    init<F: Fields & ~Copyable>(_ fields: borrowing F, _ cp: ChargePointID) throws(F.Failure) {
        let name: CommandName = try fields.word(.command)
        let kind: Kind =
            switch name {
            case .start:
                .start(
                    StartOrder(
                        session: try fields.id(.session), driver: try fields.id(.driver), price: try fields.price(),
                        energyTarget: try fields.energyIfPresent(), duration: try fields.durationIfPresent(),
                        request: try fields.idIfPresent(.request), meter: try fields.idIfPresent(.meter)))
            case .stop: .stop(try fields.id(.session))
            case .ack: .ack(try fields.id(.session), of: try fields.idIfPresent(.meter))
            case .outOfOrder: .outOfOrder
            case .resume: .resume
            case .rebirth: .rebirth
            case .deny:
                .deny(StationDenial(request: try fields.id(.request), code: try fields.word(.code), reason: try fields.text(.reason)))
            }
        self.init(epoch: try fields.epochIfPresent(), cp: cp, id: try fields.id(.id), kind: kind)
        _ = try fields.timeIfPresent(.ts)
    }

    func write(_ json: inout JSONOutput) {
        if let epoch { json.integer(.epoch, epoch) }
        json.string(.command, kind.name.rawValue)
        json.id(.id, id)
        json.id(.session, ifPresent: kind.session)
        json.id(.meter, ifPresent: kind.meter)
        switch kind {
        case .start(let order):
            json.id(.driver, order.driver)
            json.price(order.price)
            if let target = order.energyTarget { json.energy(target) }
            if let duration = order.duration { json.duration(duration) }
            json.id(.request, ifPresent: order.request)
        case .deny(let denial):
            json.id(.request, denial.request)
            json.string(.code, denial.code.rawValue)
            json.text(.reason, denial.reason)
        case .stop, .outOfOrder, .resume, .ack, .rebirth: break
        }
    }
}
