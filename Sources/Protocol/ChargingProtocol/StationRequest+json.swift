internal import ChargingModel
internal import JSON

extension StationRequest {
    init<F: Fields & ~Copyable>(_ fields: borrowing F, _ cp: ChargePointID) throws(F.Failure) {
        try fields.require(.cp, cp)
        self.init(epoch: try fields.epoch(), id: try fields.id(.request), cp: cp, token: try fields.id(.token))
        _ = try fields.time(.ts)
    }

    func write(_ json: inout JSONOutput) {
        json.integer(.epoch, epoch)
        json.id(.request, id)
        json.id(.cp, cp)
        json.id(.token, token)
    }
}
