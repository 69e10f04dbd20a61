internal import ChargingModel
internal import OCPP

/// Meters that take each other's place: by their serial numbers, or since a register fell.
extension StationCore {
    /// Takes the serial numbers that a station says at its boot: other ones are other meters, at all connectors.
    mutating func learnMeters(_ said: MeterSerials) {
        guard let known = memory.serials else {
            if said.meter != nil || said.station != nil { journal(.metered(said)) }
            return
        }
        guard said.areOthers(than: known) else {
            let serials = said.completed(by: known)
            if serials != known { journal(.metered(serials)) }
            return
        }
        actions.append(.notice(.metersChanged(from: known, to: said)))
        newSerials = said
        for evse in connectors.keys.sorted() {
            connectors[evse]?.isMeterSpent = true
            changeMeter(evse)
        }
        noteMeters()
    }

    /// Has an engine count on another meter, when the one before is spent and nothing is under way. An engine that can't yet does nothing, and is asked
    /// again at the next end.
    mutating func changeMeter(_ evse: Int32) {
        if connectors[evse]?.isMeterSpent == true, connectors[evse]?.transaction == nil, connectors[evse]?.wanted == nil {
            actions.append(.engine(evse, .newMeter))
        }
    }

    /// The engine counts on a new meter.
    mutating func meterChanged(_ evse: Int32) {
        connectors[evse]?.isMeterSpent = false
        if connectors[evse]?.transaction == nil { connectors[evse]?.register = .zero }
        noteMeters()
    }

    /// Writes down the new serial numbers once all engines count on the new meters: a gateway that dies before has them changed again.
    private mutating func noteMeters() {
        guard let serials = newSerials, connectors.values.allSatisfy({ !$0.isMeterSpent }) else { return }
        newSerials = nil
        journal(.metered(serials))
    }
}
