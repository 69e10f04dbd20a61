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
        guard newSerials != said else { return }
        actions.append(.notice(.metersChanged(from: known, to: said)))
        newSerials = said
        for evse in connectors.keys.sorted() {
            connectors[evse]?.isMeterSpent = true
            putOffMeter(evse)
        }
        noteMeters()
    }

    /// The time for which nothing must have been told that is over, before meters are changed: what a station queued was metered on the ones before.
    static let meterPatience = Duration.seconds(60)

    /// Waits with the change of a connector's meter: what was told is of the one before.
    mutating func putOffMeter(_ evse: Int32) {
        guard newSerials != nil else { return }
        connectors[evse]?.meterChangesAt = now.monotonic + StationCore.meterPatience
    }

    /// Has engines count on other meters, where those before are spent, nothing is under way, and it is time. An engine that can't yet does nothing, and
    /// is asked again.
    mutating func changeMeters() {
        for evse in connectors.keys.sorted() {
            guard let connector = connectors[evse], connector.mayChangeMeter, connector.meterChangesAt.map({ $0 <= now.monotonic }) ?? false else {
                continue
            }
            connectors[evse]?.meterChangesAt = now.monotonic + StationCore.meterPatience
            actions.append(.engine(evse, .newMeter))
        }
    }

    /// The engine counts on a new meter.
    mutating func meterChanged(_ evse: Int32) {
        connectors[evse]?.isMeterSpent = false
        connectors[evse]?.meterChangesAt = nil
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
